"""The backend: tasks in, pictures and clips out."""

from collections.abc import Iterator

import numpy as np
from PIL import Image

from generation.backends.base import Backend, Clip, Picture, RenderTask, Reporter

from .finish import Finish
from .motion import Camera, Transition, camera_for
from .noise import Size
from .painting import compose, paint, still
from .progress import Steps, preview_size
from .references import References
from .scene import Scene, scene_for
from .stage import Element, Stage

# Seconds on one core: for a picture or clip as such, for each megapixel painted, for each
# megapixel of a frame composed. Measured with benchmarks/preview_backend.py.
_EACH, _PAINTING, _FRAME = 0.1, 0.65, 0.15
_PAINTED = 0.2  # share of a clip's steps that painting its layers takes


class PreviewBackend(Backend):
    """Paints scenes out of words, seed and controls, without a model."""

    name = "preview"
    is_preview = True

    def load(self, model: str, reporter: Reporter) -> None:
        """There is nothing to load; said all the same, as the other backends do."""
        reporter.loading()

    def unload(self) -> None:
        """There is nothing to give back."""

    def estimate(self, task: RenderTask) -> float:
        """Seconds on one core."""
        megapixels = task.width * task.height / 1e6
        frames = megapixels * _FRAME * task.frames if task.mode == "video" else 0.0
        return len(task.indices) * (_EACH + megapixels * _PAINTING + frames)

    def render(self, task: RenderTask, reporter: Reporter) -> Iterator[Picture | Clip]:
        """Pictures, or clips whose frames are made as they are taken."""
        references = References(task, (task.width, task.height))
        for index in task.indices:
            scene = scene_for(task, index)
            steps = Steps(reporter, index, task.steps, scene.seed)
            if task.mode == "video":
                frames = _ClipFrames(task, scene, references, steps)
                yield Clip(index, scene.seed, iter(frames), task.frames_per_second)
            else:
                yield Picture(index, scene.seed, _picture(task, scene, references, steps))


def _picture(task: RenderTask, scene: Scene, references: References, steps: Steps) -> Image.Image:
    """One picture, painted element by element. A small sketch of it shows the way."""
    size = (task.width, task.height)
    sketch, count = _sketch(task, scene)
    frame, view = Image.new("RGB", size), still(size)
    for number, element in enumerate(paint(Stage(scene, *size)), start=1):
        element.draw(frame, view)
        steps.reach(min(0.95, number / (count + 2)), sketch)
    finished = references.led(Finish(scene, size).apply(frame))
    steps.reach(1.0, finished.resize(sketch.size, Image.Resampling.BOX))
    steps.reporter.saving(steps.index)
    return finished


def _sketch(task: RenderTask, scene: Scene) -> tuple[Image.Image, int]:
    """The picture at the size of a preview, and how many elements it has."""
    size = preview_size(task.width, task.height)
    elements = list(paint(Stage(scene, *size)))
    frame = Finish(scene, size).apply(compose(elements, still(size)))
    return References(task, size).led(frame), len(elements)


class _ClipFrames:
    """The frames of one clip: layers painted once, then composed for each moment."""

    def __init__(
        self, task: RenderTask, scene: Scene, references: References, steps: Steps
    ) -> None:
        self.task, self.scene, self.references, self.steps = task, scene, references, steps
        self.size: Size = (task.width, task.height)
        self.finish = Finish(scene, self.size)
        self.transition = Transition(scene, self.size, references.pictures)

    def __iter__(self) -> Iterator[np.ndarray]:
        sketch, count = _sketch(self.task, self.scene)
        camera = camera_for(self.scene, self.task.prompt)
        elements = self._painted(camera, sketch, count)
        for number in range(self.task.frames):
            frame = self._frame(elements, camera, number)
            share = _PAINTED + (1 - _PAINTED) * (number + 1) / self.task.frames
            small = frame.resize(sketch.size, Image.Resampling.BILINEAR, reducing_gap=2)
            self.steps.reach(share, small)
            yield np.asarray(frame)
        self.steps.reporter.saving(self.steps.index)

    def _painted(self, camera: Camera, sketch: Image.Image, count: int) -> list[Element]:
        """The layers on a stage larger than the frame."""
        elements = []
        stage = Stage(self.scene, *camera.stage_size(self.size))
        for number, element in enumerate(paint(stage), start=1):
            elements.append(element)
            self.steps.reach(_PAINTED * min(1.0, number / count), sketch)
        return elements

    def _frame(self, elements: list[Element], camera: Camera, number: int) -> Image.Image:
        progress = number / max(1, self.task.frames - 1)
        seconds = float(number / self.task.frames_per_second)
        frame = compose(elements, camera.view(self.size, progress, seconds))
        frame = self.references.led(self.finish.apply(frame, number))
        return self.transition.apply(frame, progress)
