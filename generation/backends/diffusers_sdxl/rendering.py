"""One task on the loaded model: which pipeline, with which arguments."""

from collections.abc import Callable
from typing import Any

from PIL import Image

from generation.backends.base import RenderTask
from generation.backends.diffusers_common.device import torch_or_reason
from generation.backends.diffusers_common.failures import finite
from generation.backends.diffusers_common.steps import steps_to_schedule
from generation.backends.diffusers_sdxl.model import LoadedSdxl
from generation.backends.diffusers_sdxl.prompts import Embeddings, embed
from generation.backends.diffusers_sdxl.references import Led, outlines

# The share of the steps that the base model does before the refiner (diffusers' documentation).
_REFINED_FROM = 0.8

Callback = Callable[..., Callable]  # Steps.callback


class Rendering:
    """What is the same for all outputs of `task`, prepared once."""

    def __init__(self, loaded: LoadedSdxl, task: RenderTask, led: Led) -> None:
        self.loaded, self.task, self.led = loaded, task, led
        options = loaded.options
        # SDXL is not guided at 1 or below, and distilled models have their guidance inside.
        self.guidance = 1.0 if options.distilled_steps else task.guidance
        self.steps = options.distilled_steps or task.steps
        self.is_refined = bool(options.refiner) and task.quality == "high" and not led.source
        self.loras = loaded.loras.apply(task.prompt, task.term_weights)
        self.adapters = loaded.adapters.apply(led.adapters)
        self.embeddings = self._embedded(loaded.base)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the files say beside the task."""
        said: dict[str, Any] = {
            "checkpoint": self.loaded.options.model.rstrip("/").rpartition("/")[2],
            "scheduler": type(self.loaded.base.scheduler).__name__,
            "steps_made": self.steps,
        }
        if self.loras:
            said["loras"] = self.loras
        return said

    def _embedded(self, pipeline: Any) -> Embeddings:
        task = self.task
        return embed(pipeline, task.prompt, task.negative_prompt, task.term_weights)

    def preview(self, latents: Any, place: int) -> Image.Image:
        return self.loaded.preview(latents, place, (self.task.width, self.task.height))

    def run(self, indices: tuple[int, ...], callback: Callback) -> list[Image.Image]:
        """The pictures of `indices`, computed together; BackendError if they have no values."""
        pipeline, arguments = self._pipeline()
        common = self._common(indices)
        if not self.is_refined:
            call = callback(indices)
            pixels = pipeline(
                **common, **arguments, callback_on_step_end=call, output_type="pt"
            ).images
            return self._pictures(pixels)
        return self._pictures(self._refined(pipeline, common | arguments, indices, callback))

    def _common(self, indices: tuple[int, ...]) -> dict[str, Any]:
        torch = torch_or_reason()
        # On the CPU, so that a seed is the same picture on every card.
        generators = [torch.Generator().manual_seed(self.task.seed_of(i)) for i in indices]
        return {
            **self.embeddings.arguments(),
            **self.adapters,
            "num_images_per_prompt": len(indices),
            "generator": generators,
            "guidance_scale": self.guidance,
        }

    def _pipeline(self) -> tuple[Any, dict[str, Any]]:
        """Text to image, or image to image, perhaps held to outlines; with its arguments."""
        task, led = self.task, self.led
        if led.source is None:
            size = {"width": task.width, "height": task.height}
            return self.loaded.base, size | {"num_inference_steps": self.steps}
        arguments: dict[str, Any] = {
            "image": led.source,
            "strength": led.denoise,
            "num_inference_steps": steps_to_schedule(self.steps, led.denoise),
        }
        if not self.loaded.options.outlines:
            return self._sharing_adapters(self.loaded.from_picture), arguments
        arguments["control_image"] = outlines(led.source)
        arguments["controlnet_conditioning_scale"] = 1 - led.denoise
        return self._sharing_adapters(self.loaded.with_outlines), arguments

    def _sharing_adapters(self, pipeline: Any) -> Any:
        """Adapters that came later are told to a pipeline that shares the weights."""
        base = self.loaded.base
        pipeline.register_modules(
            image_encoder=base.image_encoder, feature_extractor=base.feature_extractor
        )
        return pipeline

    def _refined(
        self, base: Any, arguments: dict, indices: tuple[int, ...], callback: Callback
    ) -> Any:
        """The first steps by the base model, the last by the refiner."""
        latents = base(
            **arguments,
            denoising_end=_REFINED_FROM,
            callback_on_step_end=callback(indices),
            output_type="latent",
        ).images
        done = base.num_timesteps
        refiner = self.loaded.refiner
        return refiner(
            **self._embedded(refiner).arguments(),
            image=latents,
            num_images_per_prompt=len(indices),
            num_inference_steps=arguments["num_inference_steps"],
            guidance_scale=self.guidance,
            generator=arguments["generator"],
            denoising_start=_REFINED_FROM,
            callback_on_step_end=callback(indices, done),
            output_type="pt",
        ).images

    def _pictures(self, pixels: Any) -> list[Image.Image]:
        """batch x 3 x height x width of 0 to 1 as pictures of the size asked for."""
        values = (finite(pixels).float().cpu() * 255).round().to(torch_or_reason().uint8)
        return [Image.fromarray(one.permute(1, 2, 0).numpy()) for one in values]
