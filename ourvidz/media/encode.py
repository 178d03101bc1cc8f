"""Pictures and clips to files, with where they come from inside."""

import os
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from PIL import Image

from ourvidz.media import provenance

# 1024 x 1024 takes 120 ms in place of the default's 200, which the person waits for; the
# file is a tenth larger.
_PNG_COMPRESSION = 1
_X264 = {"crf": "20", "preset": "veryfast"}
_ENCODER_THREADS = min(4, os.cpu_count() or 1)  # the cores are shared with the model


def write_png(image: Image.Image, path: Path, parameters: dict) -> None:
    """Write `image` as RGB, with `parameters` (JSON-able) in its text chunks."""
    chunks = provenance.png_chunks(parameters)
    image.convert("RGB").save(path, "PNG", pnginfo=chunks, compress_level=_PNG_COMPRESSION)


def write_mp4(
    frames: Iterable[np.ndarray],
    path: Path,
    frames_per_second: Fraction,
    size: tuple[int, int],
    parameters: dict,
) -> None:
    """Write H.264 that every browser plays and that starts before it is all there.

    `frames` are height x width x 3 uint8 RGB, taken one at a time; `size` is (width, height),
    both even as 4:2:0 colour needs. Frame i is shown from exactly i / frames_per_second.
    """
    width, height = size
    if width % 2 or height % 2:
        raise ValueError(f"video sizes must be even, not {width}x{height}")
    # A whole number of ticks per frame, so that no frame is rounded.
    options = {
        "movflags": "+faststart",
        "video_track_timescale": str(frames_per_second.numerator * 256),
    }
    with av.open(path, "w", format="mp4", options=options) as container:
        container.metadata.update(provenance.mp4_tags(parameters))
        stream = _h264_stream(container, frames_per_second, size)
        count = 0
        for count, pixels in enumerate(frames, start=1):
            frame = _frame(pixels, size)
            frame.pts, frame.time_base = count - 1, 1 / frames_per_second
            container.mux(stream.encode(frame))
        if not count:
            raise ValueError("a clip needs at least one frame")
        container.mux(stream.encode(None))
    provenance.append_xmp_box(path)


def _h264_stream(container, frames_per_second: Fraction, size: tuple[int, int]):
    stream = container.add_stream("libx264", rate=frames_per_second, options=_X264)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.time_base = 1 / frames_per_second
    context.thread_count = _ENCODER_THREADS
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    context.colorspace = Colorspace.ITU709
    context.color_range = ColorRange.MPEG
    return stream


def _frame(pixels: np.ndarray, size: tuple[int, int]) -> av.VideoFrame:
    width, height = size
    if pixels.shape != (height, width, 3) or pixels.dtype != np.uint8:
        raise ValueError(f"frame of {pixels.shape} {pixels.dtype}, expected {(height, width, 3)}")
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    return frame.reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
    )
