"""What a file from outside says of how it was made, read by a process of its own (X5)."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ourvidz.media.intake import INHERITED, ROOT
from ourvidz.media.limits import DECODE_SECONDS

logger = logging.getLogger(__name__)

MOST_BYTES = 1024 * 1024  # of JSON; a hundred times what a long prompt takes


def safe_parameters(path: Path) -> dict[str, Any] | None:
    """As `tell.read_parameters`; None also for a file that cannot be read safely."""
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and a path that we made
            [sys.executable, "-m", "ourvidz.media.tell", str(path.resolve())],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=DECODE_SECONDS,
            cwd=ROOT,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        logger.warning("reading a dropped file took too long")
        return None
    if done.returncode or len(done.stdout) > MOST_BYTES:
        logger.warning("a dropped file could not be read safely (status %s)", done.returncode)
        return None
    try:
        return json.loads(done.stdout)
    except (ValueError, RecursionError):  # JSON that is nested to do harm
        return None
