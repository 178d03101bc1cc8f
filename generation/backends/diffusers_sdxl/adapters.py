"""IP-Adapters: pictures that lead by what CLIP sees in them.

https://huggingface.co/h94/IP-Adapter has the weights, as safetensors too.
"""

from typing import Any

from PIL import Image

from generation.backends.base import BackendError
from generation.backends.diffusers_common import weights
from generation.backends.diffusers_common.failures import opening
from generation.backends.diffusers_sdxl.options import SdxlOptions

# InstantStyle: in this block alone an adapter brings the style and not the layout.
# https://huggingface.co/docs/diffusers/using-diffusers/ip_adapter
_STYLE_BLOCK = {"up": {"block_0": [0.0, 1.0, 0.0]}}


class Adapters:
    """The adapters of a pipeline; loaded when a task first needs them, out when none does."""

    def __init__(self, options: SdxlOptions, pipeline: Any) -> None:
        self.files = {"style": options.style_adapter, "character": options.character_adapter}
        self.image_encoder = options.image_encoder
        self.pipeline = pipeline
        self._loaded: tuple[str, ...] = ()

    def apply(self, led: dict[str, tuple[Image.Image, float]]) -> dict[str, Any]:
        """Set up those that `led` names; the arguments that a pipeline then takes."""
        names = tuple(sorted(led))
        if names != self._loaded:
            self._change(names)
        if not names:
            return {}
        scales = [_scale(name, led[name][1]) for name in names]
        self.pipeline.set_ip_adapter_scale(scales)
        return {"ip_adapter_image": [[led[name][0]] for name in names]}

    def _change(self, names: tuple[str, ...]) -> None:
        if self._loaded:
            self.pipeline.unload_ip_adapter()
            self._loaded = ()
        if names:
            self._load_image_encoder()
            self._load(names)
            self._loaded = names

    def _load(self, names: tuple[str, ...]) -> None:
        states = [_state(self.files[name], name) for name in names]
        none = [""] * len(names)
        try:
            with opening(f"{' and '.join(names)} adapter"):
                self.pipeline.load_ip_adapter(states, subfolder=none, weight_name=none)
        except BackendError:
            self.pipeline.unload_ip_adapter()  # what is half there
            raise

    def _load_image_encoder(self) -> None:
        from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

        path = weights.located(self.image_encoder, "image encoder")
        with opening("image encoder"):
            encoder = CLIPVisionModelWithProjection.from_pretrained(
                path, dtype=self.pipeline.dtype, use_safetensors=True
            ).to(self.pipeline._execution_device)
        edge = encoder.config.image_size
        processor = CLIPImageProcessor(size=edge, crop_size=edge)
        self.pipeline.register_modules(image_encoder=encoder, feature_extractor=processor)


def _state(path: str, name: str) -> dict[str, dict[str, Any]]:
    """The weights of an adapter, by the two parts that diffusers knows."""
    from safetensors.torch import load_file

    tensors = load_file(weights.located(path, f"{name} adapter"))
    parts: dict[str, dict[str, Any]] = {"image_proj": {}, "ip_adapter": {}}
    for key, tensor in tensors.items():
        part, _, rest = key.partition(".")
        if part in parts:
            parts[part][rest] = tensor
    return parts


def _scale(name: str, strength: float) -> Any:
    if name == "character":
        return strength
    weights_of_block = [strength * weight for weight in _STYLE_BLOCK["up"]["block_0"]]
    return {"up": {"block_0": weights_of_block}}
