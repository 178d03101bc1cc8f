"""Assets that are backed up, and what a backup says of them."""

import hashlib
import json
from pathlib import Path

from library.models import LibraryAsset
from ourvidz.media import buckets
from tests.factories import make_library_asset

LIBRARY = "user-library"


def kept(owner) -> LibraryAsset:
    """An asset whose row is true to its file."""
    asset = make_library_asset(owner, stored=True, seed=0)
    with buckets.local_copy(LIBRARY, asset.key) as path:
        data = path.read_bytes()
    columns = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    LibraryAsset.objects.filter(pk=asset.pk).update(**columns)
    asset.refresh_from_db()
    return asset


def listed(folder: Path) -> dict[str, str]:
    """Path -> sum, of the backup that can be restored."""
    manifest = json.loads((folder / "backup.json").read_text())
    lines = (folder / manifest["files"]).read_text().splitlines()
    return {path: sha256 for sha256, path in (line.split("  ") for line in lines)}
