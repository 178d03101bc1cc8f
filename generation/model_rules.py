"""What a model of the registry may say of itself, checked field by field."""

from collections.abc import Mapping
from typing import Annotated, Any, cast

from django.conf import settings
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError

from generation import vocabulary as words
from generation.backends.diffusers_common.device import DTYPES
from generation.backends.diffusers_sdxl.schedulers import SCHEDULERS
from generation.backends.registry import BACKENDS
from generation.controls import LANE_CONTROLS
from generation.fields import Guidance, StrictModel
from generation.model_spec import ModelSpec
from generation.vocabulary import AspectRatio, Lane, Mode, Quality
from ourvidz.sentences import field_errors

MULTIPLE = 16  # of pixels, which the latents of SDXL and WAN divide a side into

RULES = {
    "steps": f"Give whole numbers from 1 to {words.STEPS_OF_ANY_MODEL}.",
    "guidance": f"Give {words.GUIDANCE_MINIMUM:g} to {words.GUIDANCE_MAXIMUM:g} in steps of "
    f"{words.GUIDANCE_STEP}.",
    "sizes": f"Give width and height, 256 to 2048 and divisible by {MULTIPLE}, by aspect ratio, "
    f'such as {{"1:1": [1024, 1024]}}; the ratios are {", ".join(AspectRatio.values)}.',
    "frames": "Give a whole number: 1 for pictures only, "
    f"{words.WAN_FRAMES[5]} for 5 s, {words.WAN_FRAMES[10]} for 10 s.",
}
NOT_OF_LANE = "The lane {lane} has the backends {names}. Choose one of them, or none."
NO_OPTION = "{lane} has no option {name}. There are: {known}."
NOT_A_CHOICE = "{name} can be {choices}."
WRONG_TYPE = "{name} has to be {kind}."
STEPS_TURNED = "Give the fewest steps and then the most."
BEYOND = "Fast and High have to be within the limits, {fewest} to {most} steps."
NO_CLIPS = "Frames limit clips, and this lane makes pictures."
NOTHING_OF_TEXT = "Leave it empty: the chat lane makes text."
_CHOICES = {"scheduler": tuple(SCHEDULERS), "dtype": DTYPES}
_KINDS = {str: "a text", bool: "true or false", int: "a whole number"}


def _for_both(value: Any) -> Any:
    """A number alone stands for both qualities."""
    return dict.fromkeys(Quality.values, value) if not isinstance(value, Mapping) else value


def _multiple(side: int) -> int:
    if side % MULTIPLE:
        raise ValueError("side")
    return side


Count = Annotated[int, Field(ge=1, le=words.STEPS_OF_ANY_MODEL)]
Side = Annotated[int, Field(ge=256, le=2048), AfterValidator(_multiple)]


class Defaults(StrictModel):
    steps: Annotated[dict[Quality, Count], BeforeValidator(_for_both)] | None = None
    guidance: Annotated[dict[Quality, Guidance], BeforeValidator(_for_both)] | None = None


class Limits(StrictModel):
    steps: tuple[Count, Count] | None = None
    sizes: Annotated[dict[AspectRatio, tuple[Side, Side]], Field(min_length=1)] | None = None
    frames: Annotated[int, Field(ge=1)] | None = None


def errors_of(spec: ModelSpec) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The JSON fields in their plain form, and what is wrong with which field."""
    plain: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, kind in (("defaults", Defaults), ("limits", Limits)):
        plain[name], wrong = _checked(kind, getattr(spec, name))
        if wrong:
            errors[name] = wrong
    checks = {"backend": _of_backend, "options": _of_options}
    if not errors:  # they are compared with each other
        spec = ModelSpec(**{**spec.as_dict(), **plain})
        checks |= {"defaults": _of_defaults, "limits": _of_limits}
    for name, check in checks.items():
        if wrong := check(spec):
            errors[name] = wrong
    return plain, errors


def _checked(kind: type[BaseModel], value: Any) -> tuple[dict[str, Any], list[str]]:
    try:
        return kind.model_validate(value).model_dump(mode="json", exclude_none=True), []
    except ValidationError as error:
        found = field_errors(error.errors(include_url=False), RULES)
        said = [(name.partition(".")[0], text) for name, texts in found.items() for text in texts]
        return {}, [f"{name}: {text}" for name, text in dict.fromkeys(said)]


def _of_backend(spec: ModelSpec) -> list[str]:
    names = BACKENDS[Lane(spec.lane)]
    if not spec.backend or spec.backend in names:
        return []
    return [NOT_OF_LANE.format(lane=spec.lane, names=", ".join(names))]


def _of_options(spec: ModelSpec) -> list[str]:
    """The options of the lane's settings, with values of their types; no secrets in rows."""
    if not isinstance(spec.options, dict):
        return ['Give an object, such as {"scheduler": "euler"}.']
    given = cast(dict[str, Any], settings.BACKENDS[spec.lane]).get("OPTIONS", {})
    known = {name: type(value) for name, value in given.items() if name not in {"model", "key"}}
    wrong = []
    for name, value in spec.options.items():
        if name not in known:
            names = ", ".join(sorted(known))
            wrong.append(NO_OPTION.format(lane=spec.lane, name=name, known=names))
        elif type(value) is not known[name]:
            wrong.append(WRONG_TYPE.format(name=name, kind=_KINDS[known[name]]))
        elif value not in _CHOICES.get(name, (value,)):
            choices = ", ".join(_CHOICES[name])
            wrong.append(NOT_A_CHOICE.format(name=name, choices=choices))
    return wrong


def _of_defaults(spec: ModelSpec) -> list[str]:
    if spec.lane == Lane.CHAT:
        return [NOTHING_OF_TEXT] if spec.defaults else []
    fewest, most = spec.steps
    chosen = spec.defaults.get("steps", {}).values()
    if all(fewest <= steps <= most for steps in chosen):
        return []
    return [BEYOND.format(fewest=fewest, most=most)]


def _of_limits(spec: ModelSpec) -> list[str]:
    if spec.lane == Lane.CHAT:
        return [NOTHING_OF_TEXT] if spec.limits else []
    wrong = []
    if spec.steps[0] > spec.steps[1]:
        wrong.append(STEPS_TURNED)
    if "frames" in spec.limits and (spec.lane, Mode.VIDEO) not in LANE_CONTROLS:
        wrong.append(NO_CLIPS)
    return wrong
