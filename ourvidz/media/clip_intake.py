"""Clips from outside, made safe (M4): copied into a fresh MP4 by a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from ourvidz.media.intake import INHERITED, ROOT, IntakeError
from ourvidz.media.limits import REMUX_SECONDS
from ourvidz.media.remux import REFUSED

_PATIENCE = 2 * REMUX_SECONDS  # seconds; the disk may be slow
UNSAFE = "The clip cannot be opened safely. Save it again as an MP4 with H.264."


def is_clip(start: bytes) -> bool:
    """Whether a file that begins with these 12 bytes is to be opened as a clip."""
    brand = start[8:12]
    return start[4:8] == b"ftyp" and not brand.startswith((b"hei", b"mif", b"msf", b"avi"))


def safe_clip(source: Path, new: Path) -> None:
    """Write a fresh copy of an MP4 or MOV to `new`; IntakeError if it is refused.

    Picture and sound are copied as they are; names, places and whatever else was in it are not.
    """
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - paths of our own making
            [sys.executable, "-m", "ourvidz.media.remux", str(source.resolve()), str(new)],
            capture_output=True,
            timeout=_PATIENCE,
            cwd=ROOT,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise IntakeError("The clip takes too long to open. Shorten it.") from None
    if done.returncode == REFUSED:
        raise IntakeError(json.loads(done.stdout.splitlines()[-1])["refused"])
    if done.returncode < 0:  # a signal: over a limit, or a crash of a demuxer
        raise IntakeError(UNSAFE)
    if done.returncode:
        raise RuntimeError(f"the clip process failed: {done.stderr.decode(errors='replace')}")
