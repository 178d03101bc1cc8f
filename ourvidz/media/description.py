"""What a row says about a file, and the small files that go with it."""

from pathlib import Path

from ourvidz.media import probe, thumbnails
from ourvidz.media.filmstrip import filmstrip


def describe(key: str, path: Path) -> tuple[dict, dict[str, bytes]]:
    """What the file at `path`, which is or will be `key`, is; and its small files by key."""
    info = probe.probe(path)
    derived = thumbnails.derive(path, info.kind)
    stem = key.rpartition(".")[0]
    small_files = {f"{stem}.thumb.webp": derived.thumbnail}
    if derived.poster:
        small_files[f"{stem}.poster.webp"] = derived.poster
        small_files[f"{stem}.strip.webp"] = filmstrip(path)
    columns = {
        **info.columns(),
        "key": key,
        "thumbnail_key": f"{stem}.thumb.webp",
        "poster_key": f"{stem}.poster.webp" if derived.poster else "",
        "thumbhash": derived.thumbhash,
        "perceptual_hash": derived.perceptual_hash,
    }
    if derived.poster:
        columns["filmstrip_key"] = f"{stem}.strip.webp"
    return columns, small_files
