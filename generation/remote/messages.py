"""What the studio and a worker on another machine tell each other, on both sides of the wire."""

from collections.abc import Iterable
from dataclasses import asdict
from fractions import Fraction
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from generation.backends.base import (
    LONGEST_WORD,
    MOST_WORDS,
    EnhancementTask,
    ReferencePicture,
    RenderTask,
)
from generation.vocabulary import Lane

LONGEST_WAIT_SECONDS = 25
NAME_LENGTH = 70
PREVIEW = r"^data:image/webp;base64,[A-Za-z0-9+/]+={0,2}$"

Name = Annotated[str, Field(max_length=80)]
Word = Annotated[str, Field(max_length=LONGEST_WORD)]
WorkerName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=NAME_LENGTH)]
Fence = Annotated[int, Field(ge=0, description="The number that the claim gave.")]
Preview = Annotated[str, Field(pattern=PREVIEW, max_length=40_000)]


class WorkerState(Schema):
    """How a worker is; operators see it."""

    loaded_model: Name = ""
    memory_bytes: Annotated[int, Field(ge=0, le=2**62)] | None = None


class ClaimBody(Schema):
    """`worker` is a name of its own for each process, and stays the same as long as it lives.

    A worker does one job at a time: asking again gives the job that it has. It is given no job
    for a model that `models` does not name, where that names any, nor for one that it `lacks`.
    """

    worker: WorkerName
    lanes: Annotated[list[Lane], Field(min_length=1, max_length=3)]
    models: Annotated[list[Name], Field(max_length=100)] = []
    lacks: Annotated[list[Name], Field(max_length=100)] = []
    words: Annotated[
        dict[Name, Annotated[list[Word], Field(max_length=MOST_WORDS)]],
        Field(max_length=100, description="What switches LoRAs on there, by model."),
    ] = {}
    backends: Annotated[
        dict[Lane, Annotated[str, Field(max_length=40)]],
        Field(description="What does the work of each lane there."),
    ] = {}
    version: Annotated[str, Field(max_length=40)] = ""
    state: WorkerState = WorkerState()
    wait_seconds: Annotated[float, Field(ge=0, le=LONGEST_WAIT_SECONDS)] = LONGEST_WAIT_SECONDS


class ReferenceMessage(Schema):
    """A reference to fetch from `url`, which is relative where the studio keeps the files."""

    role: str
    kind: str
    strength: float
    label: str
    url: str


class RenderMessage(Schema):
    """A `RenderTask`, with addresses in place of files."""

    model: str
    mode: str
    prompt: str
    original_prompt: str
    negative_prompt: str
    width: int
    height: int
    seed: int
    steps: int
    guidance: float
    indices: list[int]
    frames: int
    frames_per_second: str
    motion: float
    quality: str
    controls: dict[str, Any]
    term_weights: dict[str, float]
    references: list[ReferenceMessage]

    @classmethod
    def of(cls, task: RenderTask, references: list[ReferenceMessage]) -> "RenderMessage":
        rate = str(task.frames_per_second)
        return cls(**{**asdict(task), "frames_per_second": rate, "references": references})

    def task(self, references: Iterable[ReferencePicture]) -> RenderTask:
        """The task again, with `references` as local files."""
        told = self.model_dump(exclude={"references", "indices", "frames_per_second"})
        return RenderTask(
            **told,
            indices=tuple(self.indices),
            frames_per_second=Fraction(self.frames_per_second),
            references=tuple(references),
        )


class EnhancementMessage(Schema):
    """An `EnhancementTask`."""

    prompt: str
    model: str
    mode: str
    method: str
    system_prompt: str
    temperature: float
    top_p: float
    budget: int

    @classmethod
    def of(cls, task: EnhancementTask) -> "EnhancementMessage":
        return cls(**asdict(task))

    def task(self) -> EnhancementTask:
        return EnhancementTask(**self.model_dump())


class JobMessage(Schema):
    """A claimed job: a picture or clip to render, or a prompt to enhance.

    `direct_uploads` says that outputs go to the studio's S3 store by a URL that it signs.
    """

    id: UUID
    fence: int
    lane: str
    count: int
    lease_seconds: int
    direct_uploads: bool
    model: Annotated[dict[str, Any], Field(description="What does it: a `ModelSpec`.")]
    render: RenderMessage | None = None
    enhancement: EnhancementMessage | None = None


class ClaimAnswer(Schema):
    job: JobMessage | None = Field(description="Null where none came in time; ask again.")


class ProgressMessage(Schema):
    phase: Literal["loading", "rendering", "saving"]
    percent: Annotated[int, Field(ge=0, le=100)]
    index: Annotated[int, Field(ge=0, le=100)] | None = None
    step: Annotated[int, Field(ge=0, le=10_000)] | None = None
    steps: Annotated[int, Field(ge=0, le=10_000)] | None = None


class ProgressBody(Schema):
    """Without `progress` it only renews the lease."""

    fence: Fence
    progress: ProgressMessage | None = None
    previews: Annotated[
        dict[Annotated[str, Field(pattern=r"^[0-9]{1,2}$")], Preview], Field(max_length=6)
    ] = {}
    state: WorkerState | None = None


class ProgressAnswer(Schema):
    cancelled: bool = Field(description="Stop: cancelled, or given to another worker.")


class UploadBody(Schema):
    """A file that is ready; `size` in bytes."""

    fence: Fence
    index: Annotated[int, Field(ge=0, le=100)]
    extension: Literal["png", "webp", "mp4"]
    size: Annotated[int, Field(ge=1)]


class UploadAnswer(Schema):
    """Send the file there with these headers, then tell its output."""

    url: str
    method: str
    headers: dict[str, str]


class OutputBody(Schema):
    """An output, whose file is part of the same multipart request or was uploaded before."""

    fence: Fence
    index: Annotated[int, Field(ge=0, le=100)]
    extension: Literal["png", "webp", "mp4"]


class OutputAnswer(Schema):
    index: int
    key: str


class DepartureBody(Schema):
    worker: WorkerName
