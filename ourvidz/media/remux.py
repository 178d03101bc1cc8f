"""The process that opens clips from outside: `python -m ourvidz.media.remux CLIP NEW`.

Copies the H.264 picture and the sound of CLIP into a fresh MP4, packet by packet: no place, no
name, nothing behind the end. Writes a line of JSON only where the clip is refused. Like
`ourvidz.media.decode` it has little time and memory, and nothing of the studio's in reach.
"""

import json
import resource
import sys
from pathlib import Path

import av

from ourvidz.media.limits import (
    MAX_CLIP_SECONDS,
    MAX_PIXELS,
    MAX_SIDE,
    REMUX_MEMORY,
    REMUX_SECONDS,
)

REFUSED = 2  # exit status
_SOUNDS = ("aac", "mp3")
_PIXELS = ("yuv420p", "yuvj420p")
_DAMAGED = "The clip is damaged or cut off. Save it again and upload that."
_SAVE_AS = "Save it as an MP4 with H.264 and AAC, and upload that."


class Refused(Exception):  # noqa: N818 - the clip's fault, not an error of ours
    """The message is for the person who sent the clip."""


def main(clip: str, new: str) -> int:
    _limit()
    try:
        _copy(Path(clip), Path(new))
    except Refused as reason:
        print(json.dumps({"refused": str(reason)}))  # noqa: T201 - the answer
        return REFUSED
    return 0


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (REMUX_MEMORY, REMUX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (REMUX_SECONDS, REMUX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _copy(clip: Path, new: Path) -> None:
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    try:
        with (
            av.open(clip, format="mp4", metadata_errors="replace") as source,
            av.open(new, "w", format="mp4", options=options) as target,
        ):
            tracks = _tracks(source, target)
            for packet in source.demux(list(tracks)):
                if packet.is_corrupt:
                    raise Refused(_DAMAGED)
                if packet.dts is not None:
                    packet.stream = tracks[packet.stream]
                    target.mux(packet)
    except Refused:
        raise
    except Exception:  # demuxers that are fed anything raise anything
        raise Refused(_DAMAGED) from None


def _tracks(source, target) -> dict:
    """The new file's tracks by those that they are copied from."""
    if not source.streams.video:
        raise Refused("The file has no picture. Upload a clip with one.")
    chosen = [source.streams.video[0], *source.streams.audio[:1]]
    _check_picture(chosen[0], source.duration)
    for sound in chosen[1:]:
        # The decoder has a name of its own, such as mp3float.
        kind = sound.codec_context.codec.canonical_name
        if kind not in _SOUNDS:
            raise Refused(f"The clip's sound is {kind}. {_SAVE_AS}")
    tracks = {stream: target.add_stream_from_template(stream) for stream in chosen}
    for track in tracks.values():
        track.metadata.clear()
    return tracks


def _check_picture(stream, duration: int | None) -> None:
    """`duration` is the container's, in microseconds."""
    context = stream.codec_context
    if context.pix_fmt is None:
        raise Refused(_DAMAGED)
    if context.name != "h264" or context.pix_fmt not in _PIXELS:
        raise Refused(f"The clip is {context.name} ({context.pix_fmt}). {_SAVE_AS}")
    width, height = context.width, context.height
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise Refused(f"The clip has {width:,} x {height:,} pixels. Scale it down.")
    if (duration or 0) / 1_000_000 > MAX_CLIP_SECONDS:
        raise Refused(f"The clip is longer than {MAX_CLIP_SECONDS // 60} minutes. Shorten it.")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
