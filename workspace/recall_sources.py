"""The addresses that answer with controls for the prompt bar, and what they were read from."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.views.decorators.http import require_GET, require_POST

from generation.models import PromptTemplate
from library.models import LibraryAsset
from ourvidz.http import PageRequest
from ourvidz.media.safe_parameters import safe_parameters
from workspace.models import WorkspaceAsset
from workspace.recalling import Recalled, recall, settings_in_file

TOO_LARGE = "This file is larger than {most}. Drop one that OurVidz made."
NO_FILE = "Drop one file."
SILENT = (
    "This file does not say how it was made, so nothing was changed. "
    "To use it as a picture, drop it on a reference box."
)


@login_required
@require_GET
def of_asset(request: PageRequest, asset_id: uuid.UUID) -> HttpResponse:
    """Of one of the user's assets, in the workspace or in the library."""
    return _answer(recall(request.user, _settings_of(_asset(request, pk=asset_id))))


@login_required
@require_GET
def of_template(request: PageRequest, template_id: uuid.UUID) -> HttpResponse:
    """Of a template, also of one that an older version saved."""
    template = get_object_or_404(PromptTemplate.objects.owned_by(request.user), pk=template_id)
    return _answer(recall(request.user, template.settings))


@login_required
@require_POST
def of_file(request: PageRequest) -> HttpResponse:
    """Of a dropped file: of the asset if it is one of the user's, else by what the file says."""
    file = request.FILES.get("file")
    if file is None:
        return _refusal(NO_FILE)
    if (file.size or 0) > settings.UPLOAD_CLIP_BYTES:
        return _refusal(TOO_LARGE.format(most=filesizeformat(settings.UPLOAD_CLIP_BYTES)))
    with TemporaryDirectory(prefix="ourvidz-") as folder:
        path, digest = _written(file, Path(folder) / "dropped")
        try:
            return _answer(recall(request.user, _settings_of(_asset(request, sha256=digest))))
        except Http404:
            parameters = safe_parameters(path)
    if not parameters:
        return _refusal(SILENT)
    return _answer(recall(request.user, *settings_in_file(parameters)))


def _written(file: UploadedFile, path: Path) -> tuple[Path, str]:
    """The path with the file's bytes, and their SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as copy:
        for chunk in file.chunks():
            digest.update(chunk)
            copy.write(chunk)
    return path, digest.hexdigest()


def _asset(request: PageRequest, **named) -> WorkspaceAsset | LibraryAsset:
    staged = WorkspaceAsset.objects.owned_by(request.user).select_related("job")
    kept = LibraryAsset.objects.owned_by(request.user).present()
    found = staged.filter(**named).first() or kept.filter(**named).first()
    if found is None:
        raise Http404
    return found


def _settings_of(asset: WorkspaceAsset | LibraryAsset) -> Mapping[str, Any]:
    """Its job's controls with the asset's own seed, which makes it again as the first output."""
    if isinstance(asset, LibraryAsset):
        told = {**asset.settings, "prompt": asset.original_prompt}
    else:
        told = {**asset.job.settings, "prompt": asset.job.original_prompt}
    return told if asset.seed is None else {**told, "seed": asset.seed}


def _answer(recalled: Recalled) -> JsonResponse:
    return JsonResponse(asdict(recalled))


def _refusal(reason: str) -> JsonResponse:
    return JsonResponse({"detail": reason}, status=422)
