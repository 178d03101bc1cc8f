"""The HTTP API of uploads (tus 1.0), imports and exports."""

import binascii
from base64 import b64decode
from typing import IO, Annotated, Any, NoReturn, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Query, Router, Status
from ninja.errors import HttpError

from library.transfer import documents, exporting, uploads
from library.transfer.documents import PART_TYPE
from library.transfer.models import Import, Upload
from library.transfer.schemas import ExportIn, ImportOut, UploadOut, UploadsOut
from ourvidz.errors import RequestError
from ourvidz.pagination import LIMIT_DEFAULT, page_of
from ourvidz.problems import OF_CHANGING, OF_READING, Problem

router = Router(tags=["library"])

TUS = "1.0.0"
EXTENSIONS = "creation,termination"
OF_TUS = OF_CHANGING | {411, 412, 415}
DIGITS = 18  # of a length or an offset


@router.api_operation(["OPTIONS"], "library/uploads", response={204: None, OF_READING: Problem})
def describe_uploads(request: HttpRequest, response: HttpResponse):
    """Which version and extensions of tus are spoken here."""
    most = max(settings.ARCHIVE_BYTES, settings.UPLOAD_CLIP_BYTES)
    _tell(response, {"Tus-Version": TUS, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": most})
    return Status(204, None)


@router.post(
    "library/uploads",
    response={201: UploadOut, OF_TUS: Problem},
    openapi_extra=documents.CREATION,
)
def create_upload(request: HttpRequest, response: HttpResponse):
    """Begin an upload (tus 1.0): Upload-Length, and filename and purpose in Upload-Metadata.

    `purpose` is asset (a picture or a clip, the default) or archive (an export to import).
    """
    _check_version(request)
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    length = _number(request, "Upload-Length")
    name, purpose = told.get("filename", ""), told.get("purpose", Upload.Purpose.ASSET)
    try:
        upload = uploads.begin(request.user, name, length, purpose)
    except uploads.TooLarge as error:
        raise HttpError(413, error.detail) from error
    address = reverse("api:upload", args=[upload.pk])
    _tell(response, {"Location": request.build_absolute_uri(address), "Upload-Offset": 0})
    return Status(201, upload)


@router.get("library/uploads", response={200: UploadsOut, OF_READING: Problem})
def list_uploads(
    request: HttpRequest, cursor: str = "", limit: Annotated[int, Query()] = LIMIT_DEFAULT
):
    """Your uploads of the last days, newest first."""
    rows = Upload.objects.owned_by(request.user).select_related("import_run")
    page = page_of(rows, cursor, limit)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.get(
    "library/uploads/{uuid:upload_id}",
    response={200: UploadOut, OF_READING: Problem},
    url_name="upload",
)
def get_upload(request: HttpRequest, upload_id: UUID):
    """How far it is, and what became of it."""
    return _upload(request, upload_id)


@router.api_operation(
    ["HEAD"],
    "library/uploads/{uuid:upload_id}",
    response={200: None, OF_TUS: Problem},
    openapi_extra=documents.OF_ONE,
)
def get_upload_offset(request: HttpRequest, response: HttpResponse, upload_id: UUID):
    """Where to go on: Upload-Offset."""
    _check_version(request)
    upload = _upload(request, upload_id)
    _tell(response, {"Upload-Offset": upload.offset, "Upload-Length": upload.length})
    response["Cache-Control"] = "no-store"
    return Status(200, None)


@router.patch(
    "library/uploads/{uuid:upload_id}",
    response={204: None, OF_TUS: Problem},
    openapi_extra=documents.PART,
)
def append_to_upload(request: HttpRequest, response: HttpResponse, upload_id: UUID):
    """Send the next bytes, at most UPLOAD_PART_MB (16), as application/offset+octet-stream."""
    _check_version(request)
    upload = _upload(request, upload_id)
    if request.content_type != PART_TYPE:
        raise HttpError(415, f"Send it as {PART_TYPE}.")
    if "Transfer-Encoding" in request.headers:
        raise HttpError(411, "Send Content-Length; a part of unknown length is not taken.")
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    try:
        body = cast(IO[bytes], request)  # which is read as it comes
        offset = uploads.append(upload, _number(request, "Upload-Offset"), body, length)
    except uploads.TooLarge as error:
        raise HttpError(413, error.detail) from error
    _tell(response, {"Upload-Offset": offset})
    return Status(204, None)


@router.delete(
    "library/uploads/{uuid:upload_id}",
    response={204: None, OF_TUS: Problem},
    openapi_extra=documents.OF_ONE,
)
def discard_upload(request: HttpRequest, response: HttpResponse, upload_id: UUID):
    """Stop it and forget it; what is in the library by now stays."""
    _check_version(request)
    uploads.discard(_upload(request, upload_id))
    _tell(response, {})
    return Status(204, None)


@router.get("library/imports/{uuid:import_id}", response={200: ImportOut, OF_READING: Problem})
def get_import(request: HttpRequest, import_id: UUID):
    """How far it is, and what came of it."""
    return get_object_or_404(Import.objects.owned_by(request.user), pk=import_id)


@router.post(
    "library/imports/{uuid:import_id}/cancellation",
    response={200: ImportOut, OF_CHANGING: Problem},
)
def cancel_import(request: HttpRequest, import_id: UUID):
    """Stop it; nothing of it is in the library then. What has ended stays as it ended."""
    run = get_object_or_404(Import.objects.owned_by(request.user), pk=import_id)
    run.request_cancel()
    return run


@router.post(
    "library/exports",
    response={200: None, OF_CHANGING: Problem},
    openapi_extra=documents.ARCHIVE,
)
def export(request: HttpRequest, body: ExportIn) -> StreamingHttpResponse:
    """A collection, a job, a search or a selection as a zip with a manifest, streamed."""
    return exporting.response(request.user, exporting.chosen(request.user, **body.dict()))


def _upload(request: HttpRequest, upload_id: UUID) -> Upload:
    rows = Upload.objects.owned_by(request.user).select_related("import_run")
    return get_object_or_404(rows, pk=upload_id)


def _tell(response: HttpResponse, headers: dict[str, Any]) -> None:
    for name, value in ({"Tus-Resumable": TUS} | headers).items():
        response[name] = str(value)


def _check_version(request: HttpRequest) -> None:
    if request.headers.get("Tus-Resumable") != TUS:
        raise HttpError(412, f"Send Tus-Resumable: {TUS}.")


def _number(request: HttpRequest, header: str) -> int:
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdigit() and len(value) <= DIGITS):
        _wrong(header, "Send a whole number of bytes.")
    return int(value)


def _metadata(header: str) -> dict[str, str]:
    """Upload-Metadata: pairs of a name and a value in base64, with commas between them."""
    try:
        pairs = (pair.strip().partition(" ") for pair in header.split(",") if pair.strip())
        return {name: b64decode(value, validate=True).decode() for name, _, value in pairs}
    except (binascii.Error, UnicodeDecodeError):
        _wrong("Upload-Metadata", "Send names and values in base64, as tus 1.0 says.")


def _wrong(header: str, sentence: str) -> NoReturn:
    raise RequestError({header: [sentence]})
