"""What is new for the open pages of this process, worked out for many of them at once.

An event may concern a thousand pages. Each by itself would ask the same queries and render the
same group, one after the other; together they ask once, and a group is rendered once for all
pages that show it in the same way.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from channels.db import database_sync_to_async
from django.utils import timezone

from generation.estimates import queue_states
from generation.models import Job
from ourvidz.accounts.middleware import zone_of
from ourvidz.accounts.models import User
from workspace import groups
from workspace.filters import GroupFilter

AT_ONCE = 250  # pages, so that the first of many need not wait for the last


@dataclass(frozen=True)
class Question:
    """A page's: whose it is, what it shows, and its events, job id -> "changed" or "progress"."""

    user: User
    criteria: GroupFilter
    pending: Mapping[str, str]

    @property
    def look(self) -> tuple[str, ZoneInfo]:
        """Pages with the same look show the same group by the same HTML."""
        return self.criteria.query, zone_of(self.user)

    def jobs_that(self, kind: str) -> list[UUID]:
        return [UUID(pk) for pk, told in self.pending.items() if told == kind]


def answers(questions: Sequence[Question]) -> list[list[str]]:
    """The messages for each page, in the order of the questions, as the JSON to send.

    A job that changed and does not match the page's filter is taken out.
    """
    of_look: dict[tuple[str, ZoneInfo], list[Question]] = defaultdict(list)
    for question in questions:
        of_look[question.look].append(question)
    changed = {look: _changed(look[1], asked) for look, asked in of_look.items()}
    progress = _progress(questions)
    return [
        [
            *_answer(question, "changed", changed[question.look], removed=True),
            *_answer(question, "progress", progress, removed=False),
        ]
        for question in questions
    ]


def job_message(group: groups.Group) -> str:
    """A group's HTML and its version."""
    html = groups.render(group)
    return json.dumps(
        {"type": "job", "id": str(group.job.pk), "version": group.job.version, "html": html}
    )


def removed_message(pk: UUID) -> str:
    return json.dumps({"type": "removed", "id": str(pk)})


Messages = Mapping[tuple[int, UUID], str]  # by owner and job: nobody gets another's


def _answer(question: Question, kind: str, known: Messages, removed: bool) -> Iterator[str]:
    for pk in question.jobs_that(kind):
        if message := known.get((question.user.pk, pk)):
            yield message
        elif removed:
            yield removed_message(pk)


def _changed(zone: ZoneInfo, questions: Sequence[Question]) -> Messages:
    """Of pages that have one look."""
    owners, ids = _concerned(questions, "changed")
    if not ids:
        return {}
    with timezone.override(zone):
        jobs = Job.objects.in_workspace().filter(owner__in=owners, pk__in=ids)
        found = groups.load_of(owners, questions[0].criteria.of(jobs))
        return {(group.job.owner_id, group.job.pk): job_message(group) for group in found}


def _progress(questions: Sequence[Question]) -> Messages:
    owners, ids = _concerned(questions, "progress")
    if not ids:
        return {}
    running = Job.objects.filter(owner__in=owners, pk__in=ids, status=Job.Status.RUNNING)
    jobs = list(running)
    states = queue_states(jobs)
    return {(job.owner_id, job.pk): _progress_message(job, states[job.pk]) for job in jobs}


def _progress_message(job: Job, state) -> str:
    return json.dumps(
        {
            "type": "progress",
            "id": str(job.pk),
            "progress": job.progress,
            "previews": job.previews,
            "eta_seconds": state.eta_seconds,
            "position": state.position,
        }
    )


def _concerned(questions: Iterable[Question], kind: str) -> tuple[set[int], set[UUID]]:
    """The owners and the jobs of the events of a kind."""
    ids = {question.user.pk: question.jobs_that(kind) for question in questions}
    return {owner for owner, own in ids.items() if own}, {pk for own in ids.values() for pk in own}


@dataclass
class Newsroom:
    """Answers the pages of one event loop, those together that ask at the same time."""

    waiting: list[tuple[Question, asyncio.Future]] = field(default_factory=list)
    working: asyncio.Task | None = None

    async def ask(self, question: Question) -> list[str]:
        """The messages for a page."""
        answer = asyncio.get_running_loop().create_future()
        self.waiting.append((question, answer))
        if self.working is None or self.working.done():
            self.working = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        while self.waiting:
            some, self.waiting = self.waiting[:AT_ONCE], self.waiting[AT_ONCE:]
            try:
                found = await database_sync_to_async(answers)([question for question, _ in some])
            except Exception as error:
                _end(some, [error] * len(some))
            else:
                _end(some, found)


def _end(asked: list[tuple[Question, asyncio.Future]], results: Sequence) -> None:
    """Give each its messages or the error; who has left meanwhile gets nothing."""
    for (_, answer), result in zip(asked, results, strict=True):
        if answer.done():
            continue
        if isinstance(result, Exception):
            answer.set_exception(result)
        else:
            answer.set_result(result)


_rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, Newsroom] = WeakKeyDictionary()


async def of(user: User, criteria: GroupFilter, pending: Mapping[str, str]) -> list[str]:
    """The messages of `pending` events for a page of `user` that shows `criteria`."""
    room = _rooms.setdefault(asyncio.get_running_loop(), Newsroom())
    return await room.ask(Question(user, criteria, pending))
