"""SDXL in memory: its pipelines, which share their weights, and what is attached to them."""

from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image

from generation.backends.diffusers_common import weights
from generation.backends.diffusers_common.device import device_for, dtype_for, torch_or_reason
from generation.backends.diffusers_common.failures import opening
from generation.backends.diffusers_common.latents import LatentColours
from generation.backends.diffusers_common.loras import Loras
from generation.backends.diffusers_sdxl.adapters import Adapters
from generation.backends.diffusers_sdxl.options import BASE, SdxlOptions
from generation.backends.diffusers_sdxl.schedulers import scheduler_for

NAME = "SDXL"


class LoadedSdxl:
    """The model as `options` say. BackendError if it cannot be loaded."""

    def __init__(self, options: SdxlOptions) -> None:
        self.options = options
        self.device = device_for(options.device)
        self.dtype = dtype_for(options.dtype, self.device, preferred="float16")
        self.base = self._open(weights.located(options.model, NAME))
        self.base.scheduler = scheduler_for(self._scheduler_name, self.base.scheduler)
        self._place(self.base)
        self.loras = Loras(options.loras, self.base)
        self.adapters = Adapters(options, self.base)
        self.colours = LatentColours.fitted(self._encoded)
        if options.compiled:
            self.base.unet.compile(mode="reduce-overhead", fullgraph=True)

    @property
    def _scheduler_name(self) -> str:
        return "trailing" if self.options.distilled_steps else self.options.scheduler

    def _open(self, path: Path) -> Any:
        from diffusers import StableDiffusionXLPipeline

        if path.is_file():
            # The parts' shapes are not in such a file; the hub has them, or a folder.
            config = self.options.config or BASE
            return StableDiffusionXLPipeline.from_single_file(
                path, dtype=self.dtype, config=config, add_watermarker=False
            )
        return StableDiffusionXLPipeline.from_pretrained(
            path,
            dtype=self.dtype,
            use_safetensors=True,
            variant=weights.variant_of(path),
            add_watermarker=False,
        )

    def _place(self, pipeline: Any) -> None:
        """Onto the device, set up as the options say."""
        pipeline.set_progress_bar_config(disable=True)
        pipeline.vae.enable_slicing()
        if self.options.tiling:
            pipeline.vae.enable_tiling()
        if self.options.channels_last:
            pipeline.unet.to(memory_format=torch_or_reason().channels_last)
        if self.options.offload and self.device != "cpu":
            pipeline.enable_model_cpu_offload(device=self.device)
        else:
            pipeline.to(self.device)

    def relieve(self) -> None:
        """Need less memory from now on: parts wait outside the card, the decoder goes by tiles."""
        self.base.vae.enable_tiling()
        if self.device != "cpu":
            self.base.enable_model_cpu_offload(device=self.device)

    @cached_property
    def from_picture(self) -> Any:
        """Image to image, with the same weights."""
        from diffusers import StableDiffusionXLImg2ImgPipeline

        return self._sharing(StableDiffusionXLImg2ImgPipeline)

    @cached_property
    def with_outlines(self) -> Any:
        """Image to image that a ControlNet holds to given outlines."""
        from diffusers import ControlNetModel, StableDiffusionXLControlNetImg2ImgPipeline

        path = weights.located(self.options.outlines, "ControlNet")
        with opening("ControlNet"):
            controlnet = ControlNetModel.from_pretrained(
                path, dtype=self.dtype, use_safetensors=True
            ).to(self.device)
        return self._sharing(StableDiffusionXLControlNetImg2ImgPipeline, controlnet=controlnet)

    def _sharing(self, kind: Any, **parts: Any) -> Any:
        pipeline = kind.from_pipe(self.base, dtype=self.dtype, **parts)
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    @cached_property
    def refiner(self) -> Any:
        """The second expert, for the last steps."""
        from diffusers import StableDiffusionXLImg2ImgPipeline

        path = weights.located(self.options.refiner, "SDXL refiner")
        with opening("SDXL refiner"):
            pipeline = StableDiffusionXLImg2ImgPipeline.from_pretrained(
                path,
                dtype=self.dtype,
                use_safetensors=True,
                variant=weights.variant_of(path),
                vae=self.base.vae,
                text_encoder_2=self.base.text_encoder_2,
                tokenizer_2=self.base.tokenizer_2,
                add_watermarker=False,
            )
        pipeline.scheduler = scheduler_for(self._scheduler_name, pipeline.scheduler)
        self._place(pipeline)
        return pipeline

    def preview(self, latents: Any, place: int, size: tuple[int, int]) -> Image.Image:
        return self.colours.picture(latents[place], size)

    def _encoded(self, picture: Any) -> Any:
        """Latents of a 3 x height x width picture of -1 to 1; in float32, as halves overflow."""
        torch = torch_or_reason()
        vae, halves = self.base.vae, self.dtype != torch.float32
        with torch.inference_mode():
            if halves:
                vae.to(torch.float32)
            # The decoder itself may wait outside the card until it is called.
            picture = picture[None].to(self.base._execution_device)
            latents = vae.encode(picture).latent_dist.mode()[0]
            if halves:
                vae.to(self.dtype)
        return latents * vae.config.scaling_factor
