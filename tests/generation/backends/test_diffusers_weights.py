"""Model files are looked at before they are opened: whole, there, and no pickles."""

import json
import shutil

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed (requirements-gpu.txt)")
pytest.importorskip("diffusers", reason="diffusers is not installed (requirements-gpu.txt)")

import httpx2
from huggingface_hub.errors import LocalEntryNotFoundError, RepositoryNotFoundError

from generation.backends.base import BackendError
from generation.backends.diffusers_common.weights import check, located, needed_files, variant_of
from generation.backends.diffusers_sdxl import SdxlBackend
from tests.generation.preview_tasks import Recorder

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


@pytest.fixture
def hub(monkeypatch, folder):
    """A hub that holds `files` and is asked for those in `asked`; it fails with `error`, if any."""

    class Hub:
        files = ("model_index.json", UNET)
        error, asked, kept = None, (), None

        def names(self, model):
            if self.error:
                raise self.error
            return list(self.files)

        def download(self, model, allow_patterns=None, local_files_only=False):
            if not local_files_only:
                self.asked = allow_patterns
                return str(folder)
            if self.kept is None:
                raise LocalEntryNotFoundError("nothing is kept")
            return str(self.kept)

    hub = Hub()
    monkeypatch.setattr("huggingface_hub.list_repo_files", hub.names)
    monkeypatch.setattr("huggingface_hub.snapshot_download", hub.download)
    return hub


class TestTheHub:
    def test_one_that_does_not_answer_is_asked_again_later(self, hub):
        hub.error = LocalEntryNotFoundError("no network")
        error = refused("someone/model")
        assert "could not be downloaded" in str(error)
        assert error.retry

    def test_one_that_does_not_answer_is_not_needed_for_what_is_there(self, hub, folder):
        hub.error, hub.kept = ConnectionError("no network"), folder
        assert located("someone/model", "SDXL") == folder
        (folder / UNET).unlink()
        assert "not complete" in str(refused("someone/model"))

    def test_a_model_that_it_does_not_know_is_said_so(self, hub):
        answer = httpx2.Response(404, request=httpx2.Request("GET", "https://hub.example"))
        hub.error = RepositoryNotFoundError("404", response=answer)
        error = refused("someone/no-such-model")
        assert "no model someone/no-such-model" in str(error)
        assert not error.retry

    def test_what_is_asked_for_is_what_is_needed(self, hub, folder):
        assert located("someone/model", "SDXL") == folder
        assert hub.asked == ["model_index.json", UNET]


class TestNeededFiles:
    SDXL = (
        "model_index.json",
        "sd_xl_base_1.0.safetensors",
        "tokenizer/vocab.json",
        "tokenizer/merges.txt",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "unet/model.onnx",
        "vae/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.fp16.safetensors",
        "vae/diffusion_pytorch_model.bin",
        "README.md",
    )

    def test_of_a_pipeline_halves_are_and_nothing_that_is_not_loaded(self):
        assert needed_files(list(self.SDXL)) == [
            "model_index.json",
            "tokenizer/vocab.json",
            "tokenizer/merges.txt",
            "unet/config.json",
            "unet/diffusion_pytorch_model.fp16.safetensors",
            "vae/diffusion_pytorch_model.fp16.safetensors",
        ]

    def test_where_a_part_has_no_halves_all_are_in_full(self):
        names = [name for name in self.SDXL if name != self.SDXL[9]]
        needed = needed_files(names)
        assert self.SDXL[5] in needed
        assert self.SDXL[8] in needed
        assert self.SDXL[6] not in needed

    def test_a_pipeline_in_shards_is_whole(self):
        names = [
            "model_index.json",
            "transformer/diffusion_pytorch_model-00001-of-00002.safetensors",
            "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
            "transformer/diffusion_pytorch_model.safetensors.index.json",
        ]
        assert needed_files(names) == names

    def test_of_a_chat_model_the_files_beside_its_configuration_are(self):
        names = ["config.json", "model-00001-of-00002.safetensors", "tokenizer.model"]
        assert needed_files([*names, "pytorch_model.bin"]) == names


def test_half_precision_files_are_used_where_there_are_no_others(folder):
    assert variant_of(folder) is None
    for file in folder.glob("*/*.safetensors"):
        file.rename(file.with_suffix(".fp16.safetensors"))
    assert variant_of(folder) == "fp16"


def test_a_folder_without_an_index_is_checked_itself(folder):
    check(folder / "unet", "ControlNet")
    with pytest.raises(BackendError, match="not complete"):
        check(folder / "scheduler", "ControlNet")
