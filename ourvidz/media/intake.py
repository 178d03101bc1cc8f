"""Pictures from outside, made safe (M4, X5).

What a file is called says nothing. Its content is opened in a process of its own with
limits, and only a fresh encoding of its pixels comes back: no location, no trailing data.
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ourvidz.media.decode import REFUSED
from ourvidz.media.limits import DECODE_SECONDS, MAX_UPLOAD_BYTES

ROOT = Path(__file__).resolve().parents[2]
INHERITED = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")  # no secrets of the studio

# What people send by mistake, by how it begins.
_OTHERS = (
    (rb"GIF8", "a GIF"),
    (rb"%PDF", "a PDF"),
    (rb"BM", "a BMP picture"),
    (rb"II\*\0|MM\0\*", "a TIFF or raw picture"),
    (rb"8BPS", "a Photoshop file"),
    (rb"\0\0\0.ftyp(heic|heix|mif1|msf1)", "a HEIC picture"),
    (rb"\0\0\0.ftypavi[fs]", "an AVIF picture"),
    (rb"\0\0\0.ftyp|\x1aE\xdf\xa3", "a video"),
    (rb"PK\x03\x04", "a zip archive"),
)
_ACCEPTED = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|RIFF....WEBP", re.DOTALL)


PICTURE = "a PNG, JPEG or WebP picture"


class IntakeError(Exception):
    """The picture is refused; the message says why and what to do."""


@dataclass(frozen=True)
class SafePicture:
    """A fresh RGB PNG, the right way up. Sizes are pixels.

    `source_type` is the MIME type of what was sent.
    """

    png: bytes
    width: int
    height: int
    source_type: str


def safe_picture(
    source: bytes | Path, max_bytes: int = MAX_UPLOAD_BYTES, wanted: str = PICTURE
) -> SafePicture:
    """Open a PNG, JPEG or WebP from outside; IntakeError if it is refused.

    `wanted` is what to send instead, in words.
    """
    content = _content(source, max_bytes)
    if not _ACCEPTED.match(content):
        raise IntakeError(f"This is {_what(content)}. Upload {wanted}.")
    first_line, _, png = _decode(content).partition(b"\n")
    about = json.loads(first_line)
    return SafePicture(png, about["width"], about["height"], about["mime_type"])


def _content(source: bytes | Path, max_bytes: int) -> bytes:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > max_bytes:
        raise IntakeError(
            f"The file has {size / 1024**2:.1f} MB; at most {max_bytes // 1024**2} MB are "
            "accepted. Scale the picture down or save it as JPEG."
        )
    return source if isinstance(source, bytes) else source.read_bytes()


def _what(content: bytes) -> str:
    """What the file is, in words."""
    if not content:
        return "an empty file"
    for start, words in _OTHERS:
        if re.match(start, content, re.DOTALL):
            return words
    text = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(b"<"):
        return "an SVG" if b"<svg" in text else "a web page"
    return "not a picture that can be opened"


def _decode(content: bytes) -> bytes:
    """What the decoder process answers."""
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ourvidz.media.decode"],
            input=content,
            capture_output=True,
            timeout=DECODE_SECONDS,
            cwd=ROOT,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise IntakeError("The picture takes too long to open. Scale it down.") from None
    if done.returncode == REFUSED:
        raise IntakeError(json.loads(done.stdout)["refused"])
    if done.returncode < 0:  # a signal: over the limit of time, or a crash of a decoder
        raise IntakeError("The picture cannot be opened safely. Save it again as PNG or JPEG.")
    if done.returncode:
        raise RuntimeError(f"the decoder process failed: {done.stderr.decode(errors='replace')}")
    return done.stdout
