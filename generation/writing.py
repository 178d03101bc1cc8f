"""What a backend made, as a file that says where it comes from."""

from pathlib import Path

from generation.backends.base import Backend, Clip, Picture, RenderTask
from ourvidz.media import encode


def parameters_of(task: RenderTask, made: Picture | Clip, backend: Backend) -> dict:
    """What the file says about how it was made."""
    return {
        **made.parameters,
        "app": "OurVidz",
        "prompt": task.prompt,
        "original_prompt": task.original_prompt,
        "negative_prompt": task.negative_prompt,
        "seed": made.seed,
        "steps": task.steps,
        "guidance": task.guidance,
        "model": task.model,
        "mode": task.mode,
        "quality": task.quality,
        "size": f"{task.width}x{task.height}",
        "controls": {**task.controls},
        "term_weights": {**task.term_weights},
        "backend": backend.name,
        "preview": backend.is_preview,
    }


def write_made(made: Picture | Clip, task: RenderTask, backend: Backend, folder: Path) -> Path:
    """The file of `made` in `folder`, with where it comes from inside."""
    parameters = parameters_of(task, made, backend)
    if isinstance(made, Picture):
        path = folder / f"{made.index}.png"
        encode.write_png(made.image, path, parameters)
        return path
    path = folder / f"{made.index}.mp4"
    parameters["motion"] = task.motion
    size = (task.width, task.height)
    encode.write_mp4(made.frames, path, made.frames_per_second, size, parameters)
    return path
