"""One clip, or one single frame, on the loaded model."""

from collections.abc import Callable
from typing import Any

from PIL import Image

from generation.backends.base import RenderTask
from generation.backends.diffusers_common.device import torch_or_reason
from generation.backends.diffusers_common.failures import finite
from generation.backends.diffusers_common.steps import steps_to_schedule
from generation.backends.diffusers_wan.frames import kept_frames, rendered_frames
from generation.backends.diffusers_wan.model import FLOW_SHIFT, LoadedWan
from generation.backends.diffusers_wan.motion import first_noise, shared_part
from generation.backends.diffusers_wan.references import Led


class Rendering:
    """What is the same for all outputs of `task`."""

    def __init__(self, loaded: LoadedWan, task: RenderTask, led: Led) -> None:
        self.loaded, self.task, self.led = loaded, task, led
        self.loras = loaded.loras.apply(task.prompt, task.term_weights)
        self.frames = rendered_frames(task.frames, loaded.pipeline.vae_scale_factor_temporal)
        kept = kept_frames(self.frames, task.frames, to_the_end=led.end is not None)
        # A clip with an end frame alone is made from it, and then shown the other way round.
        self.is_reversed = led.end is not None and led.start is None
        self.kept = [self.frames - 1 - place for place in kept] if self.is_reversed else kept

    @property
    def parameters(self) -> dict[str, Any]:
        """What the files say beside the task."""
        said: dict[str, Any] = {
            "checkpoint": self.loaded.named.rstrip("/").rpartition("/")[2],
            "scheduler": type(self.loaded.pipeline.scheduler).__name__,
            "flow_shift": FLOW_SHIFT,
        }
        if self.loras:
            said["loras"] = self.loras
        if self.task.mode == "video":
            said |= {"frames_made": self.frames, "shared_noise": shared_part(self.task.motion)}
        return said

    def preview(self, latents: Any, place: int) -> Image.Image:
        return self.loaded.preview(latents, (self.task.width, self.task.height))

    def run(self, index: int, callback: Callable) -> Any:
        """The values of output `index`: 3 x frames x height x width of about -1 to 1."""
        task = self.task
        pipeline, arguments = self._pipeline(task.seed_of(index))
        latents = pipeline(
            prompt=task.prompt,
            negative_prompt=task.negative_prompt,
            width=task.width,
            height=task.height,
            guidance_scale=task.guidance,
            callback_on_step_end=callback,
            output_type="latent",
            **arguments,
        ).frames
        return self.loaded.decoded(finite(latents))

    def _pipeline(self, seed: int) -> tuple[Any, dict[str, Any]]:
        led, task = self.led, self.task
        if led.source is not None:
            return self.loaded.from_picture, {
                "video": [led.source],
                "strength": led.denoise,
                "num_inference_steps": steps_to_schedule(task.steps, led.denoise),
                "generator": torch_or_reason().Generator().manual_seed(seed),
            }
        motion = task.motion if task.mode == "video" else 1.0
        shape = self.loaded.noise_shape(self.frames, (task.width, task.height))
        arguments = {
            "num_frames": self.frames,
            "num_inference_steps": task.steps,
            "latents": first_noise(shape, seed, motion),
        }
        if led.needs != "model":
            arguments["image"] = led.end if self.is_reversed else led.start
            arguments["last_image"] = None if self.is_reversed else led.end
        return self.loaded.pipeline, arguments
