"""The search said again in plain Python, over whole rows: what both databases must agree with."""

import operator
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from library.search import fields
from library.search.derived import ratio_of
from library.search.syntax import Text, parse
from library.search.text import folded

COMPARE = {
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def matches(asset, query: str, zone=UTC) -> bool:
    """`asset` has its tags and collections, as lists of names, in `tag_names` and `places`."""
    return all(_holds(asset, t.condition, zone) != t.negated for t in parse(query))


def _holds(asset, condition, zone: ZoneInfo) -> bool:
    match condition:
        case Text(words, whole):
            texts = (asset.title, asset.original_prompt, asset.enhanced_prompt)
            return any(_has(text, words, whole) for text in (*texts, asset.composed_prompt))
        case fields.Fact(name, value):
            return f"{_words(_known(asset)[name] or '')}_".startswith(f"{_words(value)}_")
        case fields.Number(name, comparison, value):
            known = {**asset.settings, "seed": asset.seed, "rating": asset.rating}.get(name)
            return known is not None and COMPARE[comparison](known, value)
        case fields.Size(width, height):
            return (asset.width, asset.height) == (width, height)
        case fields.LongSide(comparison, value):
            return COMPARE[comparison](max(asset.width, asset.height), value)
        case fields.Favourite(value):
            return asset.favourite == value
        case fields.Tagged(name):
            return folded(name) in map(folded, asset.tag_names)
        case fields.InCollection(name):
            return folded(name) in map(folded, asset.places)
        case fields.Saved(day, before):
            start = datetime(day.year, day.month, day.day, tzinfo=zone)
            return (asset.created_at < start) == before
    raise AssertionError(condition)


def _has(text: str, words: str, whole: bool) -> bool:
    wanted = folded(words)
    begin = r"(?<![^\W_])" if wanted[:1].isalnum() else ""
    end = r"(?![^\W_])" if whole and wanted[-1:].isalnum() else ""
    return bool(re.search(begin + re.escape(wanted) + end, folded(text)))


def _known(asset) -> dict[str, str | None]:
    settings = asset.settings
    return {
        "type": asset.kind,
        "ratio": ratio_of(asset.width, asset.height),
        "shot": settings.get("shot_type"),
        "angle": settings.get("camera_angle"),
        "style": settings.get("style"),
        **{name: getattr(asset, name) for name in ("model", "quality", "lane", "source")},
    }


def _words(value: str) -> str:
    return "_".join(re.findall(r"[^\W_]+", folded(value)))
