"""The review list of similar prompts: a collection or a tag for each group."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from library.models import Settled
from library.organising import review
from library.organising.analysis import Listed, assets_by_prompt, digest_of, remembered
from library.organising.commits import Wanted
from library.organising.similar import similar_prompts
from library.organising.suggestions import tag_name
from library.organising.words import phrases

SHOWN = 8  # pictures of one group
PROMPTS_SHOWN = 3
LONGEST_COLLECTION = 120  # characters
NAME_WORDS = 4
CHOICES = {
    "": "Leave for now",
    "collection": "Make a collection",
    "tag": "Tag them",
    "never": "Do not suggest again",
}
NOTHING_CHOSEN = "Choose what to do with at least one group."
CHANGED = "A group has changed meanwhile. Look at it again and choose once more."
BAD_NAME = f"A collection's name has 1 to {LONGEST_COLLECTION} characters."


@dataclass(frozen=True)
class Likeness:
    """Assets whose prompts are alike, some of the prompts, and what was chosen for them."""

    key: str
    count: int
    prompts: list[str]
    more_prompts: int
    pictures: list[review.Picture]
    choice: str
    name: str


Row = tuple[str, list[UUID], list[str], int, str]  # key, assets, some prompts, others, name


def load(owner, start: int, posted: QueryDict | None = None) -> review.Stretch:
    """Groups with the newest assets first."""
    settled = review.settled(owner, Settled.Kind.PROMPTS)
    listed = remembered(owner, "alike", alike)
    found = [row for row in listed.rows if row[0] not in settled]
    shown, start = review.cut(found, start)
    pictures = review.pictures(owner, (pk for _, ids, *_ in shown for pk in ids[:SHOWN]))
    rows = [
        Likeness(
            key,
            len(ids),
            prompts,
            more,
            [pictures[pk] for pk in ids[:SHOWN] if pk in pictures],
            posted.get(f"choice-{key}", "") if posted else "",
            posted.get(f"name-{key}", name) if posted else name,
        )
        for key, ids, prompts, more, name in shown
    ]
    return review.Stretch(rows, start, len(found), listed.left_out)


def alike(owner) -> Listed[Row]:
    """Every group of the prompts that are looked at."""
    known = assets_by_prompt(owner)
    prompts = list(known.assets)
    groups = similar_prompts(prompts)
    rows = [_row([prompts[place] for place in group], known.assets) for group in groups]
    return Listed(rows, known.left_out)


def read(owner, posted: QueryDict) -> Wanted:
    """What is to be made of which group; ValueError says what will not do."""
    wanted = Wanted()
    groups = {key: ids for key, ids, *_ in remembered(owner, "alike", alike).rows}
    for key in posted.getlist("row"):
        choice = posted.get(f"choice-{key}", "")
        if choice and key not in groups:
            raise ValueError(CHANGED)
        name = posted.get(f"name-{key}", "")
        if choice == "collection":
            wanted.collections.append((_collection_name(name), groups[key]))
        elif choice == "tag":
            wanted.tags[tag_name(name)] = [*wanted.tags.get(tag_name(name), ()), *groups[key]]
        if choice:
            wanted.settled.append(key)
    if not wanted.settled:
        raise ValueError(NOTHING_CHOSEN)
    return wanted


def _row(prompts: Sequence[str], by_prompt: dict[str, list[UUID]]) -> Row:
    ids = [pk for prompt in prompts for pk in by_prompt[prompt]]
    shown = list(prompts[:PROMPTS_SHOWN])
    return digest_of(ids), ids, shown, len(prompts) - len(shown), _name_of(prompts)


def _name_of(prompts: Sequence[str]) -> str:
    """The first words of the first prompt that most of the prompts have."""
    said = [[word for phrase in phrases(prompt) for word in phrase if word] for prompt in prompts]
    counts = Counter(word for words in said for word in set(words))
    common = [word for word in dict.fromkeys(said[0]) if counts[word] > len(prompts) / 2]
    return " ".join((common or said[0])[:NAME_WORDS])[:60].capitalize()


def _collection_name(text: str) -> str:
    name = " ".join(text.replace("\0", "").split())
    if not 0 < len(name) <= LONGEST_COLLECTION:
        raise ValueError(BAD_NAME)
    return name
