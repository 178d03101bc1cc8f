"""What a task's references ask of SDXL, and which of them this worker can use."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from generation.backends.base import BackendError, ReferencePicture, RenderTask
from generation.backends.diffusers_sdxl.options import SdxlOptions
from generation.backends.preview.references import open_reference

NO_STYLE = (
    "This studio's SDXL worker has no style adapter, so it cannot follow a style picture. Use the "
    "picture as composition, or say the style in words."
)
NO_CHARACTER = (
    "This studio's SDXL worker has no character adapter, so it cannot keep a person's looks. Use "
    "the picture as composition."
)
DISTILLED = (
    "This is a distilled model: it takes the steps it was made for, has its guidance inside and "
    "cannot be told what to leave out. Leave this out, or choose another model."
)
_EDGE_LEVEL = 40  # of 255, how steep the brightness is at an outline


@dataclass(frozen=True)
class Led:
    """How references lead a picture."""

    source: Image.Image | None = None  # where image to image starts
    denoise: float = 1.0  # 0 to 1, how much of it is made anew
    style: tuple[Image.Image, float] | None = None  # picture and strength
    character: tuple[Image.Image, float] | None = None

    @property
    def adapters(self) -> dict[str, tuple[Image.Image, float]]:
        """Picture and strength by the adapter that is needed."""
        both = {"style": self.style, "character": self.character}
        return {name: given for name, given in both.items() if given}


def unavailable(options: SdxlOptions) -> dict[str, str]:
    """The kinds of reference, and controls, that cannot be used, each with the reason."""
    reasons: dict[str, str] = {}
    if options.distilled_steps:
        reasons |= dict.fromkeys(("steps", "guidance", "negative_prompt"), DISTILLED)
    if not (options.style_adapter and options.image_encoder):
        reasons["style"] = NO_STYLE
    if not (options.character_adapter and options.image_encoder):
        reasons["character"] = NO_CHARACTER
    return reasons


def led_by(task: RenderTask, options: SdxlOptions) -> Led:
    """The references of `task`, opened; BackendError for one that cannot be used or read."""
    led: dict = {}
    for role in ("reference", "style"):
        reference = task.references_in(role)
        if reference is None:
            continue
        kind = "style" if role == "style" else reference.kind
        if reason := unavailable(options).get(kind):
            raise BackendError(reason)
        led |= _use(kind, reference, (task.width, task.height))
    return Led(**led)


def _use(kind: str, reference: ReferencePicture, size: tuple[int, int]) -> dict:
    picture = open_reference(reference, size)
    if kind == "composition":
        # 0.95, a copy, leaves 0.05; never nothing, for something has to be made.
        return {"source": picture, "denoise": max(0.05, round(1 - reference.strength, 4))}
    return {kind: (picture, reference.strength)}


def outlines(picture: Image.Image) -> Image.Image:
    """White outlines on black, as a ControlNet for canny edges was trained on."""
    grey = picture.convert("L").filter(ImageFilter.GaussianBlur(1.4))
    vertical, horizontal = np.gradient(np.asarray(grey, np.float32))
    steep = np.hypot(vertical, horizontal) * 4  # about what a Sobel filter gives
    edges = Image.fromarray(((steep > _EDGE_LEVEL) * 255).astype(np.uint8))
    return edges.convert("RGB")
