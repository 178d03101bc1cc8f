"""What many open pages are told at once: each its own, and with the work of one."""

import asyncio
import json
from uuid import uuid4

import pytest

from generation.models import Job
from tests.factories import make_job, make_user, make_workspace_asset
from workspace import groups, news
from workspace.filters import GroupFilter
from workspace.news import Question, answers

pytestmark = pytest.mark.django_db


def page(user, *jobs, kind="changed", query="") -> Question:
    return Question(user, GroupFilter.of_query(query), {str(job.pk): kind for job in jobs})


def told(questions) -> list[list[tuple[str, str]]]:
    """The type and the job of each message, by page."""
    messages = [[json.loads(message) for message in page] for page in answers(questions)]
    return [[(message["type"], message["id"]) for message in page] for page in messages]


def test_nobody_is_told_of_anothers_job_whatever_was_announced(creator, stranger):
    mine = make_job(creator, status=Job.Status.RUNNING)
    theirs = make_job(stranger, status=Job.Status.RUNNING)

    assert told([page(creator, mine, theirs), page(stranger, mine, theirs)]) == [
        [("job", str(mine.pk)), ("removed", str(theirs.pk))],
        [("removed", str(mine.pk)), ("job", str(theirs.pk))],
    ]
    progress = [page(user, mine, theirs, kind="progress") for user in (creator, stranger)]
    assert told(progress) == [[("progress", str(mine.pk))], [("progress", str(theirs.pk))]]


def test_each_page_is_answered_by_its_own_filter(creator):
    job = make_job(creator)

    assert told([page(creator, job), page(creator, job, query="mode=video")]) == [
        [("job", str(job.pk))],
        [("removed", str(job.pk))],
    ]


def test_a_group_is_rendered_once_for_all_pages_alike(creator, monkeypatch):
    rendered = []
    monkeypatch.setattr(groups, "render", lambda group: rendered.append(group) or "<p></p>")
    other_zone = make_user("traveller", time_zone="Asia/Tokyo")
    own = make_job(creator)

    answers([page(creator, own)] * 10 + [page(other_zone, make_job(other_zone))] * 10)

    assert len(rendered) == 2


@pytest.mark.parametrize("kind", ["changed", "progress"])
def test_a_hundred_pages_cost_the_queries_of_one(kind, django_assert_max_num_queries):
    people = [make_user() for _ in range(100)]
    jobs = [make_job(person, status=Job.Status.RUNNING) for person in people]
    for job in jobs:
        make_workspace_asset(job)

    with django_assert_max_num_queries(6):
        given = answers(
            [page(person, job, kind=kind) for person, job in zip(people, jobs, strict=True)]
        )
    assert all(len(messages) == 1 for messages in given)


@pytest.mark.django_db(transaction=True)
def test_pages_that_ask_together_are_answered_together(creator, monkeypatch):
    sizes = []
    monkeypatch.setattr(news, "AT_ONCE", 4)
    monkeypatch.setattr(
        news, "answers", lambda asked: sizes.append(len(asked)) or [["told"]] * len(asked)
    )

    async def ask():
        return await asyncio.gather(*(news.of(creator, GroupFilter(), {}) for _ in range(9)))

    assert asyncio.run(ask()) == [["told"]] * 9
    assert sizes == [4, 4, 1]


@pytest.mark.django_db(transaction=True)
def test_an_error_reaches_who_asked_and_the_next_are_answered(creator, monkeypatch):
    def fail(asked):
        raise OSError("the database is away")

    async def ask():
        with monkeypatch.context() as patched:
            patched.setattr(news, "answers", fail)
            with pytest.raises(OSError, match="away"):
                await news.of(creator, GroupFilter(), {str(uuid4()): "changed"})
        leaving = asyncio.ensure_future(news.of(creator, GroupFilter(), {}))
        await asyncio.sleep(0)
        leaving.cancel()
        gone = str(uuid4())
        assert await news.of(creator, GroupFilter(), {gone: "changed"}) == [
            json.dumps({"type": "removed", "id": gone})
        ]

    asyncio.run(ask())
