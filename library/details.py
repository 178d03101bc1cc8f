"""Everything that is known about how an asset was made, in words."""

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format

from library.models import LibraryAsset

# Settings that have their own place on the page, or say nothing there.
_ELSEWHERE = {
    "prompt",
    "negative_prompt",
    "seed",
    "model",
    "mode",
    "quality",
    "batch_size",
    "enhancement_only",
}
_SPELLED = {
    "sdxl": "SDXL",
    "wan": "WAN 2.1",
    "sfw": "SFW",
    "nsfw": "NSFW",
    "y2k": "Y2K",
    "novel_2d": "2D novel",
    "birds_eye": "Bird's eye",
    "style_text": "Own style",
    "content_mode": "Content",
    "length_seconds": "Length",
}

Fact = tuple[str, str]


def making(asset: LibraryAsset) -> list[Fact]:
    """Model, seed and every control that was set, as name and value."""
    facts = [
        ("Model", spelled(asset.model)),
        ("Quality", spelled(asset.quality)),
        ("Lane", spelled(asset.lane)),
        ("Backend", spelled(asset.backend)),
        *(
            (spelled(name), _in_words(name, value))
            for name, value in asset.settings.items()
            if name not in _ELSEWHERE and _says_something(value)
        ),
    ]
    return _given(facts)


def file_facts(asset: LibraryAsset) -> list[Fact]:
    """What was read from the file, and when it was made and saved."""
    size = filesizeformat(asset.bytes)
    facts = [
        ("Size", f"{asset.width} × {asset.height}"),  # noqa: RUF001 - read by people
        ("Duration", f"{asset.duration_seconds:.2f} s" if asset.duration_seconds else ""),
        ("Frame rate", f"{asset.frames_per_second:.2f} fps" if asset.frames_per_second else ""),
        ("File", f"{asset.mime_type}, {size}"),
        ("Made", _moment(asset.made_at)),
        ("Saved", _moment(asset.created_at)),
        ("SHA-256", asset.sha256),
    ]
    return _given(facts)


def spelled(word: str) -> str:
    """low_angle -> Low angle; names of their own as they are written."""
    return _SPELLED.get(word) or word.replace("_", " ").capitalize()


def _says_something(value: Any) -> bool:
    """Whether a control was set: 0 is a setting, as of guidance; off is none."""
    return value is not False and value not in (None, "", [], {}, "none")


def _given(facts: list[Fact]) -> list[Fact]:
    return [(name, value) for name, value in facts if value]


def _in_words(name: str, value: Any) -> str:
    if value is True:
        return "Yes"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {part}" for key, part in value.items() if part is not None)
    if name == "length_seconds":
        return f"{value} s"
    # Free text stays as it was written; the vocabulary's words are in lower case.
    return str(value) if name == "style_text" else spelled(str(value))


def _moment(moment) -> str:
    return date_format(timezone.localtime(moment), "j F Y, H:i")
