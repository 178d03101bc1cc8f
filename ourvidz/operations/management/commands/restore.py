"""Make a studio what it was when it was backed up."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from redis import Redis, RedisError

from ourvidz.media.buckets import ensure_buckets
from ourvidz.media.reconciliation import findings
from ourvidz.operations.backup import database, restoring
from ourvidz.operations.backup.folder import BackupError, BackupFolder, Manifest
from ourvidz.operations.checkup import SCHEDULE_KEY

SHOWN_EACH = 200


class Command(BaseCommand):
    help = (
        "Puts back what manage.py backup has put into a folder: first the files, then the "
        "database, which it brings to the version that is installed. The studio has to be "
        "stopped. One that has accounts is replaced only with --replace; files that the backup "
        "does not know stay where they are."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path, help="That manage.py backup was given.")
        parser.add_argument(
            "--replace", action="store_true", help="Throw away the database that there is."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Only check the backup, and say what is new."
        )

    def handle(
        self, *, folder: Path, replace: bool, dry_run: bool, verbosity: int, **options
    ) -> None:
        self.verbosity = verbosity
        kept = BackupFolder(folder)
        try:
            manifest = restoring.checked_manifest(kept)
            if not dry_run:
                _check_studio(replace)
            lost = self._restore(kept, manifest, dry_run)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except (OSError, Error) as error:
            raise CommandError(
                f"{error}. It is not all put back. Put that right and run it again, with --replace."
            ) from error
        if lost:
            raise CommandError(
                f"{lost} files are not as they were. Restore them from another backup, too, or "
                "see what can be mended: manage.py reconcile_storage --mend"
            )

    def _restore(self, folder: BackupFolder, manifest: Manifest, dry_run: bool) -> int:
        """The number of files that are not as they were."""
        if not dry_run:
            ensure_buckets()
        files = restoring.put_files_back(folder, manifest, self._tell, dry=dry_run)
        for path in files.lost:
            self.stderr.write(f"{path} in the backup")
        if dry_run:
            self.stdout.write(
                f"Would restore the database of {manifest.made_at} and {files.number} files, "
                f"{files.new} of them new."
            )
            return len(files.lost)
        restoring.put_database_back(folder, manifest)
        secrets = restoring.put_secrets_back(folder)
        call_command("prepare", stdout=self.stdout)
        wrong = self._reconcile()
        self.stdout.write(
            f"Restored the database of {manifest.made_at} and {files.number} files, {files.new} "
            f"of them new. {_told_of(secrets)}"
        )
        return len(files.lost) or wrong

    def _reconcile(self) -> int:
        """Name what does not agree; sizes are enough, for every file's sum was right."""
        wrong = 0
        for finding in findings(sizes_only=True):
            wrong += finding.problem != "orphan"
            self.stderr.write(str(finding))
        return wrong

    def _tell(self, total: int, done: int) -> None:
        if self.verbosity > 1 and (done % SHOWN_EACH == 0 or done == total):
            self.stdout.write(f"{done} of {total} files")


def _check_studio(replace: bool) -> None:
    """BackupError unless nobody is using it, and it may go."""
    if _is_running():
        raise BackupError(
            "The studio is running, or was half a minute ago. Stop every process of it."
        )
    if database.is_in_use() and not replace:
        raise BackupError(
            "This studio has accounts already. To throw its database away, add --replace; "
            "manage.py backup keeps it first."
        )


def _is_running() -> bool:
    """Whether its schedule tells of itself; without Redis it cannot."""
    client = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(client.exists(SCHEDULE_KEY))
    except (RedisError, OSError):
        return False


def _told_of(secrets: list[str]) -> str:
    if "secret-key" in secrets:
        return "Start the studio."
    return "Set SECRET_KEY as it was then (it is not in the backup), and start the studio."
