"""What OurVidz adds to a bare diffusers script: seconds for the same work, both ways in turn.

    python -m benchmarks.diffusers_overhead sdxl|wan [--model FOLDER | --full-size]
        [--steps 25] [--size 1024x576] [--frames 83] [--runs 5] [--dtype auto]

With --full-size the models have the shapes of SDXL base 1.0 or WAN 2.1 1.3B and random weights,
made in a temporary folder (7 or 4 GB). Without a folder and without it they have an eighth of
the channels, for a processor.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from benchmarks import shaped_models
from generation.backends.base import Backend, Clip, RenderTask
from generation.backends.diffusers_sdxl import SdxlBackend
from generation.backends.diffusers_wan import WanBackend
from generation.backends.diffusers_wan.frames import rendered_frames
from tests.generation.preview_tasks import Recorder, make_task


def main() -> None:
    arguments = parsed()
    torch.set_flush_denormal(True)  # random weights make many, which a processor is slow with
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
    return parser.parse_args()


def made(arguments: argparse.Namespace, folder: Path) -> str:
    shape = shaped_models.FULL if arguments.full_size else shaped_models.SMALL
    return str(getattr(shaped_models, arguments.lane)(folder, shape))


def measure(arguments: argparse.Namespace, model: str) -> None:
    task, backend = task_for(arguments), backend_for(arguments, model)
    backend.load(arguments.lane, Recorder())
    bare = bare_sdxl if arguments.lane == "sdxl" else bare_wan
    ours, theirs = in_turn(
        lambda: render(backend, task), lambda: bare(backend.loaded, task), arguments.runs
    )
    report(backend, task, ours, theirs)


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


def render(backend: Backend, task: RenderTask) -> None:
    for made in backend.render(task, Recorder()):
        if isinstance(made, Clip):
            for _ in made.frames:
                pass


def bare_sdxl(loaded, task: RenderTask) -> None:
    loaded.base(**common(task))


def bare_wan(loaded, task: RenderTask) -> None:
    """The clip as the frames that an encoder takes."""
    frames = loaded.pipeline(**common(task), num_frames=rendered_frames(task.frames)).frames[0]
    (frames * 255).round().astype(np.uint8)


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


def in_turn(one: Callable, other: Callable, runs: int) -> tuple[float, float]:
    """The median of each, one after the other so that both see the same machine; once to warm."""
    taken: list[tuple[float, float]] = []
    for _ in range(runs + 1):
        taken.append((seconds(one), seconds(other)))
    ones, others = zip(*taken[1:], strict=True)
    return statistics.median(ones), statistics.median(others)


def seconds(do: Callable) -> float:
    """By the clock with a card, else the processor's own time, which others cannot stretch."""
    has_card = torch.cuda.is_available()
    clock = time.perf_counter if has_card else time.process_time
    started = clock()
    do()
    if has_card:
        torch.cuda.synchronize()
    return clock() - started


def report(backend: Backend, task: RenderTask, ours: float, theirs: float) -> None:
    frames = f", {task.frames} frames" if task.mode == "video" else ""
    device = backend.loaded.device
    name = torch.cuda.get_device_name() if device.startswith("cuda") else device
    print(f"{name}, {task.width} x {task.height}{frames}, {task.steps} steps")
    print(
        f"bare diffusers {theirs:.2f} s, OurVidz {ours:.2f} s: {100 * (ours / theirs - 1):+.1f} %"
    )
    print(f"{60 / ours:.1f} a minute")
    if torch.cuda.is_available():
        print(f"peak memory {torch.cuda.max_memory_allocated() / 1024**3:.1f} GiB")


if __name__ == "__main__":
    main()
