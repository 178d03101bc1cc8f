"""The review list of tags that prompts suggest."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from library.models import Settled
from library.organising import review
from library.organising.analysis import Listed, assets_by_prompt, remembered
from library.organising.commits import Wanted
from library.organising.terms import frequent_terms, has_term
from library.tagging import LONGEST_TAG

SHOWN = 8  # pictures of one suggestion
NOTHING_CHOSEN = "Choose at least one tag to add, or one to leave out."
BAD_NAME = f"A tag has 1 to {LONGEST_TAG} characters."
CHOICES = {"": "Leave for now", "tag": "Add this tag", "never": "Do not suggest again"}


@dataclass(frozen=True)
class Suggestion:
    """A term with how many assets have it, a few of them, and what was chosen for it."""

    term: str
    count: int
    pictures: list[review.Picture]
    choice: str
    name: str

    @property
    def key(self) -> str:
        return self.term


def load(owner, start: int, posted: QueryDict | None = None) -> review.Stretch:
    """The most frequent terms that are neither tags already nor left out."""
    settled = review.settled(owner, Settled.Kind.TAG) | _tags(owner)
    listed = remembered(owner, "terms", terms)
    found = [row for row in listed.rows if row[0] not in settled]
    shown, start = review.cut(found, start)
    pictures = review.pictures(owner, (pk for _, _, ids in shown for pk in ids))
    rows = [
        Suggestion(
            term,
            count,
            [pictures[pk] for pk in ids if pk in pictures],
            posted.get(f"choice-{term}", "") if posted else "",
            posted.get(f"name-{term}", term) if posted else term,
        )
        for term, count, ids in shown
    ]
    return review.Stretch(rows, start, len(found), listed.left_out)


def terms(owner) -> Listed[tuple[str, int, list[UUID]]]:
    """Each term, how many assets have it, and the first few of them."""
    known = assets_by_prompt(owner)
    by_prompt = known.assets
    found = frequent_terms({prompt: len(ids) for prompt, ids in by_prompt.items()})
    rows = [
        (
            term,
            sum(len(by_prompt[prompt]) for prompt in prompts),
            [pk for prompt in prompts[:SHOWN] for pk in by_prompt[prompt][:SHOWN]][:SHOWN],
        )
        for term, prompts in found.items()
    ]
    return Listed(rows, known.left_out)


def read(owner, posted: QueryDict) -> Wanted:
    """What is to be tagged; ValueError where nothing was chosen or a name will not do."""
    wanted = Wanted()
    names: dict[str, str] = {}
    for term in posted.getlist("row"):
        choice = posted.get(f"choice-{term}", "")
        if choice == "tag":
            names[term] = tag_name(posted.get(f"name-{term}", ""))
        elif choice == "never" and 0 < len(term) <= LONGEST_TAG:
            wanted.settled.append(term)
    if not (names or wanted.settled):
        raise ValueError(NOTHING_CHOSEN)
    for term, ids in _having(owner, names).items():
        wanted.tags[names[term]] = [*wanted.tags.get(names[term], ()), *ids]
    return wanted


def tag_name(text: str) -> str:
    """In one line; ValueError where it is no name of a tag."""
    name = " ".join(text.replace("\0", "").replace(",", " ").split())
    if not 0 < len(name) <= LONGEST_TAG:
        raise ValueError(BAD_NAME)
    return name


def _tags(owner) -> set[str]:
    return {name.casefold() for name in owner.tags.values_list("name", flat=True)}


def _having(owner, wanted: Iterable[str]) -> dict[str, list[UUID]]:
    """By term, the kept assets whose prompts have it now."""
    found: dict[str, list[UUID]] = {term: [] for term in wanted}
    for prompt, ids in assets_by_prompt(owner).assets.items():
        for term in found:
            if has_term(prompt, term):
                found[term] += ids
    return found
