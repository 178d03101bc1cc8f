"""Back from the library: a kept asset comes into the workspace again, to be worked on.

It takes the place that it was saved from, where that is still there; else it gets a group of its
own. Asked for twice, also at the same time, there is one copy: its id follows from the asset.
"""

from pathlib import PurePosixPath
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.utils import timezone

from generation.catalogue import find
from generation.model_spec import BUILT_IN, ModelSpec
from generation.models import Job
from generation.models.job import ENDED
from generation.vocabulary import SEED_MAXIMUM, Mode, Model, Quality
from library.models import LibraryAsset
from ourvidz.errors import StateError
from ourvidz.media import buckets
from workspace import expiry
from workspace.models import WorkspaceAsset, WorkspaceAssetQuerySet, default_expiry
from workspace.shapes import shape_of
from workspace.visibility import bring_back, bring_back_groups, lock_jobs, tell, without_files

BUSY = "Its earlier copy is just being changed or removed. Try again in a moment."
NOT_COPIED = "Its file could not be copied just now. Try again."
NOTE = "Copied from the library."


def copy_to_workspace(asset: LibraryAsset) -> WorkspaceAsset:
    """The staged asset, in the workspace now.

    OSError where the files cannot be copied, StateError where an earlier copy is just going.
    """
    return _shown_again(asset) or _made(asset)


def staged_id(asset: LibraryAsset) -> UUID:
    """The id of its copy in the workspace: of the asset it was saved from, or one of its own."""
    return asset.source_asset_id or uuid5(asset.pk, "workspace")


def _shown_again(asset: LibraryAsset) -> WorkspaceAsset | None:
    """The copy that is there or can come back; None once there is certainly none."""
    rows = WorkspaceAsset.objects.owned_by(asset.owner).filter(pk=staged_id(asset))
    staged = rows.select_related("job").first()
    if staged is None:
        return None
    lost = without_files([staged])
    with transaction.atomic():
        lock_jobs([staged.job_id])
        if not lost and _brought_back(rows, staged):
            tell(asset.owner_id, [staged.job_id])
            return staged
    expiry.purge(rows)
    if rows.exists():
        raise StateError(BUSY)
    return None


def _brought_back(rows: WorkspaceAssetQuerySet, staged: WorkspaceAsset) -> bool:
    """Show it for as long as something new; False where it is on its way out."""
    bring_back([staged.pk])
    bring_back_groups([staged.job_id])
    lasting = rows.shown().filter(expires_at__gte=timezone.now())
    return bool(lasting.update(expires_at=default_expiry()))


def _made(asset: LibraryAsset) -> WorkspaceAsset:
    """A new copy; files first and rows second, so that no row lacks its files."""
    media = {name: getattr(asset, name) for name in asset.MEDIA_FIELDS} | _keys(asset)
    row = WorkspaceAsset(pk=staged_id(asset), owner_id=asset.owner_id, **media)
    kept = None
    try:
        for from_key, to_key in zip(asset.keys, row.keys, strict=True):
            buckets.copy(asset.bucket, from_key, row.bucket, to_key)
        kept = _recorded(asset, row)
    finally:
        if kept is not row:
            buckets.remove(row.bucket, row.keys)
    return kept


def _keys(asset: LibraryAsset) -> dict[str, str]:
    stem = f"{asset.owner_id}/{uuid4()}"
    endings = {"thumbnail_key": ".thumb.webp", "poster_key": ".poster.webp"}
    endings |= {"filmstrip_key": ".strip.webp", "key": PurePosixPath(asset.key).suffix}
    return {name: stem + end if getattr(asset, name) else "" for name, end in endings.items()}


@transaction.atomic
def _recorded(asset: LibraryAsset, row: WorkspaceAsset) -> WorkspaceAsset:
    """`row` in the database; the one that another request made meanwhile, if one did."""
    job, row.index = _place(asset)
    lock_jobs([job.pk])
    other = WorkspaceAsset.objects.filter(pk=row.pk).first()
    if other:
        return other
    row.job = job
    row.prompt, row.model, row.settings = asset.composed_prompt, job.model, job.settings
    row.seed = job.seed if asset.seed is None else asset.seed
    row.save(force_insert=True)
    # So the copy says that it is saved, and is not saved once more.
    LibraryAsset.objects.filter(pk=asset.pk).update(source_asset_id=row.pk)
    bring_back_groups([job.pk])
    tell(asset.owner_id, [job.pk])
    return row


def _place(asset: LibraryAsset) -> tuple[Job, int]:
    """The job and index that it was saved from, if they are free; else a group of its own."""
    jobs = Job.objects.owned_by(asset.owner).visual().filter(status__in=ENDED)
    job = jobs.filter(pk=asset.job_id).first() if asset.job_id else None
    if job and not job.assets.filter(index=asset.index).exclude(pk=staged_id(asset)).exists():
        return job, asset.index
    mine, _ = Job.objects.get_or_create(
        owner_id=asset.owner_id, idempotency_key=f"copy:{asset.pk}", defaults=_columns(asset)
    )
    return mine, 0


def _columns(asset: LibraryAsset) -> dict[str, Any]:
    """Of an ended job that stands for how the asset was made."""
    model = _model_of(asset)
    quality = asset.quality if asset.quality in Quality.values else Quality.FAST
    kind = model.job_type(asset.kind, quality)
    return {
        "lane": kind.lane,
        "job_type": kind.name,
        "mode": asset.kind,
        "quality": quality,
        "model": model.name,
        "model_label": model.label,
        "status": Job.Status.COMPLETED,
        "ended_at": timezone.now(),
        "original_prompt": asset.original_prompt or asset.name,
        "enhanced_prompt": asset.enhanced_prompt,
        "composed_prompt": asset.composed_prompt,
        "negative_prompt": asset.negative_prompt,
        "settings": asset.settings | {"aspect_ratio": shape_of(asset.width, asset.height)},
        "seed": min(asset.seed or 0, SEED_MAXIMUM),
        "width": asset.width,
        "height": asset.height,
        "backend": asset.backend,
        "note": NOTE,
    }


def _model_of(asset: LibraryAsset) -> ModelSpec:
    """The model that made it, where this studio has it; else one that makes such."""
    made_by = find(asset.model)
    if made_by and asset.kind in made_by.modes:
        return made_by
    usual = Model.SDXL if asset.kind == Mode.IMAGE else Model.WAN
    return next(spec for spec in BUILT_IN if spec.name == usual)
