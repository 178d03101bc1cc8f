"""What an operator can set for WAN; docs/settings.md has the environment variables."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WanOptions:
    """Models are local folders or hub ids, in diffusers' layout."""

    model: str = "Wan-AI/Wan2.1-T2V-1.3B-Diffusers"  # from words
    image_model: str = ""  # from a start frame, or to an end frame; empty: not offered
    first_last_model: str = ""  # from a start frame to an end frame; empty: not offered
    loras: str = ""  # a folder of safetensors files
    device: str = "auto"
    dtype: str = "auto"
    compiled: bool = False
    tiling: bool = False
    offload: bool = False
