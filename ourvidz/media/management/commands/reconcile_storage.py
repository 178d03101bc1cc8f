"""Housekeeping of the buckets; runs by schedule once a day, without reading the files."""

from collections import Counter

from django.conf import settings
from django.core.management.base import BaseCommand

from ourvidz.media import buckets
from ourvidz.media.reconciliation import Finding, findings, mend


class Command(BaseCommand):
    help = (
        "Finds files that no row knows, and rows whose files are missing, truncated or swapped. "
        "With --mend it removes the orphans, makes thumbnails anew and brings originals back "
        "from a saved copy; a row whose file is lost is only named."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--mend", action="store_true", help="Put right what can be.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what is wrong.")
        parser.add_argument(
            "--sizes-only", action="store_true", help="Do not read the files: fast, less sure."
        )

    def handle(self, *, mend: bool, dry_run: bool, sizes_only: bool, **options) -> None:
        problems: Counter[str] = Counter()
        mended = 0
        for finding in findings(sizes_only=sizes_only):
            problems[finding.problem] += 1
            done = mend and not dry_run and self._mend(finding)
            mended += done
            self.stdout.write(f"{finding}{' (mended)' if done else ''}")
        if mend and not dry_run:
            self._remove_partials()
        counts = ", ".join(f"{number} {problem}" for problem, number in sorted(problems.items()))
        self.stdout.write(f"Found {counts or 'nothing wrong'}; mended {mended}.")

    def _mend(self, finding: Finding) -> bool:
        try:
            return mend(finding)
        except (OSError, ValueError) as error:  # a name on disk may be no key of ours
            self.stderr.write(f"{finding} not mended: {error}")
            return False

    def _remove_partials(self) -> None:
        for bucket in settings.BUCKETS:
            buckets.remove_partials(bucket)
