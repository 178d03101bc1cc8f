"""Which job groups the page shows and in what order: the state that stands in its URL."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.formats import date_format

from generation import vocabulary as words
from generation.catalogue import every_model
from generation.models import Job
from generation.models.job import JobQuerySet
from workspace.ordering import ORDERS, Order

SESSION_KEY = "workspace_filter"
ANY = ("", "Any")
SORTS = (
    ("", "Newest first"),
    ("oldest", "Oldest first"),
    ("prompt", "Prompt, A to Z"),
    ("quality", "Quality, high first"),
    ("model", "Model"),
)
WORDS_MAXIMUM = 8
_CHOICES = {
    "mode": words.Mode,
    "quality": words.Quality,
    "status": Job.Status,
}
_COLUMNS = (*_CHOICES, "model")
# Far enough from the ends of time that no time zone pushes a day over them.
_DAY: dict[str, Any] = {
    "widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    "validators": [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
}


@dataclass(frozen=True)
class Chip:
    """One part of the filter in words, and the query string without it."""

    text: str
    query_without: str


def model_choices() -> list[tuple[str, str]]:
    """Every model that makes pictures or clips, also those that are not offered any more."""
    models = [spec for spec, _ in every_model() if spec.lane != words.Lane.CHAT]
    return [ANY, *((spec.name, spec.label) for spec in models)]


class GroupFilter(forms.Form):
    """What is not valid counts as not given. Dates are days of the active time zone."""

    q = forms.CharField(label="Words in prompt", required=False, max_length=200)
    mode = forms.ChoiceField(label="Type", required=False, choices=[ANY, *words.Mode.choices])
    # Any name, for jobs outlive their model; what there is now is asked when it is shown.
    model = forms.SlugField(label="Model", required=False, max_length=40, widget=forms.Select)
    quality = forms.ChoiceField(
        label="Quality", required=False, choices=[ANY, *words.Quality.choices]
    )
    status = forms.ChoiceField(label="Status", required=False, choices=[ANY, *Job.Status.choices])
    since = forms.DateField(label="From", required=False, **_DAY)
    until = forms.DateField(label="To", required=False, **_DAY)
    sort = forms.ChoiceField(label="Sort by", required=False, choices=SORTS)

    def __init__(self, data=None) -> None:
        super().__init__(data or {}, auto_id="filter-%s")
        # A page asks its filter for them more than once.
        self.fields["model"].widget.choices = CallableChoiceIterator(cache(model_choices))
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
        self.is_valid()
        self.given = {
            name: self.cleaned_data[name] for name in self.fields if self.cleaned_data.get(name)
        }

    @classmethod
    def of_query(cls, query: str) -> "GroupFilter":
        """From the query string of a page's URL, with or without its question mark."""
        return cls(QueryDict(query.removeprefix("?")))

    @classmethod
    def of_page(cls, request: HttpRequest) -> "GroupFilter":
        """That of the page which sent an HTMX request."""
        return cls.of_query(urlsplit(request.headers.get("HX-Current-URL", "")).query)

    @property
    def narrows(self) -> bool:
        """Whether some groups may be left out."""
        return bool(self.given.keys() - {"sort"})

    @property
    def sorting(self) -> str:
        return self.given.get("sort", "")

    @property
    def by_day(self) -> bool:
        """Whether the groups come in the order of their days."""
        return self.sorting in ("", "oldest")

    @property
    def order(self) -> Order:
        return ORDERS[self.sorting]

    @property
    def query(self) -> str:
        """The same filter as a query string, without what is not given."""
        return _encoded(self.given)

    @property
    def chips(self) -> list[Chip]:
        """What narrows the list, in words."""
        return [
            Chip(self._in_words(name), _encoded(_without(self.given, name)))
            for name in self.given
            if name != "sort"
        ]

    def of(self, jobs: JobQuerySet) -> JobQuerySet:
        """Those of `jobs` that match, in the filter's order."""
        columns = {name: self.given[name] for name in _COLUMNS if name in self.given}
        jobs = jobs.filter(self._words(), self._days(), **columns)
        return self.order.of(jobs)

    def _words(self) -> Q:
        """Each word is in the prompt as it was typed or as it was enhanced."""
        found = Q()
        for word in self.given.get("q", "").split()[:WORDS_MAXIMUM]:
            found &= Q(original_prompt__icontains=word) | Q(enhanced_prompt__icontains=word)
        return found

    def _days(self) -> Q:
        found = Q()
        if "since" in self.given:
            found &= Q(created_at__gte=_start_of(self.given["since"]))
        if "until" in self.given:
            found &= Q(created_at__lt=_start_of(self.given["until"] + timedelta(days=1)))
        return found

    def _in_words(self, name: str) -> str:
        value = self.given[name]
        if name == "q":
            return f"“{value}”"
        if name in ("since", "until"):
            return f"{self.fields[name].label} {date_format(value, 'j M Y')}"
        choices = dict(model_choices() if name == "model" else _CHOICES[name].choices)
        return f"{self.fields[name].label}: {choices.get(value, value)}"


def remember(request: HttpRequest, criteria: GroupFilter) -> None:
    """Keep the filter for the next visit, where it is not kept already."""
    if request.session.get(SESSION_KEY, "") != criteria.query:
        request.session[SESSION_KEY] = criteria.query


def with_remembered(request: HttpRequest) -> str:
    """The request's query string with the last visit's filter; "" if it needs none.

    A URL that names a filter, also an empty one, or a place in a list, stays as it is.
    """
    kept = request.session.get(SESSION_KEY, "")
    if not kept or "before" in request.GET or request.GET.keys() & GroupFilter.base_fields.keys():
        return ""
    return "&".join(filter(None, [kept, request.GET.urlencode()]))


def _without(given: dict, name: str) -> dict:
    return {other: value for other, value in given.items() if other != name}


def _encoded(given: dict) -> str:
    return urlencode(given)


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
