"""`manage.py create_worker_token NAME --lanes sdxl,wan`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.models import WorkerToken
from generation.vocabulary import Lane


class Command(BaseCommand):
    help = (
        "Makes a token for workers of another machine and prints it, once: only its digest is kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The machine that uses it, such as gpu-box-1.")
        parser.add_argument("--lanes", default="sdxl,wan", help="Of sdxl, wan and chat.")

    def handle(self, *args: Any, name: str, lanes: str, **options: Any) -> None:
        wanted = [lane.strip() for lane in lanes.split(",") if lane.strip()]
        if not wanted or not set(wanted) <= set(Lane.values):
            raise CommandError(f"--lanes takes {', '.join(Lane.values)}, separated by commas.")
        try:
            _, text = WorkerToken.issue(name, list(dict.fromkeys(wanted)))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(text)
