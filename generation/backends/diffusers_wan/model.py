"""WAN 2.1 in memory: one of its models, for words or for frames."""

from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image

from generation.backends.diffusers_common import weights
from generation.backends.diffusers_common.device import device_for, dtype_for, torch_or_reason
from generation.backends.diffusers_common.latents import LatentColours
from generation.backends.diffusers_common.loras import Loras
from generation.backends.diffusers_wan.options import WanOptions

NAME = "WAN"
FLOW_SHIFT = 5.0  # FACTS


class LoadedWan:
    """The model of one field of `options`. BackendError if it cannot be loaded."""

    def __init__(self, options: WanOptions, field: str) -> None:
        self.field, self.named = field, getattr(options, field)
        self.device = device_for(options.device)
        self.dtype = dtype_for(options.dtype, self.device, preferred="bfloat16")
        self.pipeline = self._open(weights.located(self.named, NAME))
        self._place(options)
        self.loras = Loras(options.loras, self.pipeline)
        self.colours = LatentColours.fitted(self._encoded)
        if options.compiled:
            self.pipeline.transformer.compile()

    def _open(self, path: Path) -> Any:
        from diffusers import (
            AutoencoderKLWan,
            UniPCMultistepScheduler,
            WanImageToVideoPipeline,
            WanPipeline,
        )

        torch = torch_or_reason()
        kind = WanPipeline if self.field == "model" else WanImageToVideoPipeline
        # Halves in WAN's decoder show as flicker (diffusers' documentation).
        vae = AutoencoderKLWan.from_pretrained(path, subfolder="vae", dtype=torch.float32)
        pipeline = kind.from_pretrained(path, vae=vae, dtype=self.dtype, use_safetensors=True)
        pipeline.scheduler = UniPCMultistepScheduler.from_config(
            pipeline.scheduler.config,
            flow_shift=FLOW_SHIFT,
            use_flow_sigmas=True,
            prediction_type="flow_prediction",
        )
        return pipeline

    def _place(self, options: WanOptions) -> None:
        self.pipeline.set_progress_bar_config(disable=True)
        if options.tiling:
            self.pipeline.vae.enable_tiling()
        if options.offload and self.device != "cpu":
            self.pipeline.enable_model_cpu_offload(device=self.device)
        else:
            self.pipeline.to(self.device)

    def relieve(self) -> None:
        """Need less memory from now on: parts wait outside the card, the decoder goes by tiles."""
        self.pipeline.vae.enable_tiling()
        if self.device != "cpu":
            self.pipeline.enable_model_cpu_offload(device=self.device)

    @cached_property
    def from_picture(self) -> Any:
        """Image to image: video to video of a single frame, with the same weights."""
        from diffusers import WanVideoToVideoPipeline

        own = self.pipeline
        pipeline: Any = WanVideoToVideoPipeline(
            tokenizer=own.tokenizer,
            text_encoder=own.text_encoder,
            transformer=own.transformer,
            vae=own.vae,
            scheduler=own.scheduler,
        )
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    def noise_shape(self, frames: int, size: tuple[int, int]) -> tuple[int, ...]:
        """Of the latents of a clip: 1 x channels x frames x height x width."""
        width, height = size
        time, space = (
            self.pipeline.vae_scale_factor_temporal,
            self.pipeline.vae_scale_factor_spatial,
        )
        channels = self.pipeline.vae.config.z_dim
        return (1, channels, (frames - 1) // time + 1, height // space, width // space)

    def decoded(self, latents: Any) -> Any:
        """3 x frames x height x width of about -1 to 1, out of the pipeline's latents."""
        vae = self.pipeline.vae
        mean, spread = self._statistics(latents)
        with torch_or_reason().inference_mode():
            return vae.decode((latents * spread + mean).to(vae.dtype), return_dict=False)[0][0]

    def preview(self, latents: Any, size: tuple[int, int]) -> Image.Image:
        """The frame in the middle of what there is so far."""
        return self.colours.picture(latents[0, :, latents.shape[2] // 2], size)

    def _encoded(self, picture: Any) -> Any:
        """Latents, channels x height x width, of a 3 x height x width picture of -1 to 1."""
        vae = self.pipeline.vae
        with torch_or_reason().inference_mode():
            # The decoder itself may wait outside the card until it is called.
            video = picture[None, :, None].to(self.pipeline._execution_device, vae.dtype)
            latents = vae.encode(video).latent_dist.mode()
        mean, spread = self._statistics(latents)
        return ((latents - mean) / spread)[0, :, 0]

    def _statistics(self, latents: Any) -> tuple[Any, Any]:
        """Mean and spread of each channel, which the pipelines take out."""
        config = self.pipeline.vae.config
        mean, spread = (
            torch_or_reason().tensor(values).view(1, -1, 1, 1, 1).to(latents)
            for values in (config.latents_mean, config.latents_std)
        )
        return mean, spread
