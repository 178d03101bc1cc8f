"""Filmstrips for clips that have none: those made before there were any, or restored without."""

import logging
from collections.abc import Iterator

from django.apps import apps
from django.db.models import QuerySet

from ourvidz.media import buckets
from ourvidz.media.filmstrip import filmstrip
from ourvidz.media.models import MadeFile, MediaKind
from ourvidz.media.probe import MediaError

logger = logging.getLogger(__name__)


def clips_without() -> Iterator[QuerySet]:
    """The rows of each model whose filmstrip is to be made."""
    for model in apps.get_models():
        if issubclass(model, MadeFile):
            yield model._default_manager.filter(kind=MediaKind.VIDEO, filmstrip_key="")


def give_filmstrip(clip: MadeFile) -> bool:
    """Make the filmstrip of `clip`; False where its file cannot be read, or its row has gone.

    The file first: a row never names what is not there.
    """
    key = f"{clip.key.rpartition('.')[0]}.strip.webp"
    try:
        with buckets.local_copy(clip.bucket, clip.key) as path:
            strip = filmstrip(path)
    except (FileNotFoundError, MediaError) as error:
        logger.warning("%s %s gets no filmstrip: %s", clip.bucket, clip.key, error)
        return False
    buckets.store(clip.bucket, key, strip, "image/webp")
    rows = type(clip)._default_manager.filter(pk=clip.pk, key=clip.key)
    if rows.update(filmstrip_key=key):
        return True
    buckets.remove(clip.bucket, [key])
    return False
