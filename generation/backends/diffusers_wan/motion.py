"""What the motion strength does beside the words that it adds to the prompt.

Below 0.5 the frames' first noise has a part in common, which holds them together: up to half
of its variance at 0, after the mixed noise of Ge et al., "Preserve Your Own Correlation"
(arxiv.org/abs/2305.10474). From 0.5 on the noise is the model's own, and the words alone say
how lively the clip is.
"""

from typing import Any

from generation.backends.diffusers_common.device import torch_or_reason


def shared_part(motion: float) -> float:
    """The share of the noise's variance, 0 to 0.5, that all frames have in common."""
    return max(0.0, 0.5 - motion)


def first_noise(shape: tuple[int, ...], seed: int, motion: float) -> Any:
    """Noise for latents of `shape`, 1 x channels x frames x height x width, variance 1."""
    torch = torch_or_reason()
    generator = torch.Generator().manual_seed(seed)  # on the CPU: the same on every card
    noise = torch.randn(shape, generator=generator)
    shared = shared_part(motion)
    if not shared:
        return noise
    common = torch.randn((*shape[:2], 1, *shape[3:]), generator=generator)
    return common * shared**0.5 + noise * (1 - shared) ** 0.5
