"""What an owner writes about a collection."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from uuid import UUID

from django import forms

from ourvidz.errors import LimitError, StateError

from . import changes
from .models import Collection
from .nesting import IN_ITSELF, Forest

INDENT = "\N{EM SPACE}"
Choice = tuple[UUID | str, str]
NOT_THERE = "That collection is no longer there. Choose another place."


class CollectionForm(forms.Form):
    """Name, description and place of a new collection, or of `collection`."""

    name = forms.CharField(max_length=Collection.NAME_LENGTH)
    description = forms.CharField(
        max_length=Collection.DESCRIPTION_LENGTH,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    parent = forms.TypedChoiceField(
        label="Lies in",
        required=False,
        coerce=UUID,
        empty_value=None,  # type: ignore[arg-type]  # the stubs know only text
    )

    def __init__(
        self, owner, data=None, *, collection: Collection | None = None, within: UUID | None = None
    ) -> None:
        prefix = "edit" if collection else "new"
        super().__init__(data, auto_id=f"{prefix}_%s", initial=_written(collection, within))
        self.owner, self.collection = owner, collection
        self.forest = forest = Forest(owner)
        _offer(self, "parent", [("", "No other collection"), *_places(forest, collection)])

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def save(self) -> Collection | None:
        """The collection as it is now; None, with an error, where it cannot lie there."""
        written = {name: self.cleaned_data[name] for name in ("name", "description")}
        written["parent_id"] = self.cleaned_data["parent"]
        try:
            if self.collection is None:
                return changes.create(self.owner, **written)
            changes.edit(self.collection, **written)
        except (StateError, LimitError) as error:
            self.add_error("parent" if isinstance(error, StateError) else None, str(error))
            return None
        return self.collection


class MergeForm(forms.Form):
    """The collection that another one goes into."""

    target = forms.TypedChoiceField(label="Merge into", coerce=UUID)

    def __init__(self, forest: Forest, source: Collection, data=None) -> None:
        super().__init__(data, auto_id="merge_%s")
        self.forest = forest
        _offer(self, "target", [("", "Choose a collection"), *_places(forest, source)])
        said = self.fields["target"].error_messages
        said["required"] = "Choose the collection that this one goes into."


class LinkForm(forms.Form):
    """A new shared link."""

    LIFETIMES = {"1": "1 day", "7": "7 days", "30": "30 days", "365": "1 year", "": "No expiry"}

    days = forms.ChoiceField(
        label="Valid for", required=False, initial="7", choices=list(LIFETIMES.items())
    )
    password = forms.CharField(
        required=False,
        min_length=6,
        max_length=128,
        help_text="Leave it empty for a link that opens without one.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data=None) -> None:
        super().__init__(data, auto_id="link_%s")

    @property
    def lifetime(self) -> timedelta | None:
        days = self.cleaned_data["days"]
        return timedelta(days=int(days)) if days else None


class PasswordForm(forms.Form):
    """What a stranger needs to open a link."""

    password = forms.CharField(
        max_length=128, widget=forms.PasswordInput({"autocomplete": "off", "autofocus": True})
    )


def _offer(form: "CollectionForm | MergeForm", name: str, choices: Iterable[Choice]) -> None:
    """Let `name` choose one; what can no longer be chosen is refused with the reason."""
    field = form.fields[name]
    field.choices = list(choices)  # type: ignore[attr-defined]
    chosen = form.data.get(form.add_prefix(name), "")
    is_there = any(str(pk) == chosen for pk in form.forest.rows)
    field.error_messages["invalid_choice"] = IN_ITSELF if is_there else NOT_THERE


def _places(forest: Forest, moved: Collection | None) -> Iterator[Choice]:
    """Choices of every collection by name, indented by depth; none that lies in `moved`."""
    barred = forest.with_all_in(moved.pk) if moved else set()
    for depth, row in forest.walk():
        if row.pk not in barred:
            yield row.pk, INDENT * depth + row.name


def _written(collection: Collection | None, within: UUID | None) -> dict:
    if collection is None:
        return {"parent": within}
    return {
        "name": collection.name,
        "description": collection.description,
        "parent": collection.parent_id,
    }
