"""What a file is, read from the file itself."""

import hashlib
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

from ourvidz.media.models import MediaKind

_PICTURE_FORMATS = ("PNG", "JPEG", "WEBP")
_ORIENTATION = 0x0112  # EXIF tag; 5 to 8 are turned by a quarter


class MediaError(Exception):
    """Not a whole picture or clip of a kind that is kept; the message says what is wrong."""


@dataclass(frozen=True)
class MediaInfo:
    """The figures of a file. Width and height are pixels as shown, after any rotation."""

    kind: str
    mime_type: str
    bytes: int
    width: int
    height: int
    duration_seconds: float | None
    frames_per_second: float | None
    sha256: str

    def columns(self) -> dict:
        """As the columns of `MediaFile` that come from the file."""
        return asdict(self)


def probe(path: Path) -> MediaInfo:
    """Read `path` through to its end; MediaError for what is unknown, broken or cut off."""
    shape = _clip_shape(path) if _is_mp4(path) else _picture_shape(path)
    return MediaInfo(bytes=path.stat().st_size, sha256=_sha256(path), **shape)


def _is_mp4(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[4:8] == b"ftyp"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _picture_shape(path: Path) -> dict:
    try:
        with Image.open(path, formats=_PICTURE_FORMATS) as image:
            image.load()  # a file that is cut off still opens
            turned = image.getexif().get(_ORIENTATION, 1) >= 5
            width, height = reversed(image.size) if turned else image.size
            mime_type = Image.MIME[image.format or ""]
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise MediaError(f"{path.name} is not a whole PNG, JPEG, WebP or MP4: {error}") from error
    return {
        "kind": MediaKind.IMAGE.value,
        "mime_type": mime_type,
        "width": width,
        "height": height,
        "duration_seconds": None,
        "frames_per_second": None,
    }


def _clip_shape(path: Path) -> dict:
    try:
        with av.open(path, format="mp4") as container:
            if not container.streams.video:
                raise MediaError(f"{path.name} has no video track")
            return _video_track(container, container.streams.video[0], path.name)
    except av.FFmpegError as error:
        raise MediaError(f"{path.name} is not a whole MP4: {error}") from error


def _video_track(container, stream, name: str) -> dict:
    """Decodes one frame and counts the rest, which is how a cut-off file shows itself."""
    first, packets, ticks = None, 0, 0
    for packet in container.demux(stream):
        if packet.size == 0:
            continue
        if packet.is_corrupt:
            raise MediaError(f"{name} is cut off after {packets} frames")
        first = first or next(iter(packet.decode()), None)
        packets, ticks = packets + 1, ticks + (packet.duration or 0)
    first = first or next(iter(stream.decode(None)), None)
    if first is None or packets < stream.frames:
        raise MediaError(f"{name} is cut off: {packets} of {stream.frames} frames are there")
    width, height = first.width, first.height
    if first.rotation % 180:
        width, height = height, width
    seconds = Fraction(stream.time_base) * ticks
    return {
        "kind": MediaKind.VIDEO.value,
        "mime_type": "video/mp4",
        "width": width,
        "height": height,
        "duration_seconds": float(seconds),
        "frames_per_second": float(packets / seconds) if seconds else None,
    }
