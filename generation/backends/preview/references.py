"""References: pictures that a scene is led by."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from generation.backends.base import BackendError, ReferencePicture, RenderTask

from .grading import table_for
from .noise import Size, smoothstep
from .palette import from_lab, to_lab

_READABLE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)


def open_reference(reference: ReferencePicture, size: Size) -> Image.Image:
    """The reference, cropped to cover `size`. BackendError if it cannot be read."""
    try:
        with Image.open(reference.path) as picture:
            return ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.LANCZOS)
    except _READABLE as error:
        named = f"The {reference.role} picture ({Path(reference.path).name})"
        raise BackendError(f"{named} cannot be read. Choose it again or remove it.") from error


class References:
    """The references of a task at one size, read once."""

    def __init__(self, task: RenderTask, size: Size) -> None:
        roles = ("reference", "style", "start", "end")
        given = {role: task.references_in(role) for role in roles}
        self._given = {role: one for role, one in given.items() if one}
        self.pictures = {role: open_reference(one, size) for role, one in self._given.items()}

    def led(self, frame: Image.Image) -> Image.Image:
        """A frame led by the style reference and the reference, as far as they are strong."""
        if "style" in self.pictures:
            strength = self._given["style"].strength
            frame = Image.blend(
                frame, with_palette(frame, self.pictures["style"]), min(1.0, 0.35 + strength * 0.65)
            )
        if "reference" in self.pictures:
            frame = self._by_kind(frame, self._given["reference"])
        return frame

    def _by_kind(self, frame: Image.Image, reference: ReferencePicture) -> Image.Image:
        picture, strength = self.pictures["reference"], reference.strength
        if reference.kind == "style":
            return Image.blend(frame, with_palette(frame, picture), strength)
        if reference.kind == "character":
            return with_subject(frame, picture, strength)
        return with_layout(frame, picture, strength)


def with_palette(frame: Image.Image, picture: Image.Image) -> Image.Image:
    """The frame in the colours of the picture: mean and spread of OKLab carried over."""
    source, target = (
        to_lab(np.asarray(image.reduce(4) if min(image.size) > 128 else image, np.float32) / 255)
        for image in (frame, picture)
    )
    means = [lab.reshape(-1, 3).mean(axis=0) for lab in (source, target)]
    spreads = [lab.reshape(-1, 3).std(axis=0) + 1e-3 for lab in (source, target)]
    ratio = np.clip(spreads[1] / spreads[0], 0.3, 3.0)

    def carried(rgb: np.ndarray) -> np.ndarray:
        return from_lab((to_lab(rgb) - means[0]) * ratio + means[1])

    return frame.filter(table_for([carried]))


def with_layout(frame: Image.Image, picture: Image.Image, strength: float) -> Image.Image:
    """Image to image: the picture's coarse layout and colours come in before its detail.

    The distance to the picture falls steadily as the strength grows.
    """
    radius = max(1.0, min(frame.size) * 0.02)
    own, other = (np.asarray(image, np.float32) for image in (frame, picture))
    own_layout, other_layout = (
        np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), np.float32)
        for image in (frame, picture)
    )
    layout = own_layout + (other_layout - own_layout) * strength**1.1
    own_detail, other_detail = own - own_layout, other - other_layout
    detail = own_detail + (other_detail - own_detail) * strength**1.8
    return Image.fromarray(np.clip(layout + detail + 0.5, 0, 255).astype(np.uint8))


def with_subject(frame: Image.Image, picture: Image.Image, strength: float) -> Image.Image:
    """The middle of the picture, where its subject is, kept; the rest stays the scene."""
    small = picture.resize((64, 64), Image.Resampling.BOX)
    lab = to_lab(np.asarray(small, np.float32) / 255)
    rim = np.concatenate(
        [lab[:4].reshape(-1, 3), lab[:, :4].reshape(-1, 3), lab[:, -4:].reshape(-1, 3)]
    )
    odd = np.linalg.norm((lab - rim.mean(axis=0)) / (rim.std(axis=0) + 0.05), axis=2)
    axis = np.linspace(-1, 1, 64, dtype=np.float32)
    middle = smoothstep(1.05, 0.35, np.hypot(axis[None, :] * 1.1, axis[:, None] * 0.8))
    region = np.clip(middle * (0.6 + 0.4 * smoothstep(0.8, 2.2, odd)) * strength**0.9, 0, 1)
    mask = Image.fromarray((region * 255).astype(np.uint8)).resize(
        frame.size, Image.Resampling.BICUBIC
    )
    toned = Image.blend(picture, with_palette(picture, frame), 0.35 * (1 - strength))
    return Image.composite(toned, frame, mask)
