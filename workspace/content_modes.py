"""Choosing between SFW and NSFW, for those who may."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from generation.vocabulary import ContentMode
from ourvidz.http import PageRequest


def context() -> dict:
    """What the bar's chip needs."""
    return {
        "mature_content": settings.MATURE_CONTENT,
        "content_modes": ContentMode.choices,
    }


@login_required
@require_POST
def confirm_age(request: PageRequest) -> HttpResponse:
    """The user says that they are an adult; the choice takes the place of the question."""
    if not settings.MATURE_CONTENT:
        raise Http404
    request.user.confirm_adult()
    return render(request, "workspace/_content_mode.html", context())
