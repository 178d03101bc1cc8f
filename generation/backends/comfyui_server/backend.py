"""The backend: tasks in, pictures and clips out, made elsewhere."""

import io
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from generation.backends.base import (
    Backend,
    BackendError,
    Clip,
    Picture,
    ReferencePicture,
    RenderTask,
    Reporter,
)
from generation.backends.comfyui_server.client import (
    LOST,
    ComfyClient,
    ServerMemoryError,
    messages,
    raise_if_failed,
)
from generation.backends.comfyui_server.workflows import (
    Workflow,
    slots_of,
    unavailable,
    values_of,
)
from generation.backends.diffusers_common.local_model import work
from generation.backends.diffusers_common.pace import Pace
from generation.backends.options import chosen
from generation.backends.preview.references import open_reference

logger = logging.getLogger(__name__)

NOTHING = "The ComfyUI workflow made nothing that can be kept. Ask the studio's operator."
WRONG_SIZE = (
    "The ComfyUI workflow made {made}, not {asked} as asked for. Ask the studio's operator to "
    "put the slots for the size into it."
)
_LOOK_SECONDS = 1.0  # a cancelled job waits no longer for a server that says nothing
_SILENCE_SECONDS = 15  # then the server is asked whether it still knows the job
_SECONDS_PER_STEP_MEGAPIXEL = 0.45


@dataclass(frozen=True)
class ComfyOptions:
    comfyui_url: str = "http://127.0.0.1:8188"
    comfyui_workflows: str = ""  # a folder


class ComfyBackend(Backend):
    """A ComfyUI server, which keeps the models."""

    name = "comfyui"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.settings = chosen(ComfyOptions, options)
        self.client = ComfyClient(self.settings.comfyui_url)
        self.pace = Pace(_SECONDS_PER_STEP_MEGAPIXEL)

    def load(self, model: str, reporter: Reporter) -> None:
        """The server loads what a workflow names, when it runs."""
        reporter.loading()

    def unload(self) -> None:
        """Have the server let go of its models; one that is away has none."""
        try:
            self.client.free()
        except BackendError as error:
            logger.info("nothing to unload: %s", error)

    def estimate(self, task: RenderTask) -> float:
        return self.pace.estimate(work(task, len(task.indices)))

    def unavailable(self) -> dict[str, str]:
        """The kinds and roles of reference that no workflow is for."""
        return unavailable(Path(self.settings.comfyui_workflows))

    def render(self, task: RenderTask, reporter: Reporter) -> Iterator[Picture | Clip]:
        """One run of the workflow for each output."""
        workflow = Workflow(Path(self.settings.comfyui_workflows), task)
        pictures = self._uploaded(task)
        for index in task.indices:
            nodes = workflow.filled(values_of(task, index, pictures))
            with self.pace.measured(work(task)):
                content = self._insist(nodes, _Progress(task, index, reporter))
            yield _output(task, index, content, {"workflow": workflow.name})
            reporter.saving(index)

    def _uploaded(self, task: RenderTask) -> dict[str, str]:
        """Every reference at the size of the output, by its slot."""
        return {
            slot: self.client.upload(f"ourvidz-{self.client.id}-{slot}.png", _png(reference, task))
            for slot, reference in zip(slots_of(task), task.references, strict=True)
        }

    def _insist(self, nodes: dict[str, Any], progress: "_Progress") -> bytes:
        """What the workflow makes; where memory does not do, again once all models are let go."""
        try:
            return self._run(nodes, progress)
        except ServerMemoryError as error:
            logger.warning("again, with nothing else in ComfyUI's memory: %s", error)
        self.client.free()
        return self._run(nodes, progress)

    def _run(self, nodes: dict[str, Any], progress: "_Progress") -> bytes:
        """The file that the workflow makes. Whatever ends this early ends it on the server too."""
        with self.client.listen() as socket:
            prompt_id = self.client.submit(nodes)
            try:
                self._follow(socket, prompt_id, progress)
            except BaseException:
                self._give_up(prompt_id)
                raise
        outputs = self.client.outputs(prompt_id)
        if outputs is None:
            raise BackendError(LOST, retry=True)
        if not outputs:
            raise BackendError(NOTHING)
        return self.client.fetch(outputs[-1])

    def _follow(self, socket: Any, prompt_id: str, progress: "_Progress") -> None:
        """Until it has ended. BackendError if it failed or got lost, `Cancelled` as reported."""
        silent = 0
        for message in messages(socket, _LOOK_SECONDS):
            silent = 0 if message else silent + 1
            progress.take(message, prompt_id)
            if _has_ended(message, prompt_id):
                return
            if silent >= _SILENCE_SECONDS and self._is_over(prompt_id):
                return
        while not self._is_over(prompt_id):  # the socket ended first: asked, not told, from here
            progress.take({}, prompt_id)
            time.sleep(_LOOK_SECONDS)

    def _is_over(self, prompt_id: str) -> bool:
        """Whether it ended unheard; BackendError if the server knows nothing of it."""
        if self.client.outputs(prompt_id) is not None:
            return True
        if not self.client.is_queued(prompt_id):
            raise BackendError(LOST, retry=True)
        return False

    def _give_up(self, prompt_id: str) -> None:
        try:
            self.client.cancel(prompt_id)
        except BackendError as error:
            logger.info("could not be cancelled there: %s", error)


