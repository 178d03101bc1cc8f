"""Housekeeping of clips that have no filmstrip; runs by schedule once a day."""

from django.core.management.base import BaseCommand

from ourvidz.media.missing_filmstrips import clips_without, give_filmstrip


class Command(BaseCommand):
    help = (
        "Makes the filmstrips of clips that have none, so that their tiles can be looked through: "
        "of clips made by an earlier version. What cannot be read is named in the log."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say how many lack one.")

    def handle(self, *, dry_run: bool, verbosity: int, **options) -> None:
        total = sum(clips.count() for clips in clips_without())
        if dry_run:
            self.stdout.write(f"Would make {total} filmstrips.")
            return
        made = 0
        for clips in clips_without():
            for clip in clips.order_by("pk").iterator(chunk_size=100):
                made += give_filmstrip(clip)
                if verbosity > 1:
                    self.stdout.write(f"{made} of {total} filmstrips")
        self.stdout.write(f"Made {made} of {total} filmstrips that were missing.")
