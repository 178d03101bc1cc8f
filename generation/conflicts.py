"""Fields that are fine by themselves and do not go together, or not with the model.

They look at what was sent, so that these are named together with fields that are wrong.
Each is the name of a field and a sentence with the remedy.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generation import vocabulary as words
from generation.controls import LANE_CONTROLS, ONLY_SOME_HONOUR, REFERENCE_FIELDS, controls_of
from generation.messages import rules_of
from generation.offers import Offer
from generation.vocabulary import Mode, ReferenceKind

Conflict = tuple[str, str]
# What the fields that only some lanes honour, or a backend may refuse, ask for by themselves.
DEFAULTS = {"batch_size": 3, "length_seconds": 5, "motion": 0.5, "term_weights": {}}


def conflicts(data: Mapping[str, Any], offer: Offer) -> Iterator[Conflict]:
    """All of them."""
    yield from _mode_conflicts(data, offer)
    yield from _refusals(data, offer)
    yield from _limit_conflicts(data, offer)
    yield from _kind_conflicts(data)
    yield from _term_conflicts(data)


def _mode(data: Mapping[str, Any]) -> str:
    return str(data.get("mode") or Mode.IMAGE)


def _mode_conflicts(data: Mapping[str, Any], offer: Offer) -> Iterator[Conflict]:
    mode, label = _mode(data), offer.model.label
    if mode in Mode.values and mode not in offer.model.modes:
        yield "model", f"{label} makes images only. Choose a model for video, or image as the mode."
    honoured = controls_of(offer.model.lane, mode)
    if honoured is None:
        return
    if mode == Mode.VIDEO and str(data.get("batch_size") or 1) != "1":
        yield "batch_size", "A video job makes one clip. Leave batch_size out or send 1."
    for name in sorted(ONLY_SOME_HONOUR - honoured - {"batch_size"}):
        if not _at_default(data.get(name), DEFAULTS.get(name)):
            made = f"{label} {Mode(mode).label.lower()}s"
            yield name, f"{made} cannot use this. Leave it out, or change mode or model."


def _refusals(data: Mapping[str, Any], offer: Offer) -> Iterator[Conflict]:
    """What the backend cannot honour as it is set up."""
    mode = _mode(data)
    if mode not in offer.model.modes:
        return
    quality = str(data.get("quality") or words.Quality.FAST)
    starting = DEFAULTS | offer.model.starting_at(mode, _known_quality(quality))
    for name, why in offer.refused.items():
        if not _at_default(data.get(name), starting.get(name)):
            yield name, why
    if (LANE_CONTROLS[offer.model.lane, mode] >= {"reference"}) and data.get("reference"):
        yield from _refused_kind(data["reference"], offer)
    if offer.both and data.get("start_reference") and data.get("end_reference"):
        yield "end_reference", offer.both


def _known_quality(quality: str) -> str:
    return quality if quality in words.Quality.values else words.Quality.FAST


def _refused_kind(source: Any, offer: Offer) -> Iterator[Conflict]:
    if not isinstance(source, Mapping):
        return
    kind = source.get("kind") or ReferenceKind.STYLE
    if why := offer.kinds.get(str(kind)):
        yield "reference.kind", why


def _at_default(value: Any, default: Any) -> bool:
    """Whether `value`, perhaps text from a form, asks for nothing."""
    if value in (None, "", {}, default):
        return True
    try:
        return isinstance(default, int | float) and float(value) == default
    except (TypeError, ValueError):
        return False


def _limit_conflicts(data: Mapping[str, Any], offer: Offer) -> Iterator[Conflict]:
    """What the model's limits leave out."""
    model, says = offer.model, rules_of(offer.model)
    fewest, most = model.steps
    allowed = {
        "steps": {str(steps) for steps in range(fewest, most + 1)},
        "aspect_ratio": set(model.sizes),
        "length_seconds": {str(seconds) for seconds in model.lengths},
    }
    if _mode(data) != Mode.VIDEO:
        del allowed["length_seconds"]
    for name, values in allowed.items():
        if data.get(name) not in (None, "") and str(data[name]).strip() not in values:
            yield name, says[name]


def _kind_conflicts(data: Mapping[str, Any]) -> Iterator[Conflict]:
    for name, field in REFERENCE_FIELDS.items():
        source = data.get(name)
        if field.kinds_allowed or not isinstance(source, Mapping):
            continue
        if source.get("kind") not in (None, "", field.kind):
            yield f"{name}.kind", "Leave kind out; only reference has a choice of kinds."


def _term_conflicts(data: Mapping[str, Any]) -> Iterator[Conflict]:
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
