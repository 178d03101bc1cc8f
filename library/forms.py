"""Search, and what an owner writes about an asset."""

from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.urls import reverse_lazy

from library import dates, tagging
from library.counting.tally import Tally, months_of
from library.dates import Period
from library.models import LibraryAsset, LibraryAssetQuerySet
from library.search.hours import found_by_words
from library.search.syntax import QueryError, Term, parse
from ourvidz.media.models import MediaKind


class SearchForm(forms.Form):
    """The state of the page, as it stands in its URL; what is not valid counts as not given."""

    SHOWN = {"": "All", "image": "Images", "video": "Videos", "favourites": "Favourites"}

    show = forms.ChoiceField(required=False, choices=list(SHOWN.items()))

    def __init__(self, data) -> None:
        super().__init__(data)
        self.is_valid()
        self.words = data.get("q", "").strip()
        self.terms, self.error = _read(self.words)
        self.shown = self.cleaned_data.get("show", "")

    @property
    def active(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.words or self.shown)

    @property
    def query(self) -> str:
        """The same search as the query string of a URL."""
        given = {"q": self.words, "show": self.shown}
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def as_query(self) -> str:
        """The whole search in the query language, as it is saved."""
        return f"{self.words} {self._shown}".strip()

    @property
    def _shown(self) -> str:
        """What is shown, in the query language."""
        return {"favourites": "fav:yes"}.get(self.shown, self.shown and f"type:{self.shown}")

    def tally(self, owner: Model) -> Tally | None:
        """Counts of the whole library, where that is what is shown."""
        return None if self.active else Tally(owner)

    def months(self, owner: Model) -> list[Period]:
        """How many it finds in each month that has any, newest first."""
        tally = self.tally(owner)
        if tally:
            return tally.months()
        found = self.of(LibraryAsset.objects.owned_by(owner).kept(), owner)
        hours = found_by_words([*self.terms, *parse(self._shown)], owner)
        return dates.months(found) if hours is None else months_of(found, hours)

    def of(self, assets: LibraryAssetQuerySet, owner: Model) -> LibraryAssetQuerySet:
        """Those that the search finds: none where there is an `error`."""
        if self.shown == "favourites":
            assets = assets.filter(favourite=True)
        elif self.shown in MediaKind.values:
            assets = assets.filter(kind=self.shown)
        return assets.none() if self.error else assets.meeting(self.terms, owner)


def _read(words: str) -> tuple[list[Term], QueryError | None]:
    """The terms of a query, or none and why it cannot be read."""
    try:
        return parse(words), None
    except QueryError as error:
        return [], error


class AssetForm(forms.ModelForm):
    """Title, tags and rating."""

    RATINGS = [(0, "No rating"), *((stars, f"{stars} of 5") for stars in range(1, 6))]

    tags = forms.CharField(
        required=False,
        max_length=1000,
        help_text="Words of your own, with commas between them.",
        widget=forms.TextInput(
            {
                "data-completion": reverse_lazy("library:tag_completion"),
                "data-grammar": "tags",
                "role": "combobox",
                "aria-autocomplete": "list",
                "aria-expanded": "false",
                "aria-controls": "tag-options",
                "autocomplete": "off",
            }
        ),
    )
    rating = forms.TypedChoiceField(
        coerce=int,
        empty_value=0,  # type: ignore[arg-type]  # the stubs know only text
        choices=RATINGS,
        required=False,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = LibraryAsset
        fields = ["title", "rating"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["tags"] = ", ".join(tag.name for tag in self.instance.tags.all())

    def clean_tags(self) -> list[str]:
        try:
            return tagging.parse(self.cleaned_data["tags"].split(","))
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def save(self, commit: bool = True) -> LibraryAsset:
        asset = self.instance
        asset.save(update_fields=["title", "rating"])
        tagging.set_tags(asset, self.cleaned_data["tags"])
        return asset


class RatingForm(forms.Form):
    """Stars: 0 for none, to 5."""

    rating = forms.IntegerField(min_value=0, max_value=5)


class VisibilityForm(forms.Form):
    """Who can see an asset."""

    visibility = forms.ChoiceField(choices=LibraryAsset.Visibility.choices)
