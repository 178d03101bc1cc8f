"""Whatever happens in whatever order: one end, at most three attempts, nothing made twice."""

from datetime import timedelta

from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from generation import transitions
from generation.models import Job, UsageEntry
from generation.models.job import ENDED
from tests.factories import make_job, make_user
from tests.generation.test_transitions import an_output
from workspace.models import WorkspaceAsset

LANES = ["sdxl"]


class JobLife(RuleBasedStateMachine):
    """One job, the workers that ever claimed it, and a clock that lets leases run out."""

    def __init__(self) -> None:
        super().__init__()
        Job.objects.all().delete()
        self.pk = make_job(make_user()).pk
        self.claims: list[Job] = []
        self.ended: dict | None = None

    def row(self) -> Job:
        return Job.objects.get(pk=self.pk)

    def any_claim(self, data) -> Job:
        return data.draw(st.sampled_from(self.claims))

    def is_current(self, claim: Job) -> bool:
        row = self.row()
        return row.status == "running" and row.fence == claim.fence

    @rule()
    def claim(self):
        job = transitions.claim(LANES, f"worker-{len(self.claims)}")
        if job:
            self.claims.append(job)

    @rule()
    def time_passes(self):
        past = timezone.now() - timedelta(seconds=1)
        Job.objects.filter(pk=self.pk, status="running").update(lease_expires_at=past)
        Job.objects.filter(pk=self.pk).update(waits_until=None)

    @rule()
    def schedule_runs(self):
        transitions.requeue_lost()

    @rule()
    def owner_cancels(self):
        transitions.request_cancel(self.row())

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), index=st.integers(0, 2))
    def a_worker_adds(self, data, index):
        claim = self.any_claim(data)
        expected = self.is_current(claim)
        assert transitions.add_outputs(claim, [an_output(claim, index)]) == expected

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def a_worker_renews(self, data):
        claim = self.any_claim(data)
        assert transitions.renew(claim) == self.is_current(claim)

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def a_worker_completes(self, data):
        claim = self.any_claim(data)
        expected = self.is_current(claim)
        assert transitions.complete(claim, [an_output(claim, 0)]) == expected

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), retry=st.booleans())
    def a_worker_fails(self, data, retry):
        claim = self.any_claim(data)
        expected = self.is_current(claim)
        assert transitions.fail(claim, "no", retry=retry) == expected

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def a_worker_gives_back(self, data):
        claim = self.any_claim(data)
        expected = self.is_current(claim)
        assert transitions.give_back(claim) == expected

    @invariant()
    def an_end_is_for_ever(self):
        row = Job.objects.filter(pk=self.pk).values().get()
        row.pop("waits_until")  # the clock of this test moves it
        assert self.ended is None or row == self.ended
        self.ended = row if row["status"] in ENDED else None

    @invariant()
    def usage_is_counted_once(self):
        assert UsageEntry.objects.filter(job=self.pk).count() == (self.ended is not None)

    @invariant()
    def attempts_and_assets_are_bounded(self):
        assert self.row().attempts <= 3
        indices = list(WorkspaceAsset.objects.filter(job=self.pk).values_list("index", flat=True))
        assert len(indices) == len(set(indices))

    @invariant()
    def fences_only_grow(self):
        fences = [claim.fence for claim in self.claims]
        assert fences == sorted(set(fences))


def test_no_order_of_events_breaks_a_job(db):
    run_state_machine_as_test(
        JobLife,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
