"""What can be set for the backends, from the environment; docs/settings.md has the table.

A backend takes what it knows by name and leaves the rest, so that a lane can be given to
another backend by its dotted path alone.
"""

from typing import Any

from ourvidz import environment as env

_DTYPES = ("auto", "float16", "bfloat16", "float32")


def sdxl() -> dict[str, Any]:
    """Options of the lane sdxl, by the fields of `SdxlOptions`."""
    return {
        "model": env.text("SDXL_MODEL", "stabilityai/stable-diffusion-xl-base-1.0"),
        "refiner": env.text("SDXL_REFINER"),
        "loras": env.text("SDXL_LORAS"),
        "style_adapter": env.text("SDXL_STYLE_ADAPTER"),
        "character_adapter": env.text("SDXL_CHARACTER_ADAPTER"),
        "image_encoder": env.text("SDXL_IMAGE_ENCODER"),
        "outlines": env.text("SDXL_CONTROLNET"),
        "scheduler": env.text("SDXL_SCHEDULER", "dpm++"),
        "distilled_steps": env.number("SDXL_DISTILLED_STEPS", 0),
        "dtype": env.text("SDXL_DTYPE", "auto", choices=_DTYPES),
        "batch": env.number("SDXL_BATCH", 3, 1),
        "compiled": env.flag("SDXL_COMPILE", False),
        "tiling": env.flag("SDXL_VAE_TILING", False),
        "offload": env.flag("SDXL_OFFLOAD", False),
    }
