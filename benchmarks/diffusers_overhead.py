"""What OurVidz adds to a bare diffusers script: the same work both ways, to a finished file.

    python -m benchmarks.diffusers_overhead sdxl|wan [--model FOLDER | --full-size]
        [--steps 25] [--size 1024x576] [--frames 83] [--runs 5] [--dtype auto] [--threads 1]

Each run is ours, bare, bare, ours, so that a machine that grows slower or faster counts for
both. It prints seconds by the clock and of the processor, and ours over bare: of the fastest,
and the median, least and most of the runs. Then, in ms, what is added whatever the model takes,
measured by itself at the full size: the callbacks with their previews, and the file's metadata.

With --full-size the models have the shapes of SDXL base 1.0 or WAN 2.1 1.3B and random weights,
made in a temporary folder (7 or 4 GB). Without a folder and without it they have an eighth of
the channels, for a processor.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import django
import numpy as np
import torch
from PIL import Image

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ourvidz.settings")
django.setup()

from benchmarks import shaped_models  # noqa: E402
from generation.backends.base import Backend, Clip, Picture, RenderTask  # noqa: E402
from generation.backends.diffusers_common.steps import Steps  # noqa: E402
from generation.backends.diffusers_sdxl import SdxlBackend  # noqa: E402
from generation.backends.diffusers_wan import WanBackend  # noqa: E402
from generation.backends.diffusers_wan.frames import rendered_frames  # noqa: E402
from generation.vocabulary import SDXL_SIZES, WAN_SIZES  # noqa: E402
from generation.writing import write_made  # noqa: E402
from ourvidz.media import encode  # noqa: E402
from tests.generation.preview_tasks import Recorder, make_task  # noqa: E402

# Seconds that FACTS expects of a job on one card of 48 GB, and its steps: the shortest of a lane.
EXPECTED = {"sdxl": (4.0, 15), "wan": (135.0, 25)}


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock, and of this process on the processor."""

    wall: float
    processor: float


def main() -> None:
    arguments = parsed()
    torch.set_flush_denormal(True)  # random weights make many, which a processor is slow with
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    with tempfile.TemporaryDirectory(prefix="ourvidz-") as folder:
        measure(arguments, arguments.model or made(arguments, Path(folder)))


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lane", choices=["sdxl", "wan"])
    parser.add_argument("--model", default="", help="folder of a pipeline in diffusers' layout")
    parser.add_argument("--full-size", action="store_true")
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--size", default="")
    parser.add_argument("--frames", type=int, default=83)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--threads", type=int, default=0, help="of torch; 0 leaves them to it")
    return parser.parse_args()


def made(arguments: argparse.Namespace, folder: Path) -> str:
    shape = shaped_models.FULL if arguments.full_size else shaped_models.SMALL
    return str(getattr(shaped_models, arguments.lane)(folder, shape))


def measure(arguments: argparse.Namespace, model: str) -> None:
    task, backend = task_for(arguments), backend_for(arguments, model)
    backend.load(arguments.lane, Recorder())
    bare = bare_sdxl if arguments.lane == "sdxl" else bare_wan
    with tempfile.TemporaryDirectory(prefix="ourvidz-") as folder:
        ours, theirs = in_turn(
            lambda: render(backend, task, Path(folder)),
            lambda: bare(backend.loaded, task, Path(folder)),
            arguments.runs,
        )
        report(backend, task, ours, theirs)
        report_added(backend, replace(task, **full_size(arguments.lane)), Path(folder))


def full_size(lane: str) -> dict[str, int]:
    if lane == "sdxl":
        width, height = SDXL_SIZES["1:1"]
        return {"width": width, "height": height}
    width, height = WAN_SIZES["16:9"]
    return {"width": width, "height": height, "frames": 83}


def task_for(arguments: argparse.Namespace) -> RenderTask:
    default = "1024x576" if arguments.lane == "sdxl" else "832x480"
    width, height = map(int, (arguments.size or default).split("x"))
    clip = {"mode": "video", "frames": arguments.frames} if arguments.lane == "wan" else {}
    return make_task(
        model=arguments.lane,
        size=(width, height),
        steps=arguments.steps,
        negative_prompt="blurred, dark",
        motion=1.0,
        **clip,
    )


def backend_for(arguments: argparse.Namespace, model: str) -> Backend:
    kind = SdxlBackend if arguments.lane == "sdxl" else WanBackend
    return kind(model=model, dtype=arguments.dtype)


def render(backend: Backend, task: RenderTask, folder: Path) -> None:
    for made in backend.render(task, Recorder()):
        write_made(made, task, backend, folder)


def bare_sdxl(loaded, task: RenderTask, folder: Path) -> None:
    loaded.base(**common(task)).images[0].save(folder / "bare.png", compress_level=1)


def bare_wan(loaded, task: RenderTask, folder: Path) -> None:
    frames = loaded.pipeline(**common(task), num_frames=rendered_frames(task.frames)).frames[0]
    write_clip((frames[: task.frames] * 255).round().astype(np.uint8), task, folder)


def write_clip(frames, task: RenderTask, folder: Path) -> None:
    """By the encoder that OurVidz takes too, so that not encoders are compared."""
    size = (task.width, task.height)
    encode.write_mp4(frames, folder / "bare.mp4", task.frames_per_second, size, {})


