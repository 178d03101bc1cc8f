"""`manage.py remote_worker --server URL --token TOKEN --lanes sdxl,wan`."""

from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.remote.client import Refused, StudioClient
from generation.remote.worker import RemoteWorker
from generation.vocabulary import Lane
from ourvidz import environment as env

HERE = {"localhost", "127.0.0.1", "::1"}


class Command(BaseCommand):
    help = (
        "Serves lanes of a studio on another machine over HTTPS, until it is stopped. It needs "
        "neither the studio's database nor its Redis, only a worker token."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--server", default="", help="Such as https://studio.example.")
        parser.add_argument("--token", default="", help="Better in WORKER_TOKEN: ps shows this.")
        parser.add_argument("--lanes", default="sdxl,wan", help="Of sdxl, wan and chat.")
        parser.add_argument("--models", default="", help="Names of the models that it serves.")
        parser.add_argument(
            "--insecure", action="store_true", help="Send the token over plain http too."
        )

    def handle(
        self, *, server: str, token: str, lanes: str, models: str, insecure: bool, **options: Any
    ) -> None:
        server = server or env.text("WORKER_SERVER")
        token = token or env.text("WORKER_TOKEN")
        _check_server(server, insecure)
        if not token:
            raise CommandError("Give the worker token as WORKER_TOKEN or --token.")
        worker = RemoteWorker(StudioClient(server, token), _lanes(lanes), _words(models))
        try:
            worker.work()
        except Refused as error:
            raise CommandError(f"The studio refuses this worker: {error}") from error


def _check_server(server: str, insecure: bool) -> None:
    url = urlsplit(server)
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise CommandError("Give the studio's address as WORKER_SERVER or --server, with https://.")
    if url.scheme == "http" and url.hostname not in HERE and not insecure:
        raise CommandError("Over plain http others could read the token: use https, or --insecure.")


def _lanes(text: str) -> list[str]:
    lanes = _words(text)
    if not lanes or not set(lanes) <= set(Lane.values):
        raise CommandError(f"--lanes takes {', '.join(Lane.values)}, separated by commas.")
    return list(dict.fromkeys(lanes))


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
