"""The process that opens pictures from outside: `python -m ourvidz.media.decode`.

Reads a file from standard input. Writes a line of JSON and, if the picture is accepted, the
same picture as a fresh RGB PNG. Whatever a decoder can be made to do, it does here: with
little memory, little time, and nothing of the studio's in reach. Imports only Pillow.
"""

import io
import json
import resource
import sys

from PIL import Image, ImageOps

from ourvidz.media.limits import DECODE_MEMORY, DECODE_SECONDS, MAX_PIXELS, MAX_SIDE
from ourvidz.media.pixels import as_rgb

REFUSED = 2  # exit status
_FORMATS = ("PNG", "JPEG", "WEBP")
_DAMAGED = "The picture is damaged or cut off. Save it again and upload that."


class Refused(Exception):  # noqa: N818 - the picture's fault, not an error of ours
    """The message is for the person who sent the picture."""


def main() -> int:
    _limit()
    out = sys.stdout.buffer
    try:
        image, kind = _opened(sys.stdin.buffer.read())
    except Refused as reason:
        out.write(json.dumps({"refused": str(reason)}).encode())
        return REFUSED
    about = {"width": image.width, "height": image.height, "mime_type": Image.MIME[kind]}
    out.write(json.dumps(about).encode() + b"\n")
    out.flush()
    image.save(out, "PNG", compress_level=1)
    return 0


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (DECODE_MEMORY, DECODE_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (DECODE_SECONDS, DECODE_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # pipes only
    Image.MAX_IMAGE_PIXELS = None  # `_check_size` says it better


def _opened(content: bytes) -> tuple[Image.Image, str]:
    """The picture as it is seen, in RGB, without any metadata; and its format."""
    try:
        if content[8:12] == b"WEBP":  # Pillow makes room for it before it tells the size
            _check_size(*_webp_size(content))
        image: Image.Image = Image.open(io.BytesIO(content), formats=_FORMATS)
        kind = "JPEG" if image.format == "MPO" else image.format or ""
        _check_size(*image.size)
        # A JPEG from a phone may carry further pictures, such as a depth map, behind the first.
        if kind != "JPEG" and getattr(image, "is_animated", False):
            raise Refused("The picture is animated. Save one frame of it and upload that.")
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        image = as_rgb(image)
        image.info.clear()
    except Refused:
        raise
    except MemoryError:
        raise Refused("The picture takes too much memory to open. Scale it down.") from None
    except Exception:  # decoders that are fed anything raise anything
        raise Refused(_DAMAGED) from None
    return image, kind


def _check_size(width: int, height: int) -> None:
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise Refused(
            f"The picture has {width:,} x {height:,} pixels. "
            f"Scale it to at most {MAX_PIXELS // 1_000_000} megapixels and {MAX_SIDE:,} a side."
        )


def _webp_size(content: bytes) -> tuple[int, int]:
    """Width and height as the first chunk of a WebP states them."""
    kind, body = content[12:16], content[20:30]
    if kind == b"VP8X":
        return (
            int.from_bytes(body[4:7], "little") + 1,
            int.from_bytes(body[7:10], "little") + 1,
        )
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return (
        int.from_bytes(body[6:8], "little") & 0x3FFF,
        int.from_bytes(body[8:10], "little") & 0x3FFF,
    )


if __name__ == "__main__":
    sys.exit(main())
