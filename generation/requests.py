"""The one typed validation of everything that a creator can ask for.

The page's form and the API both end in `validate`. What is wrong is named field by field,
all at once, in words that say what to do.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.http import QueryDict
from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from generation import vocabulary as words
from generation.controls import ONLY_SOME_HONOUR, REFERENCE_FIELDS, controls_of
from generation.fields import (
    BatchSize,
    Guidance,
    LengthSeconds,
    Motion,
    NegativePrompt,
    Prompt,
    Seed,
    Steps,
    Strength,
    StrictModel,
    StyleText,
    Text,
    Url,
    Weight,
)
from generation.messages import RULES
from generation.vocabulary import JobType, Mode, Model, Quality, ReferenceKind, ReferenceRole
from ourvidz.errors import RequestError
from ourvidz.sentences import field_errors

IGNORED_FORM_FIELDS = {"csrfmiddlewaretoken"}

__all__ = ["GenerationRequest", "ReferenceSource", "RequestError", "from_form", "validate"]


class ReferenceSource(StrictModel):
    """A picture to refer to, from exactly one place, and how to use it."""

    url: Url | None = None
    asset_id: UUID | None = None
    upload_id: UUID | None = None
    kind: ReferenceKind | None = Field(None, description="Of `reference` only; style if left out.")
    strength: Strength | None = Field(None, description="0.1 to 0.9, or 0.95 for a copy.")

    @model_validator(mode="after")
    def has_one_source(self) -> "ReferenceSource":
        if sum(source is not None for source in (self.url, self.asset_id, self.upload_id)) != 1:
            raise PydanticCustomError("plain", "Give exactly one of url, asset_id or upload_id.")
        return self


def _default_model(data: Mapping[str, Any]) -> Model:
    return Model.WAN if data["mode"] == Mode.VIDEO else Model.SDXL


def _default_batch_size(data: Mapping[str, Any]) -> int:
    return 1 if data["mode"] == Mode.VIDEO else 3


def _render_type(data: Mapping[str, Any]) -> JobType:
    """What a request renders, now or (with `enhancement_only`) later: gives the defaults."""
    mode = Mode.IMAGE if data["model"] == Model.SDXL else data["mode"]
    enhanced = data["enhancement"] != words.EnhancementMethod.NONE
    return words.job_type_for(
        model=data["model"],
        mode=mode,
        quality=data["quality"],
        enhanced=enhanced,
        enhancement_only=False,
    )


class GenerationRequest(StrictModel):
    """Everything that a creator can ask for, checked and with its defaults filled in."""

    prompt: Prompt
    negative_prompt: NegativePrompt = ""
    mode: Mode = Mode.IMAGE
    model: Model = Field(default_factory=_default_model, description="By mode: sdxl or wan.")
    quality: Quality = Quality.FAST
    enhancement: words.EnhancementMethod = words.EnhancementMethod.NONE
    enhancement_only: bool = False
    batch_size: BatchSize = Field(
        default_factory=_default_batch_size, description="1, 3 or 6 images; a video is one."
    )
    aspect_ratio: words.AspectRatio = words.AspectRatio.WIDE
    steps: Steps = Field(
        default_factory=lambda data: _render_type(data).steps, description="By quality."
    )
    guidance: Guidance = Field(
        default_factory=lambda data: _render_type(data).guidance, description="By quality."
    )
    seed: Seed | None = Field(
        None,
        description="Random if left out. Output i uses seed + i; after the largest comes 0.",
    )
    seed_locked: bool = False
    shot_type: words.ShotType = words.ShotType.WIDE
    camera_angle: words.CameraAngle = words.CameraAngle.NONE
    style: words.Style = words.Style.CINEMATIC
    style_text: StyleText = ""
    lighting: words.Lighting = words.Lighting.NONE
    composition: words.Composition = words.Composition.NONE
    colour_grading: words.ColourGrading = words.ColourGrading.NONE
    texture: words.Texture = words.Texture.NONE
    reference: ReferenceSource | None = None
    style_reference: ReferenceSource | None = None
    start_reference: ReferenceSource | None = None
    end_reference: ReferenceSource | None = None
    length_seconds: LengthSeconds = 5
    motion: Motion = 0.5
    content_mode: words.ContentMode = words.ContentMode.SFW
    term_weights: dict[Text, Weight] = Field(default_factory=dict)

    @property
    def job_type(self) -> JobType:
        return words.job_type_for(
            model=self.model,
            mode=self.mode,
            quality=self.quality,
            enhanced=self.enhancement != words.EnhancementMethod.NONE,
            enhancement_only=self.enhancement_only,
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of what is rendered."""
        sizes = words.SDXL_SIZES if self.model == Model.SDXL else words.WAN_SIZES
        return sizes[self.aspect_ratio]

    @property
    def frames(self) -> int:
        """1 for a picture."""
        return words.WAN_FRAMES[self.length_seconds] if self.mode == Mode.VIDEO else 1

    @property
    def enhancement_method(self) -> words.EnhancementMethod:
        """What the chat lane does: instruct where only the enhancement was asked for."""
        if self.enhancement_only and self.enhancement == words.EnhancementMethod.NONE:
            return words.EnhancementMethod.INSTRUCT
        return self.enhancement

    def references(self) -> Iterator[tuple[str, ReferenceRole, ReferenceSource]]:
        """Field name, role and source of each reference that was given."""
        for name, field in REFERENCE_FIELDS.items():
            source = getattr(self, name)
            if source is not None:
                yield name, field.role, source


