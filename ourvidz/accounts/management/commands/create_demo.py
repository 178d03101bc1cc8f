"""Make the user of the demo."""

import secrets
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from ourvidz import environment as env
from ourvidz.accounts.models import User

PASSWORD_FILE = "demo-password"  # noqa: S105 - a name


class Command(BaseCommand):
    help = (
        "Makes the user demo, or leaves the one that is there. The password comes from "
        "OURVIDZ_DEMO_PASSWORD or is made up once and kept in the file demo-password of the "
        "studio's folder."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--operator", action="store_true", help="Also let demo into the admin, as superuser."
        )
        parser.add_argument(
            "--reset", action="store_true", help="Make up a new password, if none is given."
        )

    def handle(self, *args, operator: bool, reset: bool, **options) -> None:
        user, is_new = User.objects.get_or_create(username="demo")
        password = settle_password(user, is_new or reset)
        if operator:
            user.is_staff = user.is_superuser = True
            user.role = User.Role.ADMIN
        user.save()
        if options["verbosity"]:
            shown = password or "the one that was set before"
            self.stdout.write(f"user demo, password {shown}")


def settle_password(user: User, anew: bool) -> str:
    """Set the password where that is due; returns it, or "" if only its owner knows it.

    One that its owner changed on the profile page stays, unless the environment names another.
    """
    kept = Path(settings.VAR) / PASSWORD_FILE
    given = env.text("OURVIDZ_DEMO_PASSWORD")
    if given or anew:
        password = given or make_up_password(kept)
        if not user.check_password(password):
            user.set_password(password)
        return password
    known = kept.read_text() if kept.exists() else ""
    if known and user.check_password(known):
        return known
    kept.unlink(missing_ok=True)
    return ""


def make_up_password(file: Path) -> str:
    """A new password, kept in a file that only the studio's user can read."""
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(secrets.token_urlsafe(12))
    return file.read_text()
