"""What the prompt bar and the queue say of waiting."""

from django import template

from generation.estimates import Forecast, QueueState
from workspace.templatetags.workspace_page import seconds_in_words

register = template.Library()


@register.filter
def span_in_words(forecast: Forecast) -> str:
    """ "about 12 s", "12 to 20 s", "50 s to 2 min"."""
    likely, late = seconds_in_words(forecast.likely), seconds_in_words(forecast.late)
    if likely == late:
        return f"about {likely}"
    number, _, unit = likely.partition(" ")
    return f"{number if late.endswith(f' {unit}') else likely} to {late}"


@register.filter
def honestly(forecast: Forecast) -> str:
    """What the figures beside Generate stand on."""
    if not forecast.measured:
        words = "A guess, until this studio has made some of these"
    else:
        words = (
            "Half of the last such jobs were done by the first figure, nine of ten by the second"
        )
    if not forecast.ahead:
        return f"{words}."
    jobs = "1 job" if forecast.ahead == 1 else f"{forecast.ahead} jobs"
    return f"{words}. {jobs} ahead of it."


@register.filter
def place_in_words(state: QueueState) -> str:
    """ "next, about 12 s", "3 ahead, about 2 min", nothing for a held job; or why it waits."""
    if state.waits:
        return state.waits
    place = ""
    if state.position is not None:
        place = f"{state.position} ahead" if state.position else "next"
    wait = (
        "" if state.eta_seconds is None else f"done in about {seconds_in_words(state.eta_seconds)}"
    )
    return ", ".join(filter(None, [place, wait]))
