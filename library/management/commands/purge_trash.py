"""Housekeeping of the trash; runs by schedule."""

from django.core.management.base import BaseCommand
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from library.models import LibraryAsset
from library.trash import BATCH, purge


class Command(BaseCommand):
    help = "Removes library assets, and their files, that were in the trash for TRASH_DAYS."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would go.")

    def handle(self, *, dry_run: bool, verbosity: int, **options) -> None:
        overdue = LibraryAsset.objects.overdue()
        total, size = overdue.count(), overdue.aggregate(size=Sum("bytes"))["size"] or 0
        if not dry_run:
            self._purge(list(overdue.values_list("pk", flat=True)), verbosity)
        left = 0 if dry_run else LibraryAsset.objects.overdue().count()
        self._summarise(total - left, size, left, dry_run)

    def _purge(self, ids: list, verbosity: int) -> None:
        for start in range(0, len(ids), BATCH):
            purge(LibraryAsset.objects.overdue().filter(pk__in=ids[start : start + BATCH]))
            if verbosity > 1:
                self.stdout.write(f"{min(start + BATCH, len(ids))} of {len(ids)}")

    def _summarise(self, gone: int, size: int, left: int, dry_run: bool) -> None:
        verb = "Would purge" if dry_run else "Purged"
        # filesizeformat parts figure and unit by a no-break space.
        room = filesizeformat(size).replace("\xa0", " ")
        rest = f"; {left} left, their files could not be removed" if left else ""
        self.stdout.write(f"{verb} {gone} assets from the trash ({room}){rest}.")
