"""The one typed validation of everything that a creator can ask for.

The page's form and the API both end in `validate`. What is wrong is named field by field,
all at once, in words that say what to do.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.http import QueryDict
from pydantic import Field, PrivateAttr, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from generation import vocabulary as words
from generation.choosing import chosen_offer
from generation.conflicts import conflicts
from generation.controls import REFERENCE_FIELDS
from generation.fields import (
    BatchSize,
    Guidance,
    LengthSeconds,
    ModelName,
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
from generation.messages import RULES, rules_of
from generation.model_spec import BUILT_IN, ModelSpec
from generation.vocabulary import (
    AspectRatio,
    EnhancementMethod,
    JobType,
    Mode,
    Model,
    Quality,
    ReferenceKind,
    ReferenceRole,
)
from ourvidz.errors import RequestError
from ourvidz.sentences import field_errors

IGNORED_FORM_FIELDS = {"csrfmiddlewaretoken"}

__all__ = [
    "GenerationRequest",
    "ReferenceSource",
    "RequestError",
    "from_form",
    "parse",
    "validate",
]


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


def _default_model(data: Mapping[str, Any]) -> str:
    return Model.WAN if data["mode"] == Mode.VIDEO else Model.SDXL


def _default_batch_size(data: Mapping[str, Any]) -> int:
    return 1 if data["mode"] == Mode.VIDEO else 3


def _as_the_studio_comes(data: Mapping[str, Any]) -> dict[str, Any]:
    """Steps and guidance of the table of job types; `parse` fills in what the model says."""
    return _built_in(data["model"]).starting_at(
        data["mode"], data["quality"], enhanced=data["enhancement"] != EnhancementMethod.NONE
    )


def _built_in(name: str) -> ModelSpec:
    """The model of the studio's own that `name` is worked like: sdxl, or else wan (FACTS)."""
    sdxl, wan, *_ = BUILT_IN
    return sdxl if name == Model.SDXL else wan


class GenerationRequest(StrictModel):
    """Everything that a creator can ask for, checked and with its defaults filled in."""

    prompt: Prompt
    negative_prompt: NegativePrompt = ""
    mode: Mode = Mode.IMAGE
    model: ModelName = Field(
        default_factory=_default_model, description="The name of a model; by mode if left out."
    )
    quality: Quality = Quality.FAST
    enhancement: EnhancementMethod = EnhancementMethod.NONE
    enhancement_only: bool = False
    batch_size: BatchSize = Field(
        default_factory=_default_batch_size, description="1, 3 or 6 images; a video is one."
    )
    aspect_ratio: AspectRatio = AspectRatio.WIDE
    steps: Steps = Field(
        default_factory=lambda data: _as_the_studio_comes(data)["steps"],
        description="Within what the model takes, 10 to 50 as a rule; by quality if left out.",
    )
    guidance: Guidance = Field(
        default_factory=lambda data: _as_the_studio_comes(data)["guidance"],
        description="By quality if left out.",
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
    _spec: ModelSpec = PrivateAttr()

    def model_post_init(self, context: Any) -> None:
        self._spec = context if isinstance(context, ModelSpec) else _built_in(self.model)

    @property
    def spec(self) -> ModelSpec:
        """What is to be known of the model that renders it."""
        return self._spec

    @property
    def job_type(self) -> JobType:
        if self.enhancement_only:
            return words.JOB_TYPES["enhancement"]
        return self.spec.job_type(
            self.mode, self.quality, enhanced=self.enhancement != EnhancementMethod.NONE
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of what is rendered."""
        return self.spec.sizes[self.aspect_ratio]

    @property
    def frames(self) -> int:
        """1 for a picture."""
        return words.WAN_FRAMES[self.length_seconds] if self.mode == Mode.VIDEO else 1

    @property
    def enhancement_method(self) -> EnhancementMethod:
        """What the chat lane does: instruct where only the enhancement was asked for."""
        if self.enhancement_only and self.enhancement == EnhancementMethod.NONE:
            return EnhancementMethod.INSTRUCT
        return self.enhancement

    def references(self) -> Iterator[tuple[str, ReferenceRole, ReferenceSource]]:
        """Field name, role and source of each reference that was given."""
        for name, field in REFERENCE_FIELDS.items():
            source = getattr(self, name)
            if source is not None:
                yield name, field.role, source


def parse(data: Mapping[str, Any], model: ModelSpec) -> GenerationRequest:
    """The request for `model`, with its defaults; pydantic's ValidationError if that fails.

    What the model can honour now is not looked at: a job that was accepted stays so.
    """
    given = {name: value for name, value in data.items() if value is not None}
    filled = {**_starting(given, model), **given, "model": model.name}
    return GenerationRequest.model_validate(filled, context=model)


def _starting(data: Mapping[str, Any], model: ModelSpec) -> dict[str, Any]:
    """What the model says where nothing was asked for; nothing where that cannot be told."""
    started: dict[str, Any] = {}
    if AspectRatio.WIDE not in model.sizes:
        started["aspect_ratio"] = next(iter(model.sizes))
    mode, quality = data.get("mode", Mode.IMAGE), data.get("quality", Quality.FAST)
    if mode in model.modes and quality in Quality.values:
        enhanced = data.get("enhancement", EnhancementMethod.NONE) != EnhancementMethod.NONE
        started |= model.starting_at(mode, quality, enhanced=enhanced)
    return started


def validate(data: Mapping[str, Any]) -> GenerationRequest:
    """Check everything that was sent, or raise RequestError with every wrong field."""
    if not isinstance(data, Mapping):
        raise RequestError({"body": ['Send an object of settings, such as {"prompt": "..."}.']})
    offer, errors = chosen_offer(data)
    request = None
    try:
        request = parse(data, offer.model)
    except ValidationError as error:
        found = field_errors(error.errors(include_url=False), RULES | rules_of(offer.model))
        errors = {**found, **errors}
    for name, sentence in conflicts(data, offer):
        errors.setdefault(name, [sentence])
    if errors or request is None:
        raise RequestError(dict(sorted(errors.items(), key=_in_order)))
    return request


def _in_order(error: tuple[str, list[str]]) -> int:
    """The place of a wrong field among all fields; what is none comes last."""
    name = error[0].partition(".")[0]
    fields = list(GenerationRequest.model_fields)
    return fields.index(name) if name in fields else len(fields)


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