def common(task: RenderTask) -> dict:
    return {
        "prompt": task.prompt,
        "negative_prompt": task.negative_prompt,
        "width": task.width,
        "height": task.height,
        "num_inference_steps": task.steps,
        "guidance_scale": task.guidance,
        "generator": torch.Generator().manual_seed(task.seed),
    }


def in_turn(one: Callable, other: Callable, runs: int) -> tuple[list[Taken], list[Taken]]:
    """One, other, other, one, so many times after one to warm; two of each make a run."""
    ones, others = [], []
    one(), other()
    for _ in range(runs):
        first, second, third, fourth = (taken(do) for do in (one, other, other, one))
        ones += [first, fourth]
        others += [second, third]
    return ones, others


def taken(do: Callable) -> Taken:
    wall, processor = time.perf_counter(), time.process_time()
    do()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return Taken(time.perf_counter() - wall, time.process_time() - processor)


def report(backend: Backend, task: RenderTask, ours: list[Taken], theirs: list[Taken]) -> None:
    frames = f", {task.frames} frames" if task.mode == "video" else ""
    device = backend.loaded.device
    name = torch.cuda.get_device_name() if device.startswith("cuda") else device
    print(f"{name}, {task.width} x {task.height}{frames}, {task.steps} steps")
    for clock in ("wall", "processor"):
        report_clock(
            clock, [getattr(one, clock) for one in ours], [getattr(one, clock) for one in theirs]
        )
    print(f"{60 / min(one.wall for one in ours):.1f} a minute")
    if torch.cuda.is_available():
        print(f"peak memory {torch.cuda.max_memory_allocated() / 1024**3:.1f} GiB")


def report_clock(clock: str, ours: list[float], theirs: list[float]) -> None:
    ratios = [
        100 * (sum(ours[at : at + 2]) / sum(theirs[at : at + 2]) - 1)
        for at in range(0, len(ours), 2)
    ]
    print(
        f"{clock}: bare {min(theirs):.2f} s at least, {statistics.median(theirs):.2f} median; "
        f"OurVidz {min(ours):.2f}, {statistics.median(ours):.2f}; of the fastest "
        f"{100 * (min(ours) / min(theirs) - 1):+.1f} %; of {len(ratios)} runs "
        f"{statistics.median(ratios):+.1f} % ({min(ratios):+.1f} to {max(ratios):+.1f})"
    )


def report_added(backend: Backend, task: RenderTask, folder: Path) -> None:
    """What is added to each output, in ms of the processor; and its share of a whole job."""
    callbacks = milliseconds(partial(call_back, backend, task)) / 20
    with_metadata, without = writing(backend, task, folder)
    seconds, steps = EXPECTED[task.model]
    added = callbacks * steps + with_metadata - without
    print(
        f"added at {task.width} x {task.height}: {callbacks:.2f} ms a step with a preview at each, "
        f"{with_metadata - without:.1f} ms of metadata (of {with_metadata:.0f} ms to write)"
    )
    print(
        f"calculated, not measured: {added:.0f} ms for {steps} steps are "
        f"{added / seconds / 10:.2f} % of {seconds:g} s"
    )


def call_back(backend: Backend, task: RenderTask) -> None:
    """20 steps of a job, the model left out."""
    latents = torch.randn(latents_shape(backend, task))
    size = (task.width, task.height)
    preview = backend.loaded.preview

    def picture(latents, place: int) -> Image.Image:
        return preview(latents, place, size) if task.model == "sdxl" else preview(latents, size)

    steps = Steps(Recorder(), 20, picture)
    on_step_end = steps.callback((0,))
    for step in range(20):
        steps._shown_at = float("-inf")  # a preview at every step, which is the most there can be
        on_step_end(None, step, None, {"latents": latents})


def latents_shape(backend: Backend, task: RenderTask) -> tuple[int, ...]:
    if task.model == "wan":
        frames = rendered_frames(task.frames)
        return backend.loaded.noise_shape(frames, (task.width, task.height))
    return (1, 4, task.height // 8, task.width // 8)


def writing(backend: Backend, task: RenderTask, folder: Path) -> tuple[float, float]:
    """Milliseconds to write an output with all that it says, and without."""
    frames = sample_frames(task)
    if task.mode == "video":
        made = partial(Clip, 0, task.seed, frames, task.frames_per_second)
        plain = partial(write_clip, frames, task, folder)
    else:
        image = Image.fromarray(frames[0])
        made = partial(Picture, 0, task.seed, image)
        plain = partial(image.save, folder / "bare.png", compress_level=1)
    ours = milliseconds(lambda: write_made(made(), task, backend, folder))
    return ours, milliseconds(plain)


def sample_frames(task: RenderTask) -> list[np.ndarray]:
    """Soft patches of colour that move on, about as hard to encode as a picture."""
    small = np.random.default_rng(0).integers(0, 256, (24, 24, 3), np.uint8)
    size = (task.width, task.height)
    picture = np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC))
    return [np.roll(picture, 2 * frame, axis=1) for frame in range(task.frames)]


def milliseconds(do: Callable, times: int = 7) -> float:
    """The least of the processor's time, which other work on the machine cannot make smaller."""
    return 1000 * min(taken(do).processor for _ in range(times))


if __name__ == "__main__":
    main()
