"""A frame of a clip as a reference for what comes next."""

import uuid

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.views.decorators.http import require_POST

from generation.references import NO_ASSET, reference_from_frame
from ourvidz.errors import RequestError
from ourvidz.http import PageRequest
from ourvidz.media.urls import media_url


class FrameForm(forms.Form):
    """Which frame: the one that is shown at `time`, in seconds."""

    time = forms.FloatField(min_value=0, max_value=24 * 3600)


@login_required
@require_POST
def frame(request: PageRequest, asset_id: uuid.UUID) -> JsonResponse:
    """Keep the clip's frame at `time`: 201 with its `upload_id`, 422 with what is wrong."""
    form = FrameForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        kept = reference_from_frame(request.user, asset_id, form.cleaned_data["time"])
    except RequestError as error:
        if NO_ASSET in error.errors.get("asset_id", []):
            raise Http404 from error
        return JsonResponse({"errors": error.errors}, status=422)
    answer = {"upload_id": kept.pk, "width": kept.width, "height": kept.height}
    return JsonResponse({**answer, "thumbnail_url": media_url(kept, "thumbnail")}, status=201)
