"""The types of the fields of a request, each with its own rule."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from generation import vocabulary as words

STYLE_TEXT_CHARACTERS = 300
URL_CHARACTERS = 2_000
COPY_STRENGTH = 0.95  # of the Copy preset, the one strength above the range


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("plain", "Remove the NUL character (\\0) from the text.")
    return text


def _with_words(text: str) -> str:
    if not re.search(r"[^\s,.;:!?]", text):
        raise ValueError("prompt")
    return _without_nul(text)


def _step_of_a_twentieth(value: float) -> float:
    steps = value / words.STRENGTH_STEP
    if value != COPY_STRENGTH and (
        value > words.STRENGTH_MAXIMUM + 1e-9 or abs(steps - round(steps)) > 1e-6
    ):
        raise ValueError("strength")
    return round(value, 2)


def _web_address(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s\0]+", url, re.IGNORECASE):
        raise ValueError("url")
    return url


def _batch_size(size: int) -> int:
    if size not in words.BATCH_SIZES:
        raise ValueError("batch_size")
    return size


def _length(seconds: int) -> int:
    if seconds not in words.VIDEO_LENGTHS:
        raise ValueError("length_seconds")
    return seconds


Text = Annotated[str, AfterValidator(_without_nul)]
Prompt = Annotated[
    str,
    Field(max_length=words.PROMPT_CHARACTERS),
    AfterValidator(_with_words),
]
NegativePrompt = Annotated[
    str, Field(max_length=words.PROMPT_CHARACTERS), AfterValidator(_without_nul)
]
StyleText = Annotated[str, Field(max_length=STYLE_TEXT_CHARACTERS), AfterValidator(_without_nul)]
Url = Annotated[str, Field(max_length=URL_CHARACTERS), AfterValidator(_web_address)]
ModelName = Annotated[str, Field(min_length=1, max_length=40)]
# A model has narrower limits of its own, `ModelSpec.steps`.
Steps = Annotated[int, Field(ge=1, le=words.STEPS_OF_ANY_MODEL)]
Guidance = Annotated[
    float,
    Field(
        ge=words.GUIDANCE_MINIMUM,
        le=words.GUIDANCE_MAXIMUM,
        multiple_of=words.GUIDANCE_STEP,
        allow_inf_nan=False,
    ),
]
Seed = Annotated[int, Field(ge=0, le=words.SEED_MAXIMUM)]
Strength = Annotated[
    float,
    Field(ge=words.STRENGTH_MINIMUM, allow_inf_nan=False),
    AfterValidator(_step_of_a_twentieth),
]
Weight = Annotated[
    float, Field(ge=words.WEIGHT_MINIMUM, le=words.WEIGHT_MAXIMUM, allow_inf_nan=False)
]
BatchSize = Annotated[int, AfterValidator(_batch_size)]
LengthSeconds = Annotated[int, AfterValidator(_length)]
Motion = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class StrictModel(BaseModel):
    """Unknown names are refused; null means the same as leaving a name out."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def drop_nulls(cls, data: Any) -> Any:
        if isinstance(data, Mapping):
            return {name: value for name, value in data.items() if value is not None}
        return data
