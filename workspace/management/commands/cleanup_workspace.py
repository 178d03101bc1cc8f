"""Housekeeping of staging; runs by schedule."""

from django.core.management.base import BaseCommand

from generation import housekeeping, workers
from workspace import expiry


class Command(BaseCommand):
    help = (
        "Removes staged assets that expired or can no longer be brought back, with their files; "
        "takes empty jobs out of the workspace; removes references that no job used. "
        "Saved copies in the library stay."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would go.")

    def handle(self, *, dry_run: bool, verbosity: int, **options) -> None:
        if dry_run:
            assets, jobs = expiry.due().count(), expiry.empty_jobs().count()
            references = housekeeping.unused_references().count()
        else:
            assets = self._purge_assets(verbosity)
            jobs = expiry.retire_empty_jobs()
            references = housekeeping.remove_unused_references()
            housekeeping.stale_nonces().delete()
            workers.forgotten().delete()
        verb = "Would remove" if dry_run else "Removed"
        self.stdout.write(
            f"{verb} {assets} staged assets, {jobs} empty jobs from the workspace "
            f"and {references} unused references."
        )

    def _purge_assets(self, verbosity: int) -> int:
        total, removed = expiry.due().count(), 0
        for number in expiry.purge_due():
            removed += number
            if verbosity > 1:
                self.stdout.write(f"{removed} of {total} assets")
        return removed
