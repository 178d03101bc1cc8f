"""The models as creators may ask for them now, and what each cannot honour as it is set up."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from generation.announcements import Announcement, announced
from generation.backends.registry import backend_for
from generation.catalogue import visual_models
from generation.controls import controls_of
from generation.installed import words_here
from generation.model_spec import ModelSpec
from generation.vocabulary import ReferenceKind

logger = logging.getLogger(__name__)

NO_BACKEND = "This studio cannot find what runs {label}. Ask its operator, or choose another model."
NOT_THERE = "No worker of this studio has {label}. Choose another model, or ask its operator."
WAITS = "No worker for {label} is running now. What you send waits until one is back."
_BY_ROLE = {"style": "style_reference", "start": "start_reference", "end": "end_reference"}
BOTH_FRAMES = "start+end"  # how backends call the two together


@dataclass(frozen=True)
class Offer:
    """A model and what may be asked of it.

    `reason` says why it cannot be used, `waits` that its jobs will wait; both empty where all
    is well. `refused` has the controls that it cannot honour, `kinds` the kinds of the plain
    reference, each with the reason; `both` is why a start and an end frame do not go together.
    `words` switch something on where they stand in a prompt, here or at a worker.
    """

    model: ModelSpec
    reason: str = ""
    waits: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    both: str = ""
    words: tuple[str, ...] = ()

    def controls(self, mode: str) -> frozenset[str]:
        """The names of those that can be used in `mode`; none for a mode that it has not."""
        if mode not in self.model.modes:
            return frozenset()
        return (controls_of(self.model.lane, mode) or frozenset()) - self.refused.keys()


def offers() -> list[Offer]:
    """Every active model that makes pictures or clips, in the operator's order."""
    heard = announced()
    return [_offer(model, heard) for model in visual_models()]


def _offer(model: ModelSpec, heard: Announcement | None) -> Offer:
    """As the workers say; where none of the lane lives, as this machine's settings say."""
    words = heard.words.get(model.name, ()) if heard else ()
    if heard and model.lane in heard.lanes:
        reason = heard.models.get(model.name, NOT_THERE.format(label=model.label))
        unavailable = heard.unavailable.get(model.name)
        if reason or unavailable is not None:
            return _without(model, unavailable or {}, words, reason=reason)
    waits = WAITS.format(label=model.label) if heard and model.lane not in heard.lanes else ""
    try:
        return _without(model, backend_for(model).unavailable(), words, waits=waits)
    except ImportError as error:
        logger.error("model %s: %s", model.name, error)
        return Offer(model, reason=NO_BACKEND.format(label=model.label))


def _without(
    model: ModelSpec, unavailable: Mapping[str, str], told: Iterable[str], **more: str
) -> Offer:
    """The offer, with a backend's words for references turned into those for controls."""
    kinds = {kind: why for kind, why in unavailable.items() if kind in ReferenceKind.values}
    of_references = {*ReferenceKind.values, *_BY_ROLE, BOTH_FRAMES}
    refused = {name: why for name, why in unavailable.items() if name not in of_references}
    refused |= {
        control: unavailable[role] for role, control in _BY_ROLE.items() if role in unavailable
    }
    if len(kinds) == len(ReferenceKind.values):
        refused["reference"] = kinds[ReferenceKind.COMPOSITION]
    both = unavailable.get(BOTH_FRAMES, "")
    words = tuple(dict.fromkeys([*words_here(model), *told]))
    return Offer(model, refused=refused, kinds=kinds, both=both, words=words, **more)
