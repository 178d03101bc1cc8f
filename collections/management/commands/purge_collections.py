"""Housekeeping of collections; runs by schedule."""

from django.core.management.base import BaseCommand

from ... import changes
from ...models import Collection, SharedFile


class Command(BaseCommand):
    help = (
        "Removes collections that were deleted TRASH_DAYS ago, and copies made for visitors of "
        "shared links that no open link shows. Assets stay in the library."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would go.")

    def handle(self, *, dry_run: bool, verbosity: int, **options) -> None:
        overdue = Collection.objects.overdue()
        total, copies = overdue.count(), SharedFile.objects.unused().count()
        if not dry_run:
            for purged in changes.purge_overdue():
                if verbosity > 1:
                    self.stdout.write(f"Purged {purged}")
            copies = SharedFile.objects.unused().delete()[0]
        verb = "Would purge" if dry_run else "Purged"
        gone = total if dry_run else total - overdue.count()
        self.stdout.write(f"{verb} {gone} deleted collections and {copies} shared copies.")
