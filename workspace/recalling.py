"""Getting the controls of the prompt bar back: from an asset, a template or a made file.

Every control that still makes sense is restored; of every other one it is said why not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from generation.catalogue import visual_models
from generation.content import may_choose
from generation.controls import REFERENCE_FIELDS
from generation.models import Reference
from generation.requests import GenerationRequest, validate
from generation.vocabulary import ContentMode
from ourvidz.errors import RequestError
from ourvidz.media.urls import media_url
from workspace.prompt_bar import LABELS
from workspace.shapes import SIZES, shape_of

GONE = "the picture is gone; add it again."
UNKNOWN = "this studio has no such control."
PLACEHOLDER = "x"  # stands for a prompt that is not restored while the rest is checked
NOT_CONTROLS = {"enhancement_only"}


@dataclass
class Recalled:
    """Controls by name, references by the name of their box, and what could not be restored."""

    controls: dict[str, Any] = field(default_factory=dict)
    references: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def recall(owner, settings: Mapping[str, Any], missing: Iterable[str] = ()) -> Recalled:
    """What of `settings` can be restored for `owner`; `missing` is what is known to be lost."""
    recalled = Recalled(missing=list(missing))
    known = GenerationRequest.model_fields.keys() - NOT_CONTROLS
    given = {name: value for name, value in settings.items() if name not in NOT_CONTROLS}
    recalled.missing += [f"{str(name)[:40]}: {UNKNOWN}" for name in given if name not in known]
    _restore_references(owner, given, recalled)
    controls = known - REFERENCE_FIELDS.keys()
    told = {name: given[name] for name in given if name in controls}
    if told.get("content_mode") == ContentMode.NSFW and not may_choose(owner):
        del told["content_mode"]
        recalled.missing.append(f"{LABELS['content_mode']}: NSFW is not yours to choose here.")
    _restore_controls(told, recalled)
    return recalled


def _restore_controls(given: dict[str, Any], recalled: Recalled) -> None:
    """Leave out what is refused, one round after the other, until the rest is accepted."""
    while wrong := {path: text for path, text in _errors_in(given).items() if _names(path, given)}:
        for path, sentences in wrong.items():
            name, _, part = path.partition(".")
            recalled.missing.append(f"{LABELS.get(name, name)}: {' '.join(sentences)}")
            given = _without(given, name, part)
    recalled.controls = given


def _names(path: str, given: Mapping[str, Any]) -> bool:
    return path.partition(".")[0] in given


def _errors_in(given: Mapping[str, Any]) -> dict[str, list[str]]:
    try:
        validate({"prompt": PLACEHOLDER, **given})
    except RequestError as error:
        return error.errors
    return {}


def _without(given: Mapping[str, Any], name: str, part: str) -> dict[str, Any]:
    """`given` without one control, or without one part of it where it has such."""
    value = given.get(name)
    if isinstance(value, dict) and part in value and len(value) > 1:
        return {**given, name: {key: kept for key, kept in value.items() if key != part}}
    return {key: kept for key, kept in given.items() if key != name}


def _restore_references(owner, given: Mapping[str, Any], recalled: Recalled) -> None:
    asked = {name: given[name] for name in REFERENCE_FIELDS if given.get(name)}
    ids = {name: _upload_id(source) for name, source in asked.items()}
    rows = Reference.objects.owned_by(owner).in_bulk([pk for pk in ids.values() if pk])
    for name, source in asked.items():
        reference = rows.get(ids[name])
        if reference is None:
            recalled.missing.append(f"{LABELS[name]}: {GONE}")
            continue
        recalled.references[name] = {
            "upload_id": str(reference.pk),
            "kind": source.get("kind"),
            "strength": source.get("strength"),
            "thumbnail": media_url(reference, "thumbnail"),
            "source": str(reference),
        }


def _upload_id(source: Any) -> UUID | None:
    try:
        return UUID(source["upload_id"])
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def settings_in_file(parameters: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The controls that a file's parameters name, and sentences on what they cannot give."""
    if parameters.get("app") == "OurVidz":
        return _our_settings(parameters), []
    return _foreign_settings(parameters)


def _our_settings(parameters: Mapping[str, Any]) -> dict[str, Any]:
    controls = parameters.get("controls")
    told = {**controls} if isinstance(controls, dict) else {}
    for name in ("negative_prompt", "seed", "steps", "guidance", "model", "mode", "quality"):
        told[name] = parameters.get(name)
    told["prompt"] = parameters.get("original_prompt") or parameters.get("prompt")
    told["term_weights"] = parameters.get("term_weights")
    told["motion"] = parameters.get("motion")
    size = _size(parameters)
    told["aspect_ratio"] = shape_of(*size) if size else None
    return {name: value for name, value in told.items() if value is not None}


def _size(parameters: Mapping[str, Any]) -> tuple[int, int] | None:
    width, _, height = str(parameters.get("size", "")).partition("x")
    return (int(width), int(height)) if width.isdecimal() and height.isdecimal() else None


def _foreign_settings(parameters: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """From the text that other image tools write."""
    told = {
        name: parameters[name]
        for name in ("prompt", "negative_prompt", "steps", "guidance", "seed")
        if parameters.get(name) not in (None, "")
    }
    missing = []
    model = parameters.get("model")
    if model in {spec.name for spec in visual_models()}:
        told["model"] = model
    elif model:
        missing.append(f"Model: this studio has no {str(model)[:80]}.")
    width, height = parameters.get("width"), parameters.get("height")
    if isinstance(width, int) and isinstance(height, int):
        told["aspect_ratio"] = shape_of(width, height)
        if (width, height) not in SIZES:
            missing.append(f"Size {width} by {height}: {told['aspect_ratio']} is the nearest.")
    return told, missing
