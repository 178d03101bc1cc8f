"""Single frames out of a clip, exactly those that a player shows."""

import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

from ourvidz.media.probe import MediaError

# Players round times to microseconds and more; a frame begins this much early.
_TOLERANCE = Fraction(1, 2000)


def frame_at(path: Path, seconds: float) -> Image.Image:
    """The frame that is shown at `seconds`; the last one beyond the end.

    MediaError if the clip cannot be read.
    """
    wanted = Fraction(max(seconds, 0)) + _TOLERANCE
    shown = None
    try:
        with av.open(path, format="mp4") as container:
            for frame in _from_keyframe(container, wanted):
                if shown is not None and _time_of(frame) > wanted:
                    break
                shown = frame
    except (av.FFmpegError, IndexError) as error:
        raise MediaError(f"{path.name} is not a whole clip: {error}") from error
    if shown is None:
        raise MediaError(f"{path.name} has no frame that can be read")
    return shown.to_image().rotate(shown.rotation, expand=True)


def png(image: Image.Image) -> bytes:
    """`image` without any loss."""
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _from_keyframe(container, wanted: Fraction) -> Iterator[av.VideoFrame]:
    """Frames in the order in which they are shown, from the keyframe before `wanted`."""
    stream = container.streams.video[0]
    container.seek(int(wanted / stream.time_base), stream=stream, backward=True)
    return container.decode(stream)


def _time_of(frame: av.VideoFrame) -> Fraction:
    """Seconds from the clip's start."""
    return Fraction(frame.pts or 0) * Fraction(frame.time_base or 1)
