"""Say what works and what does not."""

import json
import sys

from django.core.management.base import BaseCommand

from ourvidz.operations.checkup import findings
from ourvidz.operations.findings import Finding


class Command(BaseCommand):
    help = (
        "Checks database, Redis, workers, schedule, buckets, disk, video encoding, torch, the "
        "graphics card and the models' weights, and says what to do. Exits with 1 if something "
        "has failed."
    )
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="One JSON document, for programs.")

    def handle(self, *args, json: bool, **options) -> None:
        found = []
        for finding in findings():
            found.append(finding)
            if not json:
                self.stdout.write(self._line(finding))
        if json:
            self.stdout.write(document(found))
        if any(finding.level == "fail" for finding in found):
            sys.exit(1)

    def _line(self, finding: Finding) -> str:
        styles = {"ok": self.style.SUCCESS, "warn": self.style.WARNING, "fail": self.style.ERROR}
        mark = styles[finding.level](f"{finding.level:<4}")
        advice = f" {finding.advice}" if finding.advice else ""
        return f"{mark}  {finding.name:<24} {finding.message}.{advice}"


def document(found: list[Finding]) -> str:
    """The findings as JSON, the worst level first."""
    levels = [finding.level for finding in found]
    worst = next((level for level in ("fail", "warn") if level in levels), "ok")
    return json.dumps(
        {"status": worst, "findings": [finding.as_dict() for finding in found]}, indent=2
    )
