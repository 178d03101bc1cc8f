"""Tags are a user's own words: in any case one tag, and gone with their last asset."""

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.db import transaction

from library.models import LibraryAsset, Tag

MOST_TAGS = 30
LONGEST_TAG = 60  # characters


def parse(names: Iterable[str]) -> list[str]:
    """The names without blanks and repetitions; ValueError where they are too many or long."""
    clean = (" ".join(name.replace("\0", "").split()) for name in names)
    distinct = list({name.casefold(): name for name in clean if name}.values())
    if len(distinct) > MOST_TAGS:
        raise ValueError(f"At most {MOST_TAGS} tags; these are {len(distinct)}.")
    for name in distinct:
        if len(name) > LONGEST_TAG:
            raise ValueError(f"A tag has at most {LONGEST_TAG} characters: {name[:20]}...")
    return distinct


def lock_tags(owner_id: int) -> None:
    """Until the transaction ends nobody else gives or takes tags of this owner.

    Else one makes a tag that another makes too, or drops the one that another is giving. It is the
    owner's row that is locked, so that comes before locks of jobs and assets, as everywhere.
    """
    owners = get_user_model().objects.select_for_update(no_key=True).only("pk")
    owners.filter(pk=owner_id).first()


@transaction.atomic
def set_tags(asset: LibraryAsset, names: Iterable[str]) -> None:
    """Give `asset` exactly the tags `names`, as `parse` gives them."""
    asset.tags.set(tags_named(asset.owner_id, names))
    drop_unused(asset.owner_id)


def tags_named(owner_id: int, names: Iterable[str]) -> list[Tag]:
    """The owner's tags of these names, in any case, in order; what is not there is made.

    They are there until the transaction ends.
    """
    lock_tags(owner_id)
    wanted = {name.casefold(): name for name in names}
    known = known_tags(owner_id)
    new = [Tag(owner_id=owner_id, name=name) for key, name in wanted.items() if key not in known]
    if new:
        Tag.objects.bulk_create(new)
        known = known_tags(owner_id)
    return [known[key] for key in wanted]


def known_tags(owner_id: int) -> dict[str, Tag]:
    """The owner's tags by their names in one case."""
    return {tag.name.casefold(): tag for tag in Tag.objects.filter(owner_id=owner_id)}


@transaction.atomic
def drop_unused(owner_id: int) -> None:
    """Forget the owner's tags that no asset has any more."""
    lock_tags(owner_id)
    Tag.objects.filter(owner_id=owner_id, assets=None).delete()
