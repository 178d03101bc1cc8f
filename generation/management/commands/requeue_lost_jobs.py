"""Housekeeping of the queue; runs by schedule every few seconds."""

from django.core.management.base import BaseCommand

from generation import queue, transitions
from generation.models import Job


class Command(BaseCommand):
    help = (
        "Queues again the running jobs whose worker went silent, fails those that had every "
        "attempt, and wakes each lane in which a job may start."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be done.")

    def handle(self, *, dry_run: bool, verbosity: int, **options) -> None:
        if dry_run:
            self.stdout.write(f"Would recover {Job.objects.lost().count()} lost jobs.")
            return
        recovered = transitions.requeue_lost()
        for job in recovered:
            self.stdout.write(f"{job.pk} was lost by {job.worker}")
        lanes = queue.wake_waiting()
        if recovered or verbosity > 1:
            woken = ", ".join(lanes) or "none"
            self.stdout.write(f"Recovered {len(recovered)} lost jobs; lanes woken: {woken}.")