class _Progress:
    """Turns the server's messages into steps of one output."""

    def __init__(self, task: RenderTask, index: int, reporter: Reporter) -> None:
        self.steps, self.index, self.reporter = task.steps, index, reporter
        self.reached = 0

    def take(self, message: dict[str, Any] | Image.Image, prompt_id: str) -> None:
        """Report where it stands; also when nothing was said, for it may be cancelled."""
        if isinstance(message, Image.Image):
            self._report(self.reached, message)
            return
        data = message.get("data", {})
        if message.get("type") == "progress" and data.get("prompt_id") in (None, prompt_id):
            self._report(data["value"] * self.steps // max(data["max"], 1))
        elif _has_ended(message, prompt_id):
            self._report(self.steps)
        else:
            self._report(self.reached)

    def _report(self, step: int, preview: Image.Image | None = None) -> None:
        """A later node counts from one again; the steps never fall."""
        self.reached = max(self.reached, min(step, self.steps))
        self.reporter.step(self.index, self.reached, self.steps, preview)


def _has_ended(message: dict[str, Any] | Image.Image, prompt_id: str) -> bool:
    """Whether `message` says that the prompt is done; BackendError if that it failed.

    `execution_success` is no end yet: the history, with the files, is written after it.
    """
    if isinstance(message, Image.Image) or message.get("data", {}).get("prompt_id") != prompt_id:
        return False
    raise_if_failed(message["type"], message["data"])
    return message["type"] == "executing" and message["data"].get("node") is None


def _png(reference: ReferencePicture, task: RenderTask) -> bytes:
    content = io.BytesIO()
    open_reference(reference, (task.width, task.height)).save(content, "PNG")
    return content.getvalue()


def _output(task: RenderTask, index: int, content: bytes, said: dict[str, Any]) -> Picture | Clip:
    seed = task.seed_of(index)
    if task.mode == "video":
        return Clip(index, seed, _frames(content, task), task.frames_per_second, said)
    try:
        picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")).convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise BackendError(NOTHING) from error
    _check_size(picture.size, task)
    return Picture(index, seed, picture, said)


def _frames(content: bytes, task: RenderTask) -> Iterator[np.ndarray]:
    """The frames of a clip that the server encoded, decoded as they are taken."""
    made = 0
    try:
        with av.open(io.BytesIO(content), "r") as container:
            for frame in islice(container.decode(video=0), task.frames):
                _check_size((frame.width, frame.height), task)
                made += 1
                yield frame.to_ndarray(format="rgb24")
    except av.FFmpegError as error:
        raise BackendError(NOTHING) from error
    if made < task.frames:
        raise BackendError(WRONG_SIZE.format(made=f"{made} frames", asked=task.frames))


def _check_size(size: tuple[int, int], task: RenderTask) -> None:
    if size != (task.width, task.height):
        made, asked = (f"{width} x {height}" for width, height in (size, (task.width, task.height)))
        raise BackendError(WRONG_SIZE.format(made=made, asked=asked))
