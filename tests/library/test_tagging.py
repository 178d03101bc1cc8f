"""Tags of one owner, given and taken by several at once."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction

from library.bulk import labels
from library.models import LibraryAsset, Tag
from library.tagging import set_tags
from tests.factories import make_library_asset, make_user

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10


@pytest.fixture
def owner():
    return make_user("owner")


@pytest.fixture
def assets(owner) -> list[LibraryAsset]:
    return [make_library_asset(owner) for _ in range(4)]


def at_once(*calls) -> None:
    """All in parallel, each with a connection of its own; raises what any of them raised."""

    def run(call):
        try:
            call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        list(pool.map(run, calls))


def names(asset: LibraryAsset) -> list[str]:
    return [tag.name for tag in asset.tags.all()]


def test_a_tag_that_leaves_its_last_asset_comes_to_another_meanwhile(owner, assets):
    """Whoever drops it as nobody's any more must not drop it from under the others."""
    last, new, *others = assets

    def give_to_many():
        with transaction.atomic():
            labels.put_on(owner, {"sea": [asset.pk for asset in others]})

    for _ in range(ROUNDS):
        set_tags(last, ["sea"])
        for asset in (new, *others):
            set_tags(asset, [])

        at_once(partial(set_tags, last, []), partial(set_tags, new, ["sea"]), give_to_many)

        assert names(last) == []
        assert [names(asset) for asset in (new, *others)] == [["sea"]] * 3
        assert Tag.objects.count() == 1


def test_a_word_is_one_tag_in_whatever_case_many_write_it(owner, assets):
    for number in range(ROUNDS):
        words = [f"Sea{number}", f"sea{number}", f"SEA{number}", f"seA{number}"]

        at_once(
            *(
                partial(set_tags, *pair)
                for pair in zip(assets, [[word] for word in words], strict=True)
            )
        )

        assert Tag.objects.count() == 1
