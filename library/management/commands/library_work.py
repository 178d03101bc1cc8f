"""What the library does in the background; runs by schedule."""

from django.core.management.base import BaseCommand

from library.background import work_off
from library.bulk.models import Batch
from library.bulk.performing import perform_step
from library.transfer.accepting import accept
from library.transfer.importing import import_archive
from library.transfer.models import Import, Upload


class Command(BaseCommand):
    help = "Takes uploads into the library, imports archives or does batches, until none is left."

    def add_arguments(self, parser) -> None:
        parser.add_argument("kind", choices=["uploads", "imports", "batches"])

    def handle(self, *, kind: str, verbosity: int, **options) -> None:
        steps = {
            "uploads": lambda: work_off(Upload, accept),
            "imports": lambda: work_off(Import, import_archive),
            "batches": lambda: work_off(Batch, perform_step),
        }[kind]()
        if steps or verbosity > 1:
            self.stdout.write(f"{steps} steps of {kind} done.")
