"""Which of the models a request means."""

from collections.abc import Mapping
from typing import Any

from generation.model_spec import BUILT_IN
from generation.offers import Offer, offers
from generation.vocabulary import Mode

NONE_ACTIVE = "This studio has no model switched on. Ask its operator."


def chosen_offer(data: Mapping[str, Any]) -> tuple[Offer, dict[str, list[str]]]:
    """The model that `data` asks for, or the first that makes what it asks for.

    Where there is none the error says so, and another one stands in, so that whatever else
    is wrong can be named at the same time.
    """
    offered = offers()
    if not offered:
        return Offer(BUILT_IN[0]), {"model": [NONE_ACTIVE]}
    default = default_offer(offered, str(data.get("mode") or Mode.IMAGE))
    name = data.get("model")
    if name is None or name == "":
        found: Offer | None = default
    else:
        found = next((offer for offer in offered if offer.model.name == name), None)
    if found is None:
        names = ", ".join(offer.model.name for offer in offered)
        return default, {"model": [f"Choose one of {names}."]}
    return found, {"model": [found.reason]} if found.reason else {}


def default_offer(offered: list[Offer], mode: str) -> Offer:
    """The first of `offered` that makes what `mode` says; best one that can start at once."""
    able = [offer for offer in offered if mode in offer.model.modes] or offered
    return min(able, key=lambda offer: (bool(offer.reason), bool(offer.waits)))