def validate(data: Mapping[str, Any]) -> GenerationRequest:
    """Check everything that was sent, or raise RequestError with every wrong field."""
    if not isinstance(data, Mapping):
        raise RequestError({"body": ['Send an object of settings, such as {"prompt": "..."}.']})
    errors: dict[str, list[str]] = {}
    request = None
    try:
        request = GenerationRequest.model_validate(data)
    except ValidationError as error:
        errors = field_errors(error.errors(include_url=False), RULES)
    for name, sentence in _conflicts(data):
        errors.setdefault(name, [sentence])
    if errors or request is None:
        raise RequestError(errors)
    return request


def _conflicts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Fields that are fine by themselves and do not go together, with the remedy.

    Looks at what was sent, so that these are named together with fields that are wrong.
    """
    yield from _lane_conflicts(data)
    yield from _kind_conflicts(data)
    yield from _term_conflicts(data)


def _lane_conflicts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    mode = str(data.get("mode") or Mode.IMAGE)
    model = str(data.get("model") or _default_model({"mode": mode}))
    if (model, mode) == (Model.SDXL, Mode.VIDEO):
        yield "model", "SDXL makes images only. Choose wan for video, or image as the mode."
    honoured = controls_of(model, mode)
    if honoured is None:
        return
    if mode == Mode.VIDEO and str(data.get("batch_size") or 1) != "1":
        yield "batch_size", "A video job makes one clip. Leave batch_size out or send 1."
    for name in sorted(ONLY_SOME_HONOUR - honoured - {"batch_size"}):
        if not _at_default(name, data.get(name)):
            label = f"{Model(model).label} {Mode(mode).label.lower()}s"
            yield name, f"{label} cannot use this. Leave it out, or change mode or model."


def _at_default(name: str, value: Any) -> bool:
    """Whether `value`, perhaps text from a form, asks for nothing."""
    default = GenerationRequest.model_fields[name].get_default(call_default_factory=True)
    return value in (None, "", default) or str(value) == str(default)


def _kind_conflicts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, field in REFERENCE_FIELDS.items():
        source = data.get(name)
        if field.kinds_allowed or not isinstance(source, Mapping):
            continue
        if source.get("kind") not in (None, "", field.kind):
            yield f"{name}.kind", "Leave kind out; only reference has a choice of kinds."


def _term_conflicts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    terms, prompt = data.get("term_weights"), data.get("prompt")
    if not isinstance(terms, Mapping) or not isinstance(prompt, str):
        return
    if len(terms) > words.WEIGHTED_TERMS_MAXIMUM:
        sentence = f"Weight at most {words.WEIGHTED_TERMS_MAXIMUM} terms; there are {len(terms)}."
        yield "term_weights", sentence
    for term in terms:
        if not _occurs(str(term), prompt):
            yield f"term_weights.{term}", "Use words that stand in the prompt."


def _occurs(term: str, prompt: str) -> bool:
    """Whether `term` stands in `prompt` as whole words, in any case."""
    pattern = rf"(?<!\w){re.escape(term.strip())}(?!\w)"
    return bool(term.strip()) and re.search(pattern, prompt, re.IGNORECASE) is not None


def from_form(post: QueryDict) -> dict[str, Any]:
    """What `validate` takes, from a form: dotted names nested, blanks left out.

    A reference box that names no picture is left out with its kind and strength.
    """
    data: dict[str, Any] = {}
    for key, value in post.items():
        name, _, part = key.partition(".")
        if not str(value).strip() or name in IGNORED_FORM_FIELDS:
            continue
        if not part:
            data[name] = value
        elif isinstance(data.setdefault(name, {}), dict):
            data[name][part] = value
    return {name: value for name, value in data.items() if not _is_empty_reference(name, value)}


def _is_empty_reference(name: str, value: Any) -> bool:
    return (
        name in REFERENCE_FIELDS
        and isinstance(value, dict)
        and not value.keys() & {"url", "asset_id", "upload_id"}
    )
