"""How long the preview backend takes: pictures, and clips with and without their encoding.

    python benchmarks/preview_backend.py [--runs 3] [--frames 83] [--no-encoding]

Seconds are of the processor (one core is kept busy), the best of the runs. Encoding is H.264 as
the worker does it, in as many threads as PyAV takes; its seconds are of the wall clock.
"""

import argparse
import io
import os
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

# Before NumPy is loaded: the figures are those of one core.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402

from generation.backends.base import RenderTask  # noqa: E402
from generation.backends.preview import PreviewBackend  # noqa: E402

PROMPTS = (
    "mountains, a forest and a lake at dawn",
    "a woman walking in a neon city in the rain",
    "a lighthouse on a cliff by the sea at dusk",
    "still life with a vase of flowers and fruit",
    "portrait of a man at golden hour",
    "abstract flow of blue and gold",
    "a planet in a nebula",
)
PICTURES = (
    ("1024x1024", 1024, 1024, 15),
    ("1024x576", 1024, 576, 15),
    ("1024x1024", 1024, 1024, 25),
)


class Silent:
    """Takes reports and drops them."""

    def loading(self) -> None:
        pass

    def step(self, index, step, steps, preview=None) -> None:
        pass

    def saving(self, index) -> None:
        pass


def task(prompt: str, width: int, height: int, steps: int, frames: int = 1) -> RenderTask:
    return RenderTask(
        model="wan" if frames > 1 else "sdxl",
        mode="video" if frames > 1 else "image",
        prompt=prompt,
        original_prompt=prompt,
        negative_prompt="",
        width=width,
        height=height,
        seed=1,
        steps=steps,
        guidance=6.0,
        indices=(0,),
        frames=frames,
        frames_per_second=Fraction(50, 3),
        controls={"style": "cinematic"},
    )


def best(runs: int, work: Callable[[], object]) -> float:
    """The least processor seconds that `work` took in `runs` runs."""
    return min(timed(work) for _ in range(runs))


def timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def frames_of(one: RenderTask) -> list[np.ndarray]:
    return [frame for clip in PreviewBackend().render(one, Silent()) for frame in clip.frames]


def encode(frames: list[np.ndarray], rate: Fraction) -> int:
    """The frames as H.264 in MP4, in memory: how many bytes."""
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream(
            "libx264", rate=rate, options={"crf": "20", "preset": "medium"}
        )
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for pixels in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return len(buffer.getvalue())


def measure_pictures(runs: int) -> None:
    print(f"{'picture':46} {'size':>10} {'steps':>6} {'seconds':>8} {'estimate':>9}")
    for prompt in PROMPTS:
        for size, width, height, steps in PICTURES:
            one = task(prompt, width, height, steps)
            seconds = best(runs, lambda one=one: list(PreviewBackend().render(one, Silent())))
            estimate = PreviewBackend().estimate(one)
            print(f"{prompt:46} {size:>10} {steps:6d} {seconds:8.2f} {estimate:9.2f}")


def measure_clips(frames: int, *, encoding: bool) -> None:
    heads = ("clip, 832x480", "frames", "seconds", "ms/frame", "encoding", "estimate")
    print("\n{:46} {:>7} {:>8} {:>9} {:>9} {:>9}".format(*heads))
    for prompt in PROMPTS:
        one = task(prompt, 832, 480, 25, frames)
        start = time.process_time()
        made = frames_of(one)
        seconds = time.process_time() - start
        begun = time.perf_counter()
        if encoding:
            encode(made, one.frames_per_second)
        spent = f"{time.perf_counter() - begun:9.2f}" if encoding else f"{'-':>9}"
        estimate = PreviewBackend().estimate(one)
        each = seconds / frames * 1000
        print(f"{prompt:46} {frames:7d} {seconds:8.2f} {each:9.0f} {spent} {estimate:9.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="runs per picture; the best counts")
    parser.add_argument("--frames", type=int, default=83, help="frames of each clip")
    parser.add_argument("--no-encoding", action="store_true", help="leave the encoding out")
    arguments = parser.parse_args()
    measure_pictures(arguments.runs)
    measure_clips(arguments.frames, encoding=not arguments.no_encoding)


if __name__ == "__main__":
    main()
