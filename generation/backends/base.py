"""What a lane's work is done by.

A backend is named in settings by dotted path. It knows nothing of jobs, databases or
storage: it gets a task, reports its steps, and yields pictures or frames. Encoding,
metadata and storing are done by the worker, in one place for all backends.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from generation.vocabulary import output_seed

MOST_WORDS, LONGEST_WORD = 100, 80  # of what `Backend.words` says, as creators are told it


class BackendError(Exception):
    """The task cannot be done; the message is for the person who asked.

    `retry` says whether trying again, perhaps elsewhere, can help.
    """

    def __init__(self, message: str, *, retry: bool = False) -> None:
        super().__init__(message)
        self.retry = retry


class OutOfMemory(BackendError):  # noqa: N818 - a reason, as Cancelled is
    """There is not enough memory for the model, or for what was asked of it."""


class ProcessBroken(BackendError):  # noqa: N818
    """Nothing can be made in this process any more; another one can do it.

    The worker hands its job back and ends, so that its supervisor starts a new one.
    """


BROKEN = 70  # exit status of a worker after ProcessBroken, EX_SOFTWARE of sysexits.h


class Cancelled(Exception):  # noqa: N818 - not an error
    """Raised out of `Reporter` when the job was cancelled or its lease was lost."""


@dataclass(frozen=True)
class ReferencePicture:
    """A reference as a local file, already checked and re-encoded as an RGB PNG.

    `strength` is 0.1 to 0.95: how much of the reference is kept (denoise = 1 - strength).
    """

    role: str  # ReferenceRole: reference, style, start, end
    kind: str  # ReferenceKind: style, composition, character
    strength: float
    path: Path


@dataclass(frozen=True)
class RenderTask:
    """Everything that a picture or clip depends on.

    `indices` are the outputs still to make: on a second attempt those that an earlier one
    finished are left out. Output i has the seed `seed_of(i)`. Sizes are pixels.
    `frames` is 1 for pictures; `frames_per_second` counts only for clips.
    """

    model: str
    mode: str  # Mode: image, video
    prompt: str  # composed
    original_prompt: str
    negative_prompt: str
    width: int
    height: int
    seed: int
    steps: int
    guidance: float
    indices: tuple[int, ...]
    frames: int = 1
    frames_per_second: Fraction = Fraction(50, 3)
    motion: float = 0.5  # 0 still camera .. 1 strong movement
    quality: str = "fast"
    references: tuple[ReferencePicture, ...] = ()
    # ShotType, CameraAngle, Style, Lighting, Composition, ColourGrading, Texture by field
    # name (shot_type, camera_angle, style, lighting, composition, colour_grading, texture).
    controls: dict[str, Any] = field(default_factory=dict)
    term_weights: dict[str, float] = field(default_factory=dict)  # term -> 0.5 .. 2.0

    def seed_of(self, index: int) -> int:
        """The seed of output `index`."""
        return output_seed(self.seed, index)

    def references_in(self, role: str) -> ReferencePicture | None:
        """The reference of `role`, if the task has one."""
        return next((reference for reference in self.references if reference.role == role), None)


@dataclass(frozen=True)
class Picture:
    """One finished image: RGB, exactly `task.width` x `task.height`.

    `parameters` is what the file says beside what the task says, such as the checkpoint.
    """

    index: int
    seed: int
    image: Image.Image
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Clip:
    """One finished clip. `frames` yields height x width x 3 uint8 RGB arrays, once, lazily."""

    index: int
    seed: int
    frames: Iterable[np.ndarray]
    frames_per_second: Fraction
    parameters: dict[str, Any] = field(default_factory=dict)  # as of Picture


class Reporter(Protocol):
    """Where a backend says how far it is. Any call may raise `Cancelled`."""

    def loading(self) -> None:
        """The model is being loaded."""

    def step(self, index: int, step: int, steps: int, preview: Image.Image | None = None) -> None:
        """Step `step` of `steps` of output `index` is done, with a small picture of it so far.

        Called at least once per step, with `step` never falling for an index.
        """

    def saving(self, index: int) -> None:
        """Output `index` is rendered and is being written."""

    def go_on_or_raise(self) -> None:
        """Asked while nothing can be reported, such as while a model is being loaded."""


class Silent:
    """A `Reporter` of what nobody waits for step by step."""

    def loading(self) -> None:
        """Said already."""

    def step(self, index: int, step: int, steps: int, preview: Image.Image | None = None) -> None:
        """Nothing is made."""

    def saving(self, index: int) -> None:
        """Nothing is made."""

    def go_on_or_raise(self) -> None:
        """Nobody can cancel it."""


class Loadable:
    """What has a model in memory; as it stands here it is right for what has none."""

    memory_gb = 0.0  # what it needs, until that was measured; 0 keeps nothing in this process

    def weights(self) -> dict[str, str]:
        """What it loads, as people call it -> where that is: a path or a hub id."""
        return {}

    def fetch(self) -> None:
        """Have the weights on this machine, which may take as long as a download takes."""

    def load(self, model: str, reporter: Reporter) -> None:
        """Bring `model` into memory; nothing to do when it is there. BackendError if it fails."""

    def relieve(self) -> None:
        """Need less memory from now on, even if that is slower."""

    def unload(self) -> None:
        """Give the memory back."""


class Backend(Loadable, ABC):
    """Makes pictures or clips."""

    name = ""  # kept on jobs and in files, such as "preview"
    is_preview = False  # makes stand-ins, no model: the interface and the files say so

    def __init__(self, **options: Any) -> None:
        self.options = options

    @abstractmethod
    def load(self, model: str, reporter: Reporter) -> None:
        """Bring `model` into memory; nothing to do when it is there. BackendError if it fails."""

    @abstractmethod
    def estimate(self, task: RenderTask) -> float:
        """Seconds that `task` will take once loaded."""

    @abstractmethod
    def render(self, task: RenderTask, reporter: Reporter) -> Iterator[Picture | Clip]:
        """Yield the outputs of `task.indices` in that order, each as soon as it is there."""

    @abstractmethod
    def unload(self) -> None:
        """Give the memory back."""

    def unavailable(self) -> dict[str, str]:
        """What it cannot honour as it is set up -> why, with what to do instead.

        The kinds (ReferenceKind) and roles (style, start, end, start+end) of references, and
        any other control by its name. The page offers only the others, so it loads nothing.
        """
        return {}

    def words(self) -> tuple[str, ...]:
        """What switches something on by standing in a prompt, such as the names of LoRAs."""
        return ()


@dataclass(frozen=True)
class EnhancementTask:
    """A prompt to improve. `budget` is the most tokens that the answer may have."""

    prompt: str
    model: str  # Model: what will render it
    mode: str
    method: str  # EnhancementMethod: base, instruct
    system_prompt: str
    temperature: float
    top_p: float
    budget: int


class Enhancer(Loadable, ABC):
    """Improves prompts; serves the chat lane."""

    name = ""
    is_preview = False

    def __init__(self, **options: Any) -> None:
        self.options = options

    @abstractmethod
    def enhance(self, task: EnhancementTask) -> str:
        """The improved prompt. BackendError, with `retry`, if it cannot be done."""
