"""What can be set for the backends, from the environment; docs/settings.md has the table.

A backend takes what it knows by name and leaves the rest, so that a lane can be given to
another backend by its dotted path alone.
"""

from typing import Any

from ourvidz import environment as env

_DTYPES = ("auto", "float16", "bfloat16", "float32")


def _comfyui() -> dict[str, Any]:
    """Of a ComfyUI server, which can serve either lane."""
    return {
        "comfyui_url": env.text("COMFYUI_URL", "http://127.0.0.1:8188"),
        "comfyui_workflows": env.text("COMFYUI_WORKFLOWS", "workflows"),
    }


def sdxl() -> dict[str, Any]:
    """Options of the lane sdxl, by the fields of `SdxlOptions`."""
    return {
        "model": env.text("SDXL_MODEL", "stabilityai/stable-diffusion-xl-base-1.0"),
        "config": env.text("SDXL_CONFIG"),
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
        "channels_last": env.flag("SDXL_CHANNELS_LAST", True),
        "tiling": env.flag("SDXL_VAE_TILING", False),
        "offload": env.flag("SDXL_OFFLOAD", False),
        **_comfyui(),
    }


def wan() -> dict[str, Any]:
    """Options of the lane wan, by the fields of `WanOptions`."""
    return {
        "model": env.text("WAN_MODEL", "Wan-AI/Wan2.1-T2V-1.3B-Diffusers"),
        "image_model": env.text("WAN_IMAGE_MODEL"),
        "first_last_model": env.text("WAN_FIRST_LAST_MODEL"),
        "loras": env.text("WAN_LORAS"),
        "dtype": env.text("WAN_DTYPE", "auto", choices=_DTYPES),
        "compiled": env.flag("WAN_COMPILE", False),
        "tiling": env.flag("WAN_VAE_TILING", False),
        "offload": env.flag("WAN_OFFLOAD", False),
        **_comfyui(),
    }


def chat() -> dict[str, Any]:
    """Options of the lane chat, for a chat server or a model on this machine."""
    return {
        "url": env.text("CHAT_URL", "http://127.0.0.1:8080/v1"),
        "key": env.text("CHAT_KEY"),
        "model": env.text("CHAT_MODEL", "Qwen/Qwen2.5-7B-Instruct"),
        "dtype": env.text("CHAT_DTYPE", "auto", choices=_DTYPES),
    }
