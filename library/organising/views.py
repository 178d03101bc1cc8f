"""The review lists: what could be tidied, chosen by its owner and done in one commit."""

from types import ModuleType

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from library.organising import (
    analysis,
    commits,
    duplicates,
    likenesses,
    review,
    suggestions,
    wording,
)
from ourvidz.errors import RequestError
from ourvidz.http import PageRequest

# By the kind that settled rows and the history have, with the name of the URL.
LISTS: dict[str, tuple[ModuleType, str]] = {
    "duplicates": (duplicates, "library:organise"),
    "tag": (suggestions, "library:organise_tags"),
    "prompts": (likenesses, "library:organise_prompts"),
}


@login_required
@require_http_methods(["GET", "POST"])
def page(request: PageRequest, kind: str) -> HttpResponse:
    """A stretch of one list; a POST commits what was chosen in it."""
    if request.method == "POST":
        return _committed(request, kind)
    return _shown(request, kind)


def _committed(request: PageRequest, kind: str) -> HttpResponse:
    """The list again, with the way back in the message; with an error what was chosen stays."""
    listed, url_name = LISTS[kind]
    try:
        outcome = commits.commit(request.user, kind, listed.read(request.user, request.POST))
    except ValueError as error:
        return _shown(request, kind, request.POST, error=str(error))
    except RequestError as error:
        return _shown(request, kind, request.POST, error=error.sentences)
    undo = reverse("workspace:undo", args=[outcome.undo_id]) if outcome.undo_id else ""
    messages.success(request, wording.told(outcome), extra_tags=undo)
    start = review.start_of(request.POST.get("from", ""))
    return redirect(f"{reverse(url_name)}?from={start}" if start else reverse(url_name))


def _shown(
    request: PageRequest, kind: str, posted: QueryDict | None = None, error: str = ""
) -> HttpResponse:
    listed, _ = LISTS[kind]
    start = review.start_of((posted or request.GET).get("from", ""))
    context = {
        "kind": kind,
        "stretch": listed.load(request.user, start, posted),
        "choices": getattr(listed, "CHOICES", {}),
        "error": error,
        "most_prompts": analysis.MOST_PROMPTS,
    }
    return render(request, "library/organise.html", context, status=422 if error else 200)
