"""The samplers that an operator can choose from."""

from typing import Any

from generation.backends.base import BackendError

# Name -> diffusers class, and what to change in the model's own configuration.
SCHEDULERS: dict[str, tuple[str, dict[str, Any]]] = {
    "dpm++": (
        "DPMSolverMultistepScheduler",
        # The final steps of SDXL are unstable without these (diffusers' documentation).
        {"use_karras_sigmas": True, "euler_at_final": True},
    ),
    "euler": ("EulerDiscreteScheduler", {}),
    "euler-ancestral": ("EulerAncestralDiscreteScheduler", {}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "ddim": ("DDIMScheduler", {}),
    # For turbo, lightning and other distilled models.
    "trailing": ("EulerDiscreteScheduler", {"timestep_spacing": "trailing"}),
}


def scheduler_for(name: str, current: Any) -> Any:
    """The scheduler `name`, set up as the model's `current` one; BackendError if unknown."""
    import diffusers

    if name not in SCHEDULERS:
        raise BackendError(
            f"This worker is set to a scheduler that there is not: {name}. Its operator chooses "
            f"one of {', '.join(SCHEDULERS)}."
        )
    class_name, changes = SCHEDULERS[name]
    return getattr(diffusers, class_name).from_config(current.config, **changes)
