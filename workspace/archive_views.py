"""A selection as one zip."""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from ourvidz.http import PageRequest
from ourvidz.media import archives
from workspace import selection
from workspace.archives import zipped
from workspace.selection_views import asset_ids_of


@login_required
@require_GET
def running(request: PageRequest) -> JsonResponse:
    """Whether another zip may start now; the page asks before it leaves for one."""
    return JsonResponse({"may_start": archives.may_start(request.user.pk)})


@login_required
@require_POST
async def create(request: PageRequest) -> HttpResponseBase:
    """`asset_ids` as one zip, in the order given; 404 if one is not the user's."""
    user: Any = await request.auser()
    ids = asset_ids_of(request)
    assets = await sync_to_async(selection.owned_in_order)(user, ids)
    if not archives.may_start(user.pk):
        return render(request, "workspace/too_many_archives.html", status=429)
    response = StreamingHttpResponse(
        archives.stream(user.pk, zipped(assets)), content_type="application/zip"
    )
    name = f"ourvidz-{timezone.localdate():%Y-%m-%d}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
