"""Collecting static files only when there is something new to collect."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command


def collect_if_changed() -> bool:
    """Run collectstatic unless the same files were collected before; whether it ran."""
    kept = Path(settings.STATIC_ROOT).with_name("static-collected")
    digest = digest_of_sources()
    if kept.is_file() and Path(settings.STATIC_ROOT).is_dir() and kept.read_text() == digest:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    kept.write_text(digest)
    return True


def digest_of_sources() -> str:
    """Changes with the name, size or time of any static file, and with how they are stored."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in finders.get_finders():
        for name, storage in finder.list(ignore_patterns=[]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
