"""Where a model's files are, and whether they are whole and safe to open.

Only safetensors are loaded: a pickle runs code when it is opened.
"""

import json
import logging
import os
import struct
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from generation.backends.base import BackendError

logger = logging.getLogger(__name__)

PICKLES = frozenset({".bin", ".ckpt", ".pt", ".pth", ".pkl"})
# Parts of a pipeline that have no weights of their own.
_WITHOUT_WEIGHTS = ("tokenizer", "scheduler", "feature_extractor", "image_processor")
_DOWNLOADED = (".json", ".txt", ".model", ".safetensors")

PICKLE = (
    "The {what} model is kept as a pickle, which could run code on this worker, so it is not "
    "opened. Its operator needs the weights as safetensors."
)
UNFINISHED = (
    "The {what} model's files are not complete: {name} is missing or was cut off. Its operator "
    "downloads the model again."
)
ABSENT = "The {what} model is not installed on this worker: there is nothing at {name}."
NOT_FETCHED = "The {what} model {name} could not be downloaded now. Try again later."
UNKNOWN = "There is no model {name} on the hub for {what}, or this worker may not have it."


def located(model: str, what: str) -> Path:
    """The local folder, or single safetensors file, of `model`, checked from end to end.

    `model` is a path or a hub id such as "owner/name"; the latter is downloaded where it is
    not there yet. `what` names it to people, such as "SDXL". BackendError says what is wrong.
    """
    path = Path(model).expanduser()
    if not path.exists():
        path = _fetched(model, what)
    check(path, what)
    return path


def present(model: str, what: str) -> Path | None:
    """Where `model` is on this machine; None for a hub id that was not downloaded yet.

    Nothing is fetched. BackendError for a path at which there is nothing.
    """
    path = Path(model).expanduser()
    if path.exists():
        return path
    _refuse_path(model, what)
    if not find_spec("huggingface_hub"):
        return None
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except LocalEntryNotFoundError:
        return None


def check(path: Path, what: str) -> None:
    """BackendError if the model at `path` is a pickle, or is not all there."""
    if path.is_file():
        if path.suffix in PICKLES:
            raise _refusal(PICKLE, what, path)
        _check_file(path, what)
        return
    for folder in _folders(path, what):
        _check_folder(folder, what)


def _folders(path: Path, what: str) -> Iterator[Path]:
    """The folders with weights: those that model_index.json lists, or `path` alone."""
    index = path / "model_index.json"
    if not index.is_file():
        yield path
        return
    try:
        parts = json.loads(index.read_text())
    except ValueError as error:
        raise _refusal(UNFINISHED, what, index) from error
    for name, kind in parts.items():
        listed = isinstance(kind, list) and kind[0] is not None
        if listed and not name.startswith(_WITHOUT_WEIGHTS):
            yield path / name


def _check_folder(folder: Path, what: str) -> None:
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        has_pickle = any(file.suffix in PICKLES for file in folder.glob("*"))
        raise _refusal(PICKLE if has_pickle else UNFINISHED, what, folder)
    for index in folder.glob("*.safetensors.index.json"):
        shards = set(json.loads(index.read_text())["weight_map"].values())
        files += [folder / shard for shard in shards]
    for file in set(files):
        _check_file(file, what)


def _check_file(path: Path, what: str) -> None:
    """Whether a safetensors file is as long as its header says.

    https://github.com/huggingface/safetensors#format: eight bytes with the header's length,
    the header as JSON with the offsets of each tensor, the tensors.
    """
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            size = path.stat().st_size
            if length > size:
                raise ValueError("the header is cut off")
            header = json.loads(file.read(length))
    except (OSError, ValueError, struct.error) as error:
        raise _refusal(UNFINISHED, what, path) from error
    tensors = [entry for name, entry in header.items() if name != "__metadata__"]
    end = max((entry["data_offsets"][1] for entry in tensors), default=0)
    if size < 8 + length + end:
        raise _refusal(UNFINISHED, what, path)


def _fetched(model: str, what: str) -> Path:
    """The local copy of a hub id."""
    _refuse_path(model, what)
    from huggingface_hub import list_repo_files, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, RepositoryNotFoundError

    try:
        needed = needed_files(list_repo_files(model))
        return Path(snapshot_download(model, allow_patterns=needed))
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise BackendError(UNKNOWN.format(what=what, name=model)) from error
    except (HfHubHTTPError, OSError) as error:
        logger.warning("%s could not be downloaded: %s", model, error)
        if (there := present(model, what)) is not None:
            return there  # from an earlier download; whether that is whole is looked at next
        raise BackendError(NOT_FETCHED.format(what=what, name=model), retry=True) from error


def needed_files(names: list[str]) -> list[str]:
    """Of all that a hub id holds, what is loaded of it.

    Beside a pipeline's parts many hold the whole model as one file, all of it in full numbers
    and in halves, and for other programs too. Halves are taken where every part has them.
    """
    kept = [name for name in names if name.endswith(_DOWNLOADED)]
    weights = [name for name in kept if name.endswith(".safetensors")]
    if "model_index.json" not in names:
        return kept
    parts = [name for name in weights if "/" in name]
    halves = [name for name in parts if ".fp16." in name]
    full = [name for name in parts if name not in halves]
    if {name.partition("/")[0] for name in full} <= {name.partition("/")[0] for name in halves}:
        full = halves
    return [name for name in kept if name not in weights or name in full]


def is_nowhere(model: str) -> bool:
    """Whether it is a path at which there is nothing; a hub id can still be fetched."""
    is_path = model.startswith(("/", ".", "~")) or model.count("/") != 1
    return is_path and not Path(model).expanduser().exists()


def _refuse_path(model: str, what: str) -> None:
    """BackendError for a path at which there is nothing."""
    if is_nowhere(model):
        raise _refusal(ABSENT, what, Path(model))


def variant_of(path: Path) -> str | None:
    """ "fp16" where a pipeline's weights are there under that name only."""
    files = [file.name for file in path.glob("*/*.safetensors")]
    halves = [name for name in files if ".fp16." in name]
    return "fp16" if halves and len(halves) == len(files) else None


def _refusal(sentence: str, what: str, path: Path) -> BackendError:
    """The reason for the job's owner, without where things are; the log has the path."""
    logger.error("%s weights refused: %s", what, path)
    return BackendError(sentence.format(what=what, name=path.name or os.fspath(path)))
