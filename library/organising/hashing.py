"""The perceptual hash of assets that were kept before there was one."""

import logging
from collections.abc import Iterable, Iterator

from PIL import Image

from library.models import LibraryAsset
from ourvidz.media import buckets
from ourvidz.media.perceptual import PLAIN, perceptual_hash

logger = logging.getLogger(__name__)

BATCH = 200
COLUMNS = ("pk", "kind", "key", "thumbnail_key", "poster_key", "filmstrip_key")


def unhashed():
    """Assets whose hash is still to be made, but not those that are gone for good."""
    return LibraryAsset.objects.present().filter(perceptual_hash=None)


def hash_all() -> Iterator[tuple[int, int]]:
    """Give hashes to all that lack one; after each batch how many got one, and how many not.

    Those whose small picture cannot be fetched now are left for the next run.
    """
    last = None
    while assets := list(_batch_after(last)):
        last = assets[-1].pk
        hashed = _hash(assets)
        yield hashed, len(assets) - hashed


def _batch_after(last):
    rows = unhashed().order_by("pk").only(*COLUMNS)
    return (rows.filter(pk__gt=last) if last else rows)[:BATCH]


def _hash(assets: Iterable[LibraryAsset]) -> int:
    values = {asset.pk: hash_of(asset) for asset in assets}
    rows = [LibraryAsset(pk=pk, perceptual_hash=value) for pk, value in values.items()]
    made = [row for row in rows if row.perceptual_hash is not None]
    LibraryAsset.objects.bulk_update(made, ["perceptual_hash"])
    return len(made)


def hash_of(asset: LibraryAsset) -> int | None:
    """Of its thumbnail; PLAIN where there is no picture, None where it cannot be read now."""
    key = asset.thumbnail_key or asset.poster_key or ("" if asset.is_video else asset.key)
    if not key:
        return PLAIN
    try:
        with buckets.local_copy(asset.bucket, key) as path, Image.open(path) as image:
            return perceptual_hash(image.convert("RGB"))
    except Image.UnidentifiedImageError:
        return PLAIN
    except OSError:
        logger.warning("asset %s has no picture to hash", asset.pk)
        return None
