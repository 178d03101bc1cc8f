"""The studio's database, whichever it is, as a backup sees it."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from ourvidz.operations.backup import postgresql, sqlite
from ourvidz.operations.backup.folder import BackupError, Manifest

_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def provider() -> Any:
    """What dumps this kind of database and puts it back: `sqlite` or `postgresql`."""
    return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor]


def applied_migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationLoader(connection).applied_migrations)


def check_fits(manifest: Manifest) -> None:
    """BackupError where this studio, as it is set up and installed, cannot have that backup."""
    if manifest.vendor != connection.vendor:
        kind, ours = _NAMES.get(manifest.vendor, manifest.vendor), _NAMES[connection.vendor]
        raise BackupError(
            f"The backup is of {kind}, and this studio uses {ours}. Set DATABASE_URL to a {kind}."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(manifest.migrations) - known):
        raise BackupError(
            f"The backup was made by a newer version, OurVidz {manifest.version} (it has "
            f"{unknown[0]}). Install that version or a newer one, then restore."
        )


def is_in_use() -> bool:
    """Whether anybody has an account; what else there may be belongs to somebody."""
    users = get_user_model()
    if users._meta.db_table not in connection.introspection.table_names():
        return False
    return users._default_manager.exists()
