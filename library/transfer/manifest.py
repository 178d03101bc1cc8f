"""The manifest of an archive: what is in it, in a form that any program can read.

docs/transfer.md explains it. An archive that was imported is exported again with the same
manifest: assets keep the id and the origin that their first archive gave them.
"""

import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.functional_validators import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from library import tagging
from library.models import LibraryAsset
from library.placing import MOST_COLLECTIONS
from ourvidz.media.limits import MAX_SIDE
from ourvidz.reading import FIRST_YEAR, LAST_YEAR
from ourvidz.sentences import sentence_for

NAME = "manifest.json"
FORMAT = "ourvidz-library"
VERSION = 1
LARGEST = 128 * 1024**2  # bytes
MOST_PARTS = 200  # of JSON, for each asset that an archive may hold
LARGEST_SETTINGS = 64 * 1024  # characters of JSON
LONGEST_TEXT = 50_000  # characters of a prompt
LARGEST_NUMBER = 2**63 - 1

# As JSON writes it: an odd number of backslashes, for an even one is so many of them and "u0000".
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")

_HALF = re.compile(r"\\ud", re.IGNORECASE)
# Up to what begins the next part of JSON, a comma or a bracket; those in strings begin none.
_PART = re.compile(r'(?:[^,\[{"]++|"(?:[^"\\]++|\\.)*+")*+[,\[{]', re.DOTALL)

SUFFIXES = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "video/mp4": "mp4",
}


class ManifestError(Exception):
    """The manifest cannot be taken; the message names the place and what is wrong."""


