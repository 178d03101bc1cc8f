"""What a task's references ask of WAN, and which of them this worker can use."""

from dataclasses import dataclass

from PIL import Image

from generation.backends.base import BackendError, ReferencePicture, RenderTask
from generation.backends.diffusers_wan.options import WanOptions
from generation.backends.preview.references import open_reference

NO_FRAMES = (
    "This studio's WAN worker has no image-to-video model, so a clip cannot start or end with a "
    "picture. Remove the start and end frame."
)
NO_BOTH = (
    "This studio's WAN worker has no model for a start and an end frame together. Remove one of "
    "the two."
)
NO_KIND = (
    "WAN can follow a picture's composition only. Choose composition as the kind of the "
    "reference, or the model SDXL."
)


@dataclass(frozen=True)
class Led:
    """How references lead a clip or a single frame."""

    start: Image.Image | None = None
    end: Image.Image | None = None
    source: Image.Image | None = None  # where image to image starts
    denoise: float = 1.0

    @property
    def needs(self) -> str:
        """The model that can be led so, by its field of `WanOptions`."""
        given = sum(frame is not None for frame in (self.start, self.end))
        return ("model", "image_model", "first_last_model")[given]


def unavailable(options: WanOptions) -> dict[str, str]:
    """The kinds and roles of reference that cannot be used, each with the reason.

    `start+end` stands for both frames together.
    """
    reasons = {"style": NO_KIND, "character": NO_KIND}
    if not options.first_last_model:
        reasons["start+end"] = NO_BOTH
    if not options.image_model:
        reasons |= {"start": NO_FRAMES, "end": NO_FRAMES}
    return reasons


def led_by(task: RenderTask, options: WanOptions) -> Led:
    """The references of `task`, opened; BackendError for one that cannot be used or read."""
    size = (task.width, task.height)
    led: dict = {}
    asked_for = {_asked(reference): reference for reference in task.references}
    both = {"start", "end"} <= asked_for.keys()
    for asked, reference in asked_for.items():
        name = "start+end" if both and asked in {"start", "end"} else asked
        if reason := unavailable(options).get(name):
            raise BackendError(reason)
        picture = open_reference(reference, size)
        if asked == "composition":
            led |= {"source": picture, "denoise": max(0.05, round(1 - reference.strength, 4))}
        else:
            led[asked] = picture
    return Led(**led)


def _asked(reference: ReferencePicture) -> str:
    """The role where that says how a reference is used, else its kind."""
    by_role = reference.role in {"start", "end", "style"}
    return reference.role if by_role else reference.kind
