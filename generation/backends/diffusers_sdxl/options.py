"""What an operator can set for SDXL; docs/settings.md has the environment variables."""

from dataclasses import dataclass

BASE = "stabilityai/stable-diffusion-xl-base-1.0"


@dataclass(frozen=True)
class SdxlOptions:
    """Models are local paths or hub ids; empty where there is none."""

    model: str = BASE
    config: str = ""  # diffusers' folder whose shapes a single file has; empty: BASE, by the hub
    refiner: str = ""  # used for quality "high"
    loras: str = ""  # a folder of safetensors files
    style_adapter: str = ""  # IP-Adapter weights, one safetensors file
    character_adapter: str = ""  # the same, such as "plus-face"
    image_encoder: str = ""  # the CLIP vision model of the adapters
    outlines: str = ""  # a ControlNet for canny edges
    scheduler: str = "dpm++"  # a name in schedulers.SCHEDULERS
    distilled_steps: int = 0  # of turbo and lightning models, which need few and no guidance
    device: str = "auto"
    dtype: str = "auto"
    batch: int = 3  # pictures in one call
    compiled: bool = False
    channels_last: bool = True  # the order in memory that convolutions on cards are fastest in
    tiling: bool = False
    offload: bool = False
