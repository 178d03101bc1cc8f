"""Put all of a studio into a folder."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.template.defaultfilters import filesizeformat

from ourvidz.operations.backup.folder import BackupError, BackupFolder
from ourvidz.operations.backup.making import Made, make, wanting

SHOWN_EACH = 200


class Command(BaseCommand):
    help = (
        "Backs up the database, the files of all buckets and the studio's secrets into a folder, "
        "while the studio runs. Into a folder that has a backup, only new files are copied; the "
        "new database takes the place of the old one when everything is there."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path, help="It is made if it is not there.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be copied.")

    def handle(self, *, folder: Path, dry_run: bool, verbosity: int, **options) -> None:
        kept = BackupFolder(folder)
        if dry_run:
            new, number = wanting(kept)
            self.stdout.write(f"Would back up the database and {number} files, {new} of them new.")
            return
        self.verbosity = verbosity
        try:
            made = make(kept, self._tell)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except (OSError, Error) as error:
            raise CommandError(
                f"{error}. The backup is not whole yet. Put that right and run it again: "
                "it goes on where it stopped."
            ) from error
        self._summarise(made, folder)

    def _tell(self, total: int, done: int) -> None:
        if self.verbosity > 1 and (done % SHOWN_EACH == 0 or done == total):
            self.stdout.write(f"{done} of {total} files")

    def _summarise(self, made: Made, folder: Path) -> None:
        for state, paths in (("missing", made.missing), ("damaged", made.damaged)):
            for path in sorted(paths):
                self.stderr.write(f"{state} in the studio itself: {path.removeprefix('media/')}")
        if made.missing or made.damaged:
            self.stderr.write("See what can be mended: manage.py reconcile_storage --mend")
        # filesizeformat parts figure and unit by a no-break space.
        room = filesizeformat(made.bytes).replace("\xa0", " ")
        self.stdout.write(
            f"Backed up the database and {made.number} files ({room}), {made.new} of them new, "
            f"to {folder}."
        )
