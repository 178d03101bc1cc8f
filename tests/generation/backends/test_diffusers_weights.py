"""Model files are looked at before they are opened: whole, there, and no pickles."""

import json
import shutil

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed (requirements-gpu.txt)")
pytest.importorskip("diffusers", reason="diffusers is not installed (requirements-gpu.txt)")

import httpx2
from huggingface_hub.errors import LocalEntryNotFoundError, RepositoryNotFoundError

from generation.backends.base import BackendError
from generation.backends.diffusers_common.weights import check, located, variant_of
from generation.backends.diffusers_sdxl import SdxlBackend
from tests.generation.preview_tasks import Recorder

pytestmark = pytest.mark.models

UNET = "unet/diffusion_pytorch_model.safetensors"


@pytest.fixture
def folder(sdxl_folder, tmp_path):
    return shutil.copytree(sdxl_folder, tmp_path / "model")


def refused(model) -> BackendError:
    with pytest.raises(BackendError) as error:
        SdxlBackend(model=str(model)).load("sdxl", Recorder())
    return error.value


def test_a_whole_model_passes(folder):
    assert located(str(folder), "SDXL") == folder


def test_a_pickle_is_refused_and_never_opened(folder):
    (folder / UNET).rename(folder / "unet/diffusion_pytorch_model.bin")
    assert "pickle" in str(refused(folder))


@pytest.mark.parametrize("name", ["model.ckpt", "model.pt", "model.bin"])
def test_a_single_file_that_is_a_pickle_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x80\x04.")
    assert "pickle" in str(refused(tmp_path / name))


@pytest.mark.parametrize("left", [0, 5, 100, -1])
def test_a_file_that_was_cut_off_is_named(folder, left):
    content = (folder / UNET).read_bytes()
    (folder / UNET).write_bytes(content[:left])
    reason = str(refused(folder))
    assert "not complete" in reason
    assert "diffusion_pytorch_model.safetensors" in reason


def test_a_missing_part_is_named(folder):
    shutil.rmtree(folder / "vae")
    assert "vae is missing" in str(refused(folder))


def test_a_missing_shard_is_named(folder):
    index = {"weight_map": {"a": "part-1.safetensors", "b": "part-2.safetensors"}}
    (folder / "unet/model.safetensors.index.json").write_text(json.dumps(index))
    assert "part-" in str(refused(folder))


def test_a_folder_that_is_not_there_is_said_without_its_place(tmp_path):
    error = refused(tmp_path / "secret" / "gone")
    assert "gone" in str(error)
    assert "secret" not in str(error)
    assert not error.retry


def test_a_hub_that_does_not_answer_is_asked_again_later(monkeypatch):
    def away(*arguments, **options):
        raise LocalEntryNotFoundError("no network")

    monkeypatch.setattr("huggingface_hub.snapshot_download", away)
    error = refused("someone/model")
    assert "could not be downloaded" in str(error)
    assert error.retry


def test_a_model_that_the_hub_does_not_know_is_said_so(monkeypatch):
    def unknown(*arguments, **options):
        answer = httpx2.Response(404, request=httpx2.Request("GET", "https://hub.example"))
        raise RepositoryNotFoundError("404", response=answer)

    monkeypatch.setattr("huggingface_hub.snapshot_download", unknown)
    error = refused("someone/no-such-model")
    assert "no model someone/no-such-model" in str(error)
    assert not error.retry


def test_downloads_leave_pickles_out(monkeypatch, folder):
    asked = {}

    def download(model, allow_patterns):
        asked[model] = allow_patterns
        return str(folder)

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    assert located("someone/model", "SDXL") == folder
    assert not [p for p in asked["someone/model"] if p.endswith((".bin", ".ckpt", ".pt", "*"))]


def test_half_precision_files_are_used_where_there_are_no_others(folder):
    assert variant_of(folder) is None
    for file in folder.glob("*/*.safetensors"):
        file.rename(file.with_suffix(".fp16.safetensors"))
    assert variant_of(folder) == "fp16"


def test_a_folder_without_an_index_is_checked_itself(folder):
    check(folder / "unet", "ControlNet")
    with pytest.raises(BackendError, match="not complete"):
        check(folder / "scheduler", "ControlNet")
