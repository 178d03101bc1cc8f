"""What OurVidz adds to a bare diffusers call: seconds for the same pictures, both ways.

    python -m benchmarks.diffusers_overhead --model FOLDER [--steps 25] [--size 1024x576] [--runs 5]

Without --model it takes the tests' tiny pipeline, which shows that the script works: its steps
take milliseconds, so the share that it prints says nothing about a real model.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import torch

from generation.backends.diffusers_sdxl import SdxlBackend
from tests.generation.preview_tasks import Recorder, make_task


def main() -> None:
    arguments = parsed()
    width, height = map(int, arguments.size.split("x"))
    task = make_task(size=(width, height), steps=arguments.steps, indices=(0,))
    backend = SdxlBackend(model=arguments.model or tiny(), dtype=arguments.dtype)
    backend.load("sdxl", Recorder())
    ours = seconds(lambda: list(backend.render(task, Recorder())), arguments.runs)
    bare = seconds(lambda: bare_call(backend.loaded.base, task), arguments.runs)
    print(f"device {backend.loaded.device}, {width} x {height}, {arguments.steps} steps")
    print(f"bare diffusers {bare:.3f} s, OurVidz {ours:.3f} s: {100 * (ours / bare - 1):+.1f} %")
    print(f"{60 / ours:.1f} pictures a minute")
    if torch.cuda.is_available():
        print(f"peak memory {torch.cuda.max_memory_allocated() / 1024**3:.1f} GiB")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="", help="folder of an SDXL pipeline")
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--size", default="1024x576")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--dtype", default="auto")
    return parser.parse_args()


def tiny() -> str:
    from tests.generation.backends import tiny_models

    return str(tiny_models.sdxl(Path(tempfile.mkdtemp(prefix="ourvidz-"))))


def bare_call(pipeline, task) -> None:
    pipeline(
        prompt=task.prompt,
        width=task.width,
        height=task.height,
        num_inference_steps=task.steps,
        guidance_scale=task.guidance,
        generator=torch.Generator().manual_seed(task.seed),
    )


def seconds(do, runs: int) -> float:
    """The median of `runs`, after one that warms up."""
    do()
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        do()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
