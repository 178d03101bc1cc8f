"""Tags and filters that every template may use."""

from functools import lru_cache
from typing import Any

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ourvidz.staticfiles import imported_modules

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "bookmark" %}`: a drawing named in static/img/icons.txt.

    It is hidden from screen readers, as a button's own words say more; with a second
    argument it is a picture of that name.
    """
    return _drawing(staticfiles_storage.url("img/icons.svg"), name, label)


@lru_cache(maxsize=1000)  # a page of tiles draws the same dozen of icons hundreds of times
def _drawing(url: str, name: str, label: str) -> SafeString:
    role = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon" {}><use href="{}#{}"></use></svg>', SafeString(role), url, name
    )


@register.simple_tag
def module(name: str) -> SafeString:
    """`{% module "js/library.js" %}`: an ES module, and what it imports fetched beside it.

    A browser would learn of an import only by reading the file that names it.
    """
    preloads = ((staticfiles_storage.url(imported),) for imported in imported_modules(name))
    return format_html(
        '{}<script src="{}" type="module"></script>',
        format_html_join("", '<link rel="modulepreload" href="{}">', preloads),
        staticfiles_storage.url(name),
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
