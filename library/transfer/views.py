"""The pages of uploads, imports and exports."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from library.forms import SearchForm
from library.transfer import exporting, uploads
from library.transfer.models import Import, Upload
from ourvidz.errors import LimitError, RequestError, StateError
from ourvidz.http import PageRequest
from ourvidz.media import archive_progress
from ourvidz.media.limits import MAX_UPLOAD_BYTES
from ourvidz.pagination import page_of
from ourvidz.reading import uuid_of, uuids_of

LONGEST_TOKEN = 64  # characters


@login_required
@require_GET
def uploads_page(request: PageRequest) -> HttpResponse:
    """What came in, newest first, and what became of it."""
    rows = Upload.objects.owned_by(request.user).select_related("import_run")
    try:
        page = page_of(rows, request.GET.get("cursor", ""))
    except RequestError:
        raise Http404 from None
    context = {
        "uploads": page.items,
        "next_cursor": page.next_cursor,
        "busy": any(_is_busy(upload) for upload in page.items),
        "picture_bytes": MAX_UPLOAD_BYTES,
        "clip_bytes": settings.UPLOAD_CLIP_BYTES,
    }
    template = "_uploads.html" if request.htmx else "uploads.html"
    return render(request, f"library/transfer/{template}", context)


@login_required
@require_POST
def upload_removal(request: PageRequest, upload_id: UUID) -> HttpResponse:
    """Discard what has arrived, or take what is over from the list."""
    try:
        uploads.discard(get_object_or_404(Upload.objects.owned_by(request.user), pk=upload_id))
    except StateError as error:
        messages.error(request, str(error))
    return redirect("library:uploads")


@login_required
@require_POST
def import_cancellation(request: PageRequest, import_id: UUID) -> HttpResponse:
    """Stop an import; nothing of it is in the library then."""
    get_object_or_404(Import.objects.owned_by(request.user), pk=import_id).request_cancel()
    return redirect("library:uploads")


@login_required
@require_POST
def export(request: PageRequest) -> HttpResponseBase:
    """A search (as on the page, without `except_ids`), a selection (`asset_ids`), a `collection`
    or a `job` as a zip; none of them: the whole library. `content=files` leaves the manifest out.
    """
    plain = request.POST.get("content") == "files"
    token = request.POST.get("token", "")[:LONGEST_TOKEN]
    try:
        return exporting.response(request.user, _chosen(request), token=token, plain=plain)
    except LimitError as error:
        context = {"heading": "Two downloads are running", "reason": error.detail}
        return render(request, "library/transfer/refused.html", context, status=429)
    except RequestError as error:
        context = {"heading": "This cannot be exported", "reason": error.sentences}
        return render(request, "library/transfer/refused.html", context, status=422)


@login_required
@require_GET
def export_progress(request: PageRequest, token: str) -> JsonResponse:
    """How far the export is that was asked for with this token."""
    return JsonResponse(archive_progress.read(request.user.pk, token))


def _chosen(request: PageRequest) -> exporting.Chosen:
    given = request.POST
    if "collection" in given:
        return exporting.chosen(request.user, collection_id=uuid_of(given["collection"]))
    if "job" in given:
        return exporting.chosen(request.user, job_id=uuid_of(given["job"]))
    if asset_ids := uuids_of(given.get("asset_ids", "")):
        return exporting.chosen(request.user, asset_ids=asset_ids)
    without = uuids_of(given.get("except_ids", ""))
    return exporting.chosen(request.user, q=SearchForm(given).as_query, except_ids=without)


def _is_busy(upload: Upload) -> bool:
    run = getattr(upload, "import_run", None)
    return not run.ended if run else upload.status in (Upload.Status.QUEUED, Upload.Status.RUNNING)
