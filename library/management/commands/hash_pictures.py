"""Housekeeping for near-duplicates; runs by schedule."""

from django.core.management.base import BaseCommand

from library.organising.hashing import hash_all, unhashed


class Command(BaseCommand):
    help = "Gives a perceptual hash to library assets that were kept before there was one."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say how many lack one.")

    def handle(self, *, dry_run: bool, verbosity: int, **options) -> None:
        if dry_run:
            self.stdout.write(f"Would hash {unhashed().count()} pictures.")
            return
        hashed = left = 0
        for now_hashed, now_left in hash_all():
            hashed, left = hashed + now_hashed, left + now_left
            if verbosity > 1:
                self.stdout.write(f"{hashed} hashed")
        rest = f"; {left} left, their files could not be read" if left else ""
        self.stdout.write(f"Hashed {hashed} pictures{rest}.")
