"""Housekeeping for counts and searches; runs by schedule."""

from django.core.management.base import BaseCommand

from library.counting.triggers import compact
from library.search.indexes import look_over


class Command(BaseCommand):
    help = (
        "Adds up what changes have left beside the counts by hour, and lets SQLite see how its "
        "tables are filled, by which it chooses the way to an answer. Safe at any time."
    )

    def handle(self, **options) -> None:
        self.stdout.write(f"The counts by hour have {compact()} rows fewer.")
        if look_over():
            self.stdout.write("SQLite has looked at its tables.")
