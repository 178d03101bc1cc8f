"""What an asset is found by, from its other columns. Pure: any object that has them will do."""

from math import log
from typing import Any

from library.search.fields import RATIOS
from library.search.text import search_text

LARGEST_STEPS = 2**31 - 1
FARTHEST = 0.03  # of a named ratio: WAN's 832 x 480 is called 16:9 and is 2.5 % off

# Columns that `text_of` and `steps_of` read.
READ = frozenset(
    {
        "title",
        "original_prompt",
        "enhanced_prompt",
        "composed_prompt",
        "kind",
        "width",
        "height",
        "model",
        "quality",
        "lane",
        "source",
        "settings",
    }
)
# Columns that follow them.
FOLLOWING = frozenset({"search_text", "steps"})


def text_of(asset: Any) -> str:
    """The asset's `search_text`."""
    prompts = (asset.composed_prompt, asset.original_prompt, asset.enhanced_prompt)
    return search_text((asset.title, *prompts), _facts(asset))


def steps_of(asset: Any) -> int | None:
    """The asset's `steps`."""
    steps = _settings(asset).get("steps")
    if not isinstance(steps, int) or isinstance(steps, bool):
        return None
    return steps if 0 <= steps <= LARGEST_STEPS else None


def ratio_of(width: int, height: int) -> str:
    """The name of the nearest ratio, or nothing where none is near."""
    exact = log(max(width, 1) / max(height, 1))
    nearest = min(RATIOS, key=lambda name: abs(_logarithm(name) - exact))
    return nearest if abs(_logarithm(nearest) - exact) <= FARTHEST else ""


def _logarithm(ratio: str) -> float:
    width, height = map(int, ratio.split(":"))
    return log(width / height)


def _facts(asset: Any) -> dict[str, str]:
    """By the field of the query language. Only text: settings may come from elsewhere."""
    settings = _settings(asset)
    facts = {
        "type": asset.kind,
        "model": asset.model,
        "quality": asset.quality,
        "lane": asset.lane,
        "source": asset.source,
        "ratio": ratio_of(asset.width, asset.height),
        "shot": settings.get("shot_type"),
        "angle": settings.get("camera_angle"),
        "style": settings.get("style"),
    }
    return {name: value for name, value in facts.items() if value and isinstance(value, str)}


def _settings(asset: Any) -> dict[str, Any]:
    return asset.settings if isinstance(asset.settings, dict) else {}
