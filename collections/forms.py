"""What an owner writes about a collection."""

from datetime import timedelta
from uuid import UUID

from django import forms

from ourvidz.errors import LimitError, StateError

from . import changes, picking
from .models import Collection
from .nesting import IN_ITSELF, Forest

NOT_THERE = "That collection is no longer there. Choose another place."


class CollectionForm(forms.Form):
    """Name, description and place of a new collection, or of `collection`."""

    name = forms.CharField(max_length=Collection.NAME_LENGTH)
    description = forms.CharField(
        max_length=Collection.DESCRIPTION_LENGTH,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    parent = forms.UUIDField(required=False, error_messages={"invalid": NOT_THERE})

    def __init__(
        self, owner, data=None, *, collection: Collection | None = None, within: UUID | None = None
    ) -> None:
        prefix = "edit" if collection else "new"
        super().__init__(data, auto_id=f"{prefix}_%s", initial=_written(collection, within))
        self.owner, self.collection = owner, collection
        self.forest = Forest(owner)

    @property
    def picker(self) -> picking.Picker:
        moved = self.collection.pk if self.collection else None
        return picking.picker(self.forest, "parent", picked=_picked(self, "parent"), moved=moved)

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_parent(self) -> UUID | None:
        return _allowed(self.cleaned_data["parent"], self.forest, self.collection)

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

    target = forms.UUIDField(
        error_messages={
            "required": "Choose the collection that this one goes into.",
            "invalid": NOT_THERE,
        }
    )

    def __init__(self, forest: Forest, source: Collection, data=None) -> None:
        super().__init__(data, auto_id="merge_%s")
        self.forest, self.source = forest, source

    @property
    def picker(self) -> picking.Picker:
        picked = _picked(self, "target")
        return picking.picker(self.forest, "target", picked=picked, moved=self.source.pk)

    def clean_target(self) -> UUID | None:
        return _allowed(self.cleaned_data["target"], self.forest, self.source)


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


def _allowed(pk: UUID | None, forest: Forest, moved: Collection | None) -> UUID | None:
    """`pk`, if it is there and does not lie in `moved`."""
    if pk and pk not in forest.rows:
        raise forms.ValidationError(NOT_THERE)
    if pk and moved and pk in forest.with_all_in(moved.pk):
        raise forms.ValidationError(IN_ITSELF)
    return pk


def _picked(form: forms.Form, name: str) -> UUID | None:
    """What the form has there, if that is an id."""
    try:
        return UUID(str(form[name].value()))
    except ValueError:
        return None


def _written(collection: Collection | None, within: UUID | None) -> dict:
    if collection is None:
        return {"parent": within}
    return {
        "name": collection.name,
        "description": collection.description,
        "parent": collection.parent_id,
    }
