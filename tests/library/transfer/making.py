"""Uploads by the protocol, and archives, as tests make them."""

import io
import json
import zipfile
from base64 import b64encode
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from django.conf import settings
from django.urls import reverse
from ourvidz.collections.models import Collection

from library.background import work_off
from library.models import LibraryAsset
from library.tagging import set_tags
from library.transfer import exporting, storing, uploads
from library.transfer.accepting import accept
from library.transfer.importing import import_archive
from library.transfer.models import Import, Upload
from ourvidz.collections import membership
from ourvidz.media import encode
from tests.factories import picture_bytes

URL = "/api/v1/library/uploads"
PARTS = "application/offset+octet-stream"


def begin(client, content: bytes, name: str = "boat.png", purpose: str = "asset", **headers):
    """The reply to a creation."""
    pairs = {"filename": name, "purpose": purpose}
    told = ", ".join(f"{key} {b64encode(text.encode()).decode()}" for key, text in pairs.items())
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(content)),
        "Upload-Metadata": told,
        **headers,
    }
    return client.post(URL, headers=headers)


def send(client, address: str, part: bytes, offset: int, **headers):
    """The reply to one part."""
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), **headers}
    return client.patch(address, part, content_type=PARTS, headers=headers)


def offset_of(client, address: str) -> int:
    reply = client.head(address, headers={"Tus-Resumable": "1.0.0"})
    assert reply.status_code == 200, reply.content
    return int(reply["Upload-Offset"])


def uploaded(owner, content: bytes, name: str = "boat.png", purpose: str = "asset") -> Upload:
    """A whole upload, which nobody has looked at yet."""
    upload = uploads.begin(owner, name, len(content), purpose)
    for start in range(0, len(content), settings.UPLOAD_PART_BYTES):
        part = content[start : start + settings.UPLOAD_PART_BYTES]
        uploads.append(upload, start, io.BytesIO(part), len(part))
    return upload


def accepted(owner, content: bytes, name: str = "boat.png") -> Upload:
    """The upload after the background has judged it."""
    upload = uploaded(owner, content, name)
    work_off(Upload, accept)
    upload.refresh_from_db()
    return upload


def imported(owner, content: bytes) -> Import:
    """The import after the background has done it."""
    uploaded(owner, content, "library.zip", "archive")
    work_off(Import, import_archive)
    return Import.objects.owned_by(owner).latest("created_at")


def clip_bytes(frames: int = 8, colour: int = 90) -> bytes:
    """A real H.264 clip of 64 x 36."""
    pictures = [np.full((36, 64, 3), colour + 5 * number, np.uint8) for number in range(frames)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        encode.write_mp4(pictures, path, Fraction(50, 3), (64, 36), {"prompt": "a boat"})
        return path.read_bytes()


def keep(owner, content: bytes, **columns) -> LibraryAsset:
    """A library asset with real files made of `content`."""
    with TemporaryDirectory() as folder:
        suffix = ".mp4" if content[4:8] == b"ftyp" else ".png"
        path = Path(folder) / f"file{suffix}"
        path.write_bytes(content)
        asset = storing.put(owner.pk, path, **columns)
    asset.save(force_insert=True)
    return asset


def library(owner) -> dict[str, LibraryAsset]:
    """Three pictures and a clip with all that an archive tells, in nested collections."""
    made = {
        name: keep(owner, content, title=name, seed=number, **_told(number))
        for number, (name, content) in enumerate(_contents().items(), start=1)
    }
    set_tags(made["boat"], ["Sea", "dawn"])
    set_tags(made["clip"], ["sea"])
    outer = Collection.objects.create(owner=owner, name="Outer", description="All <b>of</b> it")
    inner = Collection.objects.create(owner=owner, name="Inner", parent=outer)
    membership.add(outer, [made["clip"].pk, made["boat"].pk])
    membership.add(inner, [made["hill"].pk, made["clip"].pk, made["boat"].pk])
    membership.move(inner, made["boat"].pk, made["hill"].pk)
    Collection.objects.filter(pk=outer.pk).update(cover=made["boat"])
    return made


def _contents() -> dict[str, bytes]:
    pictures = {name: picture_bytes(colour=c) for name, c in (("boat", 7), ("hill", 8), ("sky", 9))}
    return pictures | {"clip": clip_bytes()}


def _told(number: int) -> dict:
    return {
        "original_prompt": f"a boat \u202e at dawn {number} \U0001f6a4",
        "composed_prompt": "a boat, cinematic",
        "negative_prompt": "people",
        "model": "sdxl",
        "quality": "high",
        "lane": "sdxl",
        "settings": {"steps": 25, "guidance": 7.5, "shot_type": "wide"},
        "favourite": number % 2 == 0,
        "rating": number,
        "visibility": ["private", "unlisted", "public"][number % 3],
        "index": number,
    }


def archive_of(owner, **what) -> bytes:
    """The zip of an export."""
    export = exporting.Export(exporting.chosen(owner, **what))
    return b"".join(export.blocks())


def manifest_in(content: bytes) -> dict:
    """The manifest of an archive, but for the moment of the export."""
    told = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("manifest.json"))
    told.pop("exported_at")
    return told


def rebuilt(content: bytes, change=None, **entries: bytes) -> bytes:
    """The archive with its manifest changed in place by `change`, and with other `entries`."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == "manifest.json" and change:
                told = json.loads(data)
                change(told)
                data = json.dumps(told).encode()
            archive.writestr(name, entries.get(name, data))
    return target.getvalue()


def page(name: str, *arguments) -> str:
    return reverse(f"library:{name}", args=arguments)