def _refused(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("plain", "{sentence}", {"sentence": sentence})


def _moment(moment: datetime) -> datetime:
    """In UTC, and so far from both ends of all time that every time zone has a day for it."""
    if moment.tzinfo is None:
        raise _refused("A time needs its time zone.")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise _refused(f"A time lies in the years from {FIRST_YEAR} to {LAST_YEAR}.")
    return moment.astimezone(UTC)


def _small(settings: dict[str, Any]) -> dict[str, Any]:
    try:
        length = len(json.dumps(settings, allow_nan=False))
    except ValueError:  # such as 1e999, which JSON can say and no database keeps
        raise _refused("A number is too large.") from None
    if length > LARGEST_SETTINGS:
        raise _refused(f"Settings have at most {LARGEST_SETTINGS:,} characters.")
    return settings


def _tags(names: list[str]) -> list[str]:
    try:
        parsed = tagging.parse(names)
    except ValueError as error:
        raise _refused(str(error)) from error
    if parsed != names:
        raise _refused("Tags are words without blanks around them, each once.")
    return names


Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
Moment = Annotated[datetime, AfterValidator(_moment)]
Settings = Annotated[dict[str, Any], AfterValidator(_small)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
MEDIA = r"media/[A-Za-z0-9_-]{1,100}\.(png|jpg|webp|mp4)"
Path = Annotated[str, StringConstraints(pattern=f"^{MEDIA}$")]
Number = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]


def _text(most: int) -> Any:
    return Annotated[str, Field(max_length=most)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False)


class Origin(Strict):
    """Where an asset came from first; ids of another studio name nothing here."""

    source: Literal["generated", "upload", "import"]
    source_asset_id: UUID | None
    job_id: UUID | None


class AssetEntry(Strict):
    """An asset. `file` is its place in the archive."""

    id: UUID
    file: Path
    sha256: Sha256
    bytes: Annotated[int, Field(ge=1)]
    kind: Literal["image", "video"]
    mime_type: Literal["image/png", "image/jpeg", "image/webp", "video/mp4"]
    width: Side
    height: Side
    duration_seconds: Annotated[float, Field(ge=0)] | None
    frames_per_second: Annotated[float, Field(ge=0)] | None
    origin: Origin
    index: Annotated[int, Field(ge=0, le=32767)]
    original_prompt: Text
    enhanced_prompt: Text
    composed_prompt: Text
    negative_prompt: Text
    seed: Number | None
    model: _text(40)  # type: ignore[valid-type]
    quality: _text(8)  # type: ignore[valid-type]
    lane: _text(8)  # type: ignore[valid-type]
    backend: _text(40)  # type: ignore[valid-type]
    settings: Settings
    made_at: Moment
    title: _text(200)  # type: ignore[valid-type]
    tags: Annotated[list[str], AfterValidator(_tags)]
    favourite: bool
    rating: Literal[0, 1, 2, 3, 4, 5]
    visibility: Literal["private", "unlisted", "public"]
    created_at: Moment


class CollectionEntry(Strict):
    """A collection; `parent` is the number of the one it lies in, which stands before it."""

    number: int
    parent: int | None
    name: Annotated[str, Field(min_length=1, max_length=120)]
    description: Annotated[str, Field(max_length=2_000)]
    cover: UUID | None
    created_at: Moment
    assets: Annotated[list[UUID], Field(fail_fast=True)]


class MissingEntry(Strict):
    """An asset that was to be exported, and whose file could not be read."""

    id: UUID
    file: str  # what there is of it in the archive, which is not to be used; else empty
    name: str
    reason: str


class Manifest(Strict):
    """All of it. `collections` come with their order, outer ones first."""

    format: Literal["ourvidz-library"]
    version: Literal[1]
    exported_at: Moment
    assets: Annotated[list[AssetEntry], Field(fail_fast=True)]
    collections: Annotated[
        list[CollectionEntry], Field(max_length=MOST_COLLECTIONS, fail_fast=True)
    ]
    missing: Annotated[list[MissingEntry], Field(fail_fast=True)]

    @model_validator(mode="after")
    def _agrees(self) -> "Manifest":
        ids = {asset.id for asset in self.assets}
        if len(ids) < len(self.assets):
            raise _refused("Two assets have one id.")
        if len({asset.file for asset in self.assets}) < len(self.assets):
            raise _refused("Two assets have one file.")
        self._check_collections(ids)
        return self

    def _check_collections(self, ids: set[UUID]) -> None:
        seen: set[int | None] = {None}
        for collection in self.collections:
            if collection.number in seen or collection.parent not in seen:
                raise _refused(f"Collection {collection.number} is not in its place.")
            seen.add(collection.number)
            inside = set(collection.assets)
            if len(inside) < len(collection.assets) or not inside <= ids:
                raise _refused(f"Collection {collection.number} names assets that are none.")


def read(content: bytes) -> Manifest:
    """The manifest in `content`; ManifestError says what is wrong with it."""
    told = _parsed(content)
    _check_format(told)
    try:
        return Manifest.model_validate(told)
    except ValidationError as error:
        raise ManifestError(_first(error)) from error


def _parsed(content: bytes) -> Any:
    try:
        text = content.decode("utf-8-sig")
        _check_number_of_parts(text)
        told = json.loads(text, parse_constant=_no_number)
        if _HALF.search(text):  # half characters cannot be kept
            json.dumps(told, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"{NAME} is not valid JSON.") from error
    if _NUL.search(text):
        raise ManifestError(f"{NAME} contains a NUL character. Remove it.")
    return told


def _check_number_of_parts(text: str) -> None:
    """Before they are made: each takes far more memory than the three letters that may say it."""
    most = settings.ARCHIVE_ASSETS * MOST_PARTS
    if sum(map(text.count, ",[{")) <= most:
        return
    at = 0
    for _ in range(most):
        if (part := _PART.match(text, at)) is None:
            return
        at = part.end()
    raise ManifestError(f"{NAME} has too many parts. Export the archive in parts.")


# What a field takes where its type says too little, by its name.
_RULES = {
    "version": f"This studio reads version {VERSION}.",
    "file": "It is a plain name under media/, as an export gives it.",
    "sha256": "It has 64 digits from 0 to f.",
    "bytes": "It is a whole number from 1.",
    "index": "It is a whole number from 0 to 32,767.",
    "seed": f"It is a whole number from 0 to {LARGEST_NUMBER:,}.",
    **dict.fromkeys(("width", "height"), f"It is a whole number from 1 to {MAX_SIDE:,}."),
    **dict.fromkeys(("duration_seconds", "frames_per_second"), "It is a number from 0."),
}


def _no_number(name: str) -> None:
    raise ValueError(name)


def _check_format(told: Any) -> None:
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ManifestError(f"{NAME} is not that of a library. Choose an archive exported here.")
    version = told.get("version")
    if isinstance(version, int) and version > VERSION:
        raise ManifestError(
            f"The archive was made by a newer studio (version {version}; this one reads "
            f"{VERSION}). Update the studio, then import it again."
        )


def _first(error: ValidationError) -> str:
    """Where the first mistake is, and what to do about it."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join((NAME, *map(str, first["loc"])))
    more = error.error_count() - 1
    rest = f" ({more} more like it)" if more else ""
    return f"{place}: {sentence_for(first, _RULES)}{rest}"


_COLUMNS = AssetEntry.model_fields.keys() - {"id", "file", "origin", "tags"}


def entry_of(asset: LibraryAsset, file: str) -> dict[str, Any]:
    """What the manifest says about `asset`, whose tags should have been prefetched."""
    told = {
        "id": id_of(asset),
        "file": file,
        "origin": asset.origin or {name: getattr(asset, name) for name in Origin.model_fields},
        "tags": sorted(tag.name for tag in asset.tags.all()),
    }
    return told | {name: getattr(asset, name) for name in _COLUMNS}


def id_of(asset: LibraryAsset) -> UUID:
    """The id that an archive knows the asset by."""
    return asset.imported_id or asset.pk


def written(value: Any) -> str:
    """`value` as JSON, its names in one order; times to the microsecond, in UTC."""
    return json.dumps(value, default=_plain, ensure_ascii=False, sort_keys=True)


def _plain(value: Any) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
