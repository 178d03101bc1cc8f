"""What a PNG or MP4 says of how it was made; also `python -m ourvidz.media.tell PATH`.

That process is for files from outside (`safe_parameters`) and writes one line of JSON: the
parameters, or null. Whatever a demuxer can be made to do, it does there: with little memory,
little time, and nothing of the studio's in reach. So this imports only Pillow and PyAV.
"""

import json
import re
import resource
import sys
from pathlib import Path

import av
from PIL import Image

from ourvidz.media.limits import DECODE_MEMORY, DECODE_SECONDS

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# The names that other tools give to what we call by our own (key in `parameters` -> theirs).
SHARED_NAMES = {
    "steps": "Steps",
    "guidance": "CFG scale",
    "seed": "Seed",
    "model": "Model",
    "backend": "Backend",
}
_SETTING = re.compile(r'\s*(\w[\w \-/]*):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')


def read_parameters(path: Path) -> dict | None:
    """The parameters in a PNG or MP4; of other tools' PNGs what their text says; else None."""
    try:
        with path.open("rb") as file:
            start = file.read(12)
        if start.startswith(PNG_SIGNATURE):
            return _png_parameters(path)
        return _mp4_parameters(path) if start[4:8] == b"ftyp" else None
    except (OSError, ValueError, SyntaxError, av.FFmpegError):
        return None


def _png_parameters(path: Path) -> dict | None:
    with Image.open(path, formats=("PNG",)) as image:  # reads chunks, decodes nothing
        told = image.info
    if "ourvidz" in told:
        return _dict_or_none(json.loads(told["ourvidz"]))
    return from_text(told["parameters"]) if "parameters" in told else None


def _mp4_parameters(path: Path) -> dict | None:
    with av.open(path, format="mp4", metadata_errors="replace") as container:
        comment = container.metadata.get("comment", "")
    told = _dict_or_none(json.loads(comment)) if comment.startswith("{") else None
    return _dict_or_none((told or {}).get("ourvidz"))


def _dict_or_none(value) -> dict | None:
    return value if isinstance(value, dict) else None


def from_text(text: str) -> dict:
    """Read what `provenance.as_text`, or another tool, wrote; names not shared are left out."""
    body, _, last = text.strip().rpartition("\n")
    if "Steps:" not in last and "Seed:" not in last:
        body, last = text.strip(), ""
    prompt, _, negative = body.partition("\nNegative prompt:")
    found = dict(_SETTING.findall(last))
    parameters = {key: _number(found[name]) for key, name in SHARED_NAMES.items() if name in found}
    if size := re.fullmatch(r"(\d+)x(\d+)", found.get("Size", "")):
        parameters["width"], parameters["height"] = int(size[1]), int(size[2])
    return {"prompt": prompt.strip(), "negative_prompt": negative.strip(), **parameters}


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def main(path: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (DECODE_MEMORY, DECODE_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (DECODE_SECONDS, DECODE_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # pipes only
    sys.stdout.write(json.dumps(read_parameters(path)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
