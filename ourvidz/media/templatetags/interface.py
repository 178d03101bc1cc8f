"""Tags and filters that every template may use."""

from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "bookmark" %}`: a drawing named in static/img/icons.txt.

    It is hidden from screen readers, as a button's own words say more; with a second
    argument it is a picture of that name.
    """
    return _drawing(static("img/icons.svg"), name, label)


@lru_cache(maxsize=500)  # a page of the library has hundreds
def _drawing(sprite: str, name: str, label: str) -> SafeString:
    role = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon" {}><use href="{}#{}"></use></svg>', SafeString(role), sprite, name
    )


@register.inclusion_tag("_field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """`{% field form.title %}`: one form field with its label, help and errors."""
    return {"field": bound, "control": bound.as_widget(attrs={"class": "input"})}


@register.filter
def duration(seconds: float | None) -> str:
    """7.2 -> '0:07', 3661 -> '1:01:01'; nothing for a picture, which has none."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
