"""Where a queued job stands, and how long jobs will take, from how long they really took."""

import heapq
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Max, Q

from generation.announcements import announced
from generation.models import Job
from generation.models.job import Status
from generation.requests import GenerationRequest
from generation.stranding import reason_to_wait
from generation.vocabulary import JOB_TYPES, WAN_FRAMES, EnhancementMethod, Mode

SAMPLES = 20  # ended jobs of a type whose median counts
_COLUMNS = (
    *("owner_id", "lane", "job_type", "mode", "status", "priority", "held", "settings"),
    *("count", "width", "height", "progress", "waits_for_id"),
    *("created_at", "started_at", "ended_at"),
)


@dataclass(frozen=True)
class QueueState:
    """`position` is the number of jobs ahead in the lane, 0 for the next one; None for a job
    that does not wait for its turn.

    `eta_seconds` is the time until it is done; None for a held or an ended job. `waits` is why
    no worker can take it now, in words for its owner; then there is neither.
    """

    position: int | None
    eta_seconds: float | None
    waits: str = ""


NOWHERE = QueueState(None, None)


@dataclass(frozen=True)
class Forecast:
    """When a request would be done if it were sent now, in seconds from now.

    `likely` and `late` are what half and nine of ten such jobs kept; without `measured` both
    come from the table of job types. `ahead` is the number of jobs before it in the lane.
    """

    ahead: int
    likely: float
    late: float
    measured: bool


def forecast(owner, request: GenerationRequest) -> Forecast:
    """What the queue and real durations say of `request`, with three queries."""
    draft = _draft(owner, request)
    unfinished = Job.objects.unfinished().filter(lane=draft.lane).only(*_COLUMNS)
    jobs = [*unfinished, draft]
    samples = _samples({job.job_type for job in jobs})
    turns = _last_starts([draft.lane])
    likely, late = (
        _lane_states(jobs, {name: of(found) for name, found in samples.items()}, turns)[draft.pk]
        for of in (statistics.median, _late)
    )
    return Forecast(
        ahead=likely.position or 0,
        likely=likely.eta_seconds or 0.0,
        late=late.eta_seconds or 0.0,
        measured=draft.job_type in samples,
    )


def _draft(owner, request: GenerationRequest) -> Job:
    """The job that `request` would become, never saved."""
    width, height = request.size
    draft = Job(
        owner=owner,
        lane=request.job_type.lane,
        job_type=request.job_type.name,
        mode=request.mode,
        settings={"steps": request.steps, "length_seconds": request.length_seconds},
        count=request.batch_size,
        width=width,
        height=height,
    )
    if request.enhancement != EnhancementMethod.NONE:
        draft.waits_for_id = draft.pk
    return draft


def _late(samples: list[float]) -> float:
    """The 90th percentile."""
    if len(samples) == 1:
        return samples[0]
    return statistics.quantiles(samples, n=10, method="inclusive")[-1]


def queue_states(jobs: Iterable[Job]) -> dict[UUID, QueueState]:
    """The state of each of `jobs` by id, with at most four queries for any number of jobs."""
    jobs = list(jobs)
    lanes = {job.lane for job in jobs if not job.ended}
    if not lanes:
        return dict.fromkeys((job.pk for job in jobs), NOWHERE)
    unfinished = list(Job.objects.unfinished().filter(lane__in=lanes).only(*_COLUMNS))
    pace = _paces({job.job_type for job in unfinished})
    owners = {job.owner_id for job in unfinished if job.status == Status.QUEUED}
    turns = _last_starts(lanes) if len(owners) > 1 else {}  # of one there is nothing to order
    states: dict[UUID, QueueState] = {}
    for lane in lanes:
        states |= _lane_states([job for job in unfinished if job.lane == lane], pace, turns)
    return {job.pk: states.get(job.pk, NOWHERE) for job in jobs} | _stranded(jobs)


def _stranded(jobs: list[Job]) -> dict[UUID, QueueState]:
    """The state of those queued among `jobs` that no worker can take as it is."""
    queued = [job for job in jobs if job.status == Status.QUEUED and not job.held]
    heard = announced() if queued else None
    reasons = {job.pk: reason_to_wait(job, heard) for job in queued}
    return {pk: QueueState(None, None, reason) for pk, reason in reasons.items() if reason}


