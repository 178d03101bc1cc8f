"""The review list of near-duplicates: keep the best of each group, or all."""

from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from library.models import LibraryAsset, Settled
from library.organising import review
from library.organising.analysis import digest_of, remembered
from library.organising.commits import Wanted
from library.organising.near import near_groups
from ourvidz.media.perceptual import PLAIN
from ourvidz.reading import uuid_of

MOST_SHOWN = 24  # of one group; the others come when these are sorted out
NOTHING_CHOSEN = "Choose what to keep in at least one group."


@dataclass(frozen=True)
class Group:
    """Pictures that look alike, the one to keep first. `more` are not shown."""

    key: str
    pictures: list[review.Picture]
    more: int
    chosen: frozenset[UUID]

    @property
    def shown(self) -> str:
        return ",".join(str(picture.asset.pk) for picture in self.pictures)


def load(owner, start: int, posted: QueryDict | None = None) -> review.Stretch:
    """Groups with the newest pictures first, with what was `posted` chosen again."""
    left_out = review.settled(owner, Settled.Kind.DUPLICATES)
    found = [group for group in remembered(owner, "near", near) if group[0] not in left_out]
    shown, start = review.cut(found, start)
    pictures = review.pictures(owner, (pk for _, ids in shown for pk in ids))
    groups = [
        _group(key, [pictures[pk] for pk in ids if pk in pictures], posted) for key, ids in shown
    ]
    return review.Stretch([group for group in groups if len(group.pictures) > 1], start, len(found))


def near(owner) -> list[tuple[str, list[UUID]]]:
    """Key and assets of each group. Pictures are compared with pictures, clips with clips."""
    rows = LibraryAsset.objects.owned_by(owner).kept().exclude(perceptual_hash=PLAIN)
    found = list(rows.exclude(perceptual_hash=None).values_list("kind", "pk", "perceptual_hash"))
    places: dict[str, list[int]] = {}
    for place, (kind, _, _) in enumerate(found):
        places.setdefault(kind, []).append(place)
    groups = [
        [of_kind[one] for one in group]
        for of_kind in places.values()
        for group in near_groups([found[place][2] or PLAIN for place in of_kind])
    ]
    ids = [[found[place][1] for place in group] for group in sorted(groups)]
    return [(digest_of(group), group) for group in ids]


def read(owner, posted: QueryDict) -> Wanted:
    """What is to go to the trash; ValueError where nothing was chosen."""
    wanted = Wanted()
    trash: list[UUID] = []
    for key in posted.getlist("group"):
        keep = list(map(uuid_of, posted.getlist(f"keep-{key}")))
        if keep:
            shown = map(uuid_of, posted.get(f"shown-{key}", "").split(","))
            trash += [pk for pk in shown if pk not in keep]
            wanted.settled.append(digest_of(keep))
    if not wanted.settled:
        raise ValueError(NOTHING_CHOSEN)
    wanted.trash = trash
    return wanted


def _group(key: str, pictures: list[review.Picture], posted: QueryDict | None) -> Group:
    ordered = sorted(pictures, key=lambda picture: _worth(picture.asset), reverse=True)
    chosen = map(uuid_of, posted.getlist(f"keep-{key}")) if posted else ()
    return Group(key, ordered[:MOST_SHOWN], len(ordered[MOST_SHOWN:]), frozenset(chosen))


def _worth(asset: LibraryAsset) -> tuple:
    """By what is compared to suggest the one to keep."""
    return (
        asset.favourite,
        asset.rating,
        asset.width * asset.height,
        asset.bytes,
        asset.created_at,
    )
