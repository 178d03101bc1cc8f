"""`manage.py create_token USERNAME`."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ourvidz.accounts.models import ApiToken, User


class Command(BaseCommand):
    help = "Makes an API token for a user and prints it, once: only its digest is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="command line", help="What will use it.")
        parser.add_argument("--days", type=int, help="How long it works; for ever if left out.")

    def handle(
        self, *args: Any, username: str, name: str, days: int | None, **options: Any
    ) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user {username!r}. Make one with createsuperuser.")
        if not user.is_active:
            raise CommandError(f"{username!r} is switched off; the token would not work.")
        if days is not None and days < 1:
            raise CommandError("--days must be at least 1.")
        expires_at = timezone.now() + timedelta(days=days) if days else None
        _, text = ApiToken.issue(user, name[:80], expires_at)
        self.stdout.write(text)
