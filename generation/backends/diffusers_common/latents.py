"""Small pictures of what a model has so far, without its slow decoder.

Latents of SDXL and WAN are close to a linear function of the picture, as T. A. Vass shows in
"Explaining the SDXL latent space" (huggingface.co/blog/TimothyAlexisVass). The function is
fitted to the loaded decoder itself, by least squares over one picture of many colours, so it
holds for any VAE.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from generation.backends.diffusers_common.device import torch_or_reason
from generation.backends.preview.progress import preview_size

_EDGE = 256  # pixels of the picture of many colours


class LatentColours:
    """The linear function from latents, channels x height x width, to RGB."""

    def __init__(self, weights: Any) -> None:
        self.weights = weights  # (channels + 1) x 3, for RGB of 0 to 1

    @classmethod
    def fitted(cls, encode: Callable[[Any], Any]) -> "LatentColours":
        """Fit to `encode`: a 3 x height x width picture of -1 to 1 to its latents."""
        torch = torch_or_reason()
        picture = torch.from_numpy(_many_colours())
        latents = encode(picture * 2 - 1).float().cpu()
        small = torch.nn.functional.interpolate(picture[None], latents.shape[-2:], mode="area")[0]
        inputs = _with_one(latents)
        targets = small.flatten(1).T
        # A little of ridge regression: channels may say the same.
        square = inputs.T @ inputs + 1e-3 * torch.eye(inputs.shape[1])
        return cls(torch.linalg.solve(square, inputs.T @ targets))

    def picture(self, latents: Any, size: tuple[int, int]) -> Image.Image:
        """A preview of `latents` for an output of `size` pixels, (width, height).

        Early in the work latents are mostly noise, of any scale; that is taken out.
        """
        latents = latents.detach().float()
        latents = latents / latents.std().clamp(min=1.0)
        height, width = latents.shape[-2:]
        rgb = _with_one(latents.cpu()) @ self.weights
        pixels = (rgb.clamp(0, 1) * 255).to(torch_or_reason().uint8).reshape(height, width, 3)
        return Image.fromarray(pixels.numpy()).resize(preview_size(*size), Image.Resampling.BICUBIC)


def _with_one(latents: Any) -> Any:
    """One row per place: its channels, and a 1 for the bias."""
    torch = torch_or_reason()
    rows = latents.flatten(1).T
    return torch.cat([rows, torch.ones(len(rows), 1)], dim=1)


def _many_colours() -> np.ndarray:
    """3 x 256 x 256 of 0 to 1: soft and hard patches of many colours, always the same."""
    random = np.random.default_rng(0)
    planes = np.zeros((_EDGE, _EDGE, 3), np.float32)
    for cells, resampling in ((4, Image.Resampling.BICUBIC), (16, Image.Resampling.NEAREST)):
        patches = Image.fromarray(random.integers(0, 256, (cells, cells, 3), np.uint8))
        planes += np.asarray(patches.resize((_EDGE, _EDGE), resampling), np.float32) / 510
    return planes.transpose(2, 0, 1).copy()
