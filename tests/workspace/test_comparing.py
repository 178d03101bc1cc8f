"""Two assets held against each other."""

import re

import pytest

from generation.models import Job
from tests.factories import make_job, make_workspace_asset
from workspace import comparing

pytestmark = pytest.mark.django_db


def made(owner, *, index: int = 0, **columns):
    return make_workspace_asset(make_job(owner, status=Job.Status.COMPLETED, **columns), index)


@pytest.fixture
def boat(creator):
    return made(creator, prompt="a red boat at dawn", settings={"steps": 15, "style": "vintage"})


@pytest.fixture
def ship(creator):
    return made(creator, prompt="a red ship at dawn", seed=7, settings={"steps": 15})


def test_what_differs_comes_first(boat, ship):
    rows = comparing.rows_of(boat, ship)
    assert [(row.label, row.first, row.second) for row in rows if row.differs] == [
        ("Seed", "42", "7"),
        ("Style", "Vintage", ""),
    ]
    assert [row.label for row in rows if not row.differs] == ["Model", "Size", "Steps"]
    assert [row.differs for row in rows] == [True, True, False, False, False]


def test_prompts_differ_word_by_word(boat, ship):
    label, pieces = comparing.prompts_of(boat, ship)[0]
    assert label == "Prompt"
    assert [piece for piece in pieces if piece.kind != "kept"] == [
        ("removed", "boat"),
        ("added", "ship"),
    ]


def test_the_comparison_shows_both(client, boat, ship):
    page = client.get(f"/workspace/assets/{boat.pk}/comparison/{ship.pk}/").content.decode()
    assert f'data-viewer="{boat.pk}" data-comparing="{ship.pk}"' in page
    assert page.count("<img") == 2
    assert "<del>boat</del><ins>ship</ins>" in page


def test_neither_may_be_another_persons(client, boat, stranger):
    theirs = made(stranger)
    for first, second in [(boat, theirs), (theirs, boat)]:
        reply = client.get(f"/workspace/assets/{first.pk}/comparison/{second.pk}/")
        assert reply.status_code == 404
    assert client.get(f"/workspace/assets/{theirs.pk}/candidates/").status_code == 404


def test_candidates_are_the_jobs_others_first_then_the_newest(
    client, creator, boat, ship, stranger, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(comparing, "CANDIDATES", 2)
    sibling = make_workspace_asset(boat.job, 1)
    old = [made(creator) for _ in range(3)]
    made(stranger)
    with django_assert_max_num_queries(8):
        page = client.get(f"/workspace/assets/{boat.pk}/candidates/").content.decode()
    ids = re.findall(r'data-compare="([^"]+)"', page)
    assert ids == [str(sibling.pk), str(old[2].pk), str(old[1].pk)]
    older = re.search(r'hx-get="([^"]+)"', page)[1]
    page = client.get(older).content.decode()
    assert re.findall(r'data-compare="([^"]+)"', page) == [str(old[0].pk), str(ship.pk)]
    assert "hx-get" not in page
