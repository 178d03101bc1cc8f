"""A day that holds most of the library: the date slider and the grid agree about every place."""

from datetime import UTC, datetime, timedelta

import pytest

from library.models import LibraryAsset
from library.shelf import PAGE_SIZE
from tests.factories import make_library_asset
from tests.library.test_page import values_of
from tests.library.test_stretches import ids

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 10, 14, 0, 0, tzinfo=UTC)
MANY = 2_000
BEFORE = 3  # assets of the next day
TOLD = {"day": "2026-10-14", "number": MANY}


@pytest.fixture
def order(creator) -> list[str]:
    """All ids in the library's order; of the long day, hundreds share a second."""
    first = make_library_asset(creator, created_at=MORNING + timedelta(days=1, hours=1))
    values = {name: value for name, value in values_of(first).items() if name != "created_at"}
    times = [MORNING + timedelta(days=1)] * (BEFORE - 1)
    times += [MORNING + timedelta(seconds=number // 400) for number in range(MANY)]
    times += [MORNING - timedelta(days=1)]
    LibraryAsset.objects.bulk_create(
        [LibraryAsset(**values, created_at=time) for time in times], batch_size=1000
    )
    return [str(pk) for pk in LibraryAsset.objects.kept().values_list("pk", flat=True)]


def test_every_place_of_the_slider_leads_to_its_asset(client, order):
    (month,) = client.get("/library/months/").context["months"]
    days = client.get("/library/months/2026-10/").json()["days"]
    assert month.number == len(order) == MANY + BEFORE + 1
    assert TOLD in days

    for rank in (0, BEFORE, BEFORE + 1, 777, MANY // 2, MANY + BEFORE - 1, MANY + BEFORE):
        reply = client.get(
            "/library/stretch/", {"from": "2026-10-31", "skip": rank, "ranked": ""}
        ).content.decode()
        assert f'data-first="{order[rank]}"' in reply
        assert f'data-rank="{rank}"' in reply


def test_inside_the_day_by_its_own_count(client, order):
    for inside in (0, 399, 400, 1_500, MANY - 1):
        found = ids(client, **{"from": "2026-10-14", "skip": str(inside)})
        start = BEFORE + inside
        assert found == order[start : start + PAGE_SIZE]


def test_neighbours_of_a_place_deep_in_the_day_leave_nothing_out(client, order):
    middle = ids(client, skip="1000")
    before = ids(client, before=middle[0], newer="")
    after = ids(client, after=middle[-1])
    assert before + middle + after == order[1000 - PAGE_SIZE : 1000 + 2 * PAGE_SIZE]
