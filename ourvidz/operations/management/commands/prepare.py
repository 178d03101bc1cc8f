"""Bring database, buckets and static files up to date."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from ourvidz.media.buckets import ensure_buckets
from ourvidz.operations.static_files import collect_if_changed


class Command(BaseCommand):
    help = (
        "Migrates the database, makes missing buckets and collects static files that changed. "
        "Run it before every start of a new version; it is safe to repeat."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="Also make the user demo, who may see the admin."
        )

    def handle(self, *args, demo: bool, **options) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        ensure_buckets()
        collected = collect_if_changed()
        if demo:
            call_command("create_demo", operator=True, verbosity=0)
        self.stdout.write(
            "Database, buckets and static files are up to date"
            + (" (static files collected anew)." if collected else ".")
        )
