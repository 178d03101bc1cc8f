"""Housekeeping of what came in; runs by schedule."""

from django.core.management.base import BaseCommand

from library.transfer.housekeeping import abandoned, old, remove, stray_parts, sweep


class Command(BaseCommand):
    help = (
        "Removes uploads that nobody went on with for UPLOAD_HOURS, parts that no upload knows, "
        "and what is 30 days old of the lists of uploads, imports and batches."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would go.")

    def handle(self, *, dry_run: bool, **options) -> None:
        uploads = abandoned().count()
        entries = sum(rows.count() for rows in old())
        strays = sum(1 for _ in stray_parts()) if dry_run else sweep()
        if not dry_run:
            remove()
        verb = "Would remove" if dry_run else "Removed"
        self.stdout.write(
            f"{verb} {uploads} abandoned uploads, {strays} stray parts and {entries} old entries."
        )
