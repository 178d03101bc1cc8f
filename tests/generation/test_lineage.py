"""Ancestors and descendants of an asset, by one recursive query."""

import pytest

from generation.lineage import MOST_STEPS, relatives
from generation.models import Job, Lineage
from tests.factories import make_job, make_library_asset, make_workspace_asset

pytestmark = pytest.mark.django_db


def made_with(owner, *sources, role=Lineage.Role.REFERENCE, parent: Job | None = None):
    """An asset of a new job that took the assets `sources`."""
    job = make_job(owner, status=Job.Status.COMPLETED, parent=parent)
    for source in sources:
        Lineage.objects.create(job=job, parent_asset_id=source.pk, role=role)
    return make_workspace_asset(job, 0)


def steps(owner, asset) -> dict:
    """Job id -> (steps, role) of each relative."""
    found = relatives(owner, asset.job_id, asset.pk)
    assert len({(r.job_id, r.steps) for r in found}) == len(found)
    return {relative.job_id: (relative.steps, relative.role) for relative in found}


def test_both_directions_over_several_steps(creator, django_assert_num_queries):
    first = made_with(creator)
    second = made_with(creator, first)
    third = made_with(creator, second, role=Lineage.Role.START)
    with django_assert_num_queries(1):
        found = steps(creator, second)
    assert found == {first.job_id: (-1, "reference"), third.job_id: (1, "start")}
    assert steps(creator, first) == {
        second.job_id: (1, "reference"),
        third.job_id: (2, "start"),
    }
    assert steps(creator, third)[first.job_id] == (-2, "reference")


def test_a_job_done_again_is_a_descendant_of_each_of_its_outputs(creator):
    first = made_with(creator)
    again = made_with(creator, parent=first.job)
    assert steps(creator, first) == {again.job_id: (1, "again")}
    assert steps(creator, again) == {first.job_id: (-1, "again")}


def test_what_was_made_with_a_sibling_is_no_descendant(creator):
    first = made_with(creator)
    sibling = make_workspace_asset(first.job, 1)
    other = made_with(creator, sibling)
    assert steps(creator, first) == {}
    assert steps(creator, sibling) == {other.job_id: (1, "reference")}


def test_two_ways_to_one_job_show_it_once_at_the_nearest(creator):
    first = made_with(creator)
    second = made_with(creator, first)
    third = made_with(creator, second, first)
    assert steps(creator, third)[first.job_id][0] == -1
    assert steps(creator, first)[third.job_id][0] == 1


def test_the_way_goes_on_through_what_only_the_library_has(creator):
    first = made_with(creator)
    second = made_with(creator, first)
    third = made_with(creator, second)
    for asset in (first, second):
        make_library_asset(creator, source_asset_id=asset.pk, job_id=asset.job_id)
        asset.delete()
    assert steps(creator, third) == {
        second.job_id: (-1, "reference"),
        first.job_id: (-2, "reference"),
    }


def test_a_circle_comes_to_an_end(creator):
    first = made_with(creator)
    second = made_with(creator, first)
    Lineage.objects.create(job=first.job, parent_asset_id=second.pk, role=Lineage.Role.SEED)
    found = relatives(creator, first.job_id, first.pk)
    assert max(abs(relative.steps) for relative in found) <= MOST_STEPS
    assert second.job_id in {relative.job_id for relative in found}


def test_another_persons_jobs_are_never_found(creator, stranger):
    mine = made_with(creator)
    made_with(stranger, mine)
    assert steps(creator, mine) == {}
    assert steps(stranger, mine) == {}