def _lane_states(
    jobs: list[Job], pace: dict[str, float], turns: dict[tuple[str, int], float]
) -> dict[UUID, QueueState]:
    """Play the lane through: as many workers as run now, each taking the next in turn."""
    running = {job.pk: _remaining(job, pace) for job in jobs if job.status == Status.RUNNING}
    states = {pk: QueueState(None, seconds) for pk, seconds in running.items()}
    workers = list(running.values()) or [0.0]
    heapq.heapify(workers)
    for position, job in enumerate(_in_turn(jobs, turns)):
        start = max(heapq.heappop(workers), _wait_for_prompt(job))
        end = start + _expected(job, pace)
        heapq.heappush(workers, end)
        states[job.pk] = QueueState(position, end)
    return states


def _in_turn(jobs: list[Job], turns: dict[tuple[str, int], float]) -> list[Job]:
    """Round robin between owners, who waited longest first; each one's own order within."""
    of_owner: dict[int, list[Job]] = defaultdict(list)
    for job in jobs:
        if job.status == Status.QUEUED and not job.held:
            of_owner[job.owner_id].append(job)
    rounds = [
        (number, turns.get((job.lane, owner), 0.0), owner, job)
        for owner, own in of_owner.items()
        for number, job in enumerate(sorted(own, key=_own_order))
    ]
    return [job for *_, job in sorted(rounds, key=lambda entry: entry[:3])]


def _own_order(job: Job) -> tuple:
    return -job.priority, job.created_at, job.pk


def _last_starts(lanes: Iterable[str]) -> dict[tuple[str, int], float]:
    """When each owner who has a queued job last had one started, by lane and owner."""
    queued = Job.objects.filter(lane__in=lanes, status=Status.QUEUED).order_by()
    rows = (
        Job.objects.filter(lane__in=lanes, owner__in=queued.values("owner"))
        .filter(started_at__isnull=False)
        .order_by()
        .values_list("lane", "owner")
        .annotate(last=Max("started_at"))
    )
    return {(lane, owner): last.timestamp() for lane, owner, last in rows}


def _paces(job_types: Iterable[str]) -> dict[str, float]:
    """Median seconds per unit of work of each type, as far as jobs of it completed."""
    return {name: statistics.median(found) for name, found in _samples(job_types).items()}


def _samples(job_types: Iterable[str]) -> dict[str, list[float]]:
    """Seconds per unit of work of the last jobs of each type that completed."""
    sampled = Q(pk__in=())
    for name in job_types:
        completed = Job.objects.filter(job_type=name, status=Status.COMPLETED)
        timed = completed.filter(started_at__lt=F("ended_at")).order_by("-ended_at")
        sampled |= Q(pk__in=timed.values("pk")[:SAMPLES])
    samples: dict[str, list[float]] = defaultdict(list)
    for job in Job.objects.filter(sampled).only(*_COLUMNS):
        if job.started_at and job.ended_at:
            seconds = (job.ended_at - job.started_at).total_seconds()
            samples[job.job_type].append(seconds / _work(job))
    return dict(samples)


def _work(job: Job) -> float:
    """Pixels x steps x outputs x frames; 1 for text."""
    pixels = job.width * job.height or 1
    return pixels * _effort(job)


def _effort(job: Job) -> float:
    """Steps x outputs x frames."""
    steps = job.settings.get("steps") or JOB_TYPES[job.job_type].steps
    return steps * job.count * _frames(job)


def _frames(job: Job) -> int:
    if job.mode != Mode.VIDEO:
        return 1
    return WAN_FRAMES.get(job.settings.get("length_seconds", 5), WAN_FRAMES[5])


def _expected(job: Job, pace: dict[str, float]) -> float:
    """Seconds that the whole job takes; by the table of job types until one completed."""
    if job.job_type in pace:
        return pace[job.job_type] * _work(job)
    job_type = JOB_TYPES[job.job_type]
    frames = WAN_FRAMES[5] if job.mode == Mode.VIDEO else 1
    return job_type.seconds * _effort(job) / (job_type.steps * frames)


def _remaining(job: Job, pace: dict[str, float]) -> float:
    """Seconds that a running job still takes."""
    percent = min(100.0, max(0.0, job.progress.get("percent") or 0.0))
    return _expected(job, pace) * (1 - percent / 100)


def _wait_for_prompt(job: Job) -> float:
    """Seconds that a job waits at most usually for its enhancement."""
    return JOB_TYPES["enhancement"].seconds if job.waits_for_id else 0.0
