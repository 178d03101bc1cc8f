"""How many frames WAN is asked for, which of them are kept, and how they leave its decoder."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from generation.backends.diffusers_common.device import torch_or_reason
from generation.backends.diffusers_common.failures import explained, finite


def rendered_frames(frames: int, stride: int = 4) -> int:
    """The least number that WAN can make, stride x k + 1, which is not below `frames`.

    83 frames are 85 for WAN, 166 are 169.
    """
    return -(-(frames - 1) // stride) * stride + 1


def kept_frames(rendered: int, frames: int, *, to_the_end: bool) -> list[int]:
    """Which of the rendered frames make up the clip.

    The first ones; with an end frame, which has to stay the last, the few that are too many
    are left out at even distances.
    """
    if not to_the_end:
        return list(range(frames))
    return [round(place) for place in np.linspace(0, rendered - 1, frames)]


def as_arrays(video: Any, kept: list[int]) -> Iterator[np.ndarray]:
    """Frames `kept` of 3 x frames x height x width values of -1 to 1, one at a time, as RGB."""
    torch = torch_or_reason()
    for place in kept:
        with explained(), torch.inference_mode():
            values = finite(video[:, place].float())
            rgb = ((values / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8)
        yield rgb.permute(1, 2, 0).cpu().numpy()
