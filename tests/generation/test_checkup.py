"""What doctor says of torch, the card and each model's weights."""

import json
import struct
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError
from django.utils import timezone

from generation import checkup
from generation.backends.diffusers_common import weights
from generation.models import RegisteredModel, Worker

pytestmark = pytest.mark.django_db


def found() -> dict[str, tuple[str, str, str]]:
    """Level, message and advice of each finding; of several of a name the worst."""
    rank = ["ok", "warn", "fail"]
    findings = sorted(checkup.findings(), key=lambda finding: rank.index(finding.level))
    return {one.name: (one.level, one.message, one.advice) for one in findings}


@pytest.fixture
def card(monkeypatch) -> SimpleNamespace:
    """PyTorch with a card, as far as the checkup looks."""
    cuda = SimpleNamespace(
        is_available=lambda: True,
        mem_get_info=lambda: (40 * 2**30, 48 * 2**30),
        get_device_name=lambda: "A card",
    )
    torch = SimpleNamespace(
        __version__="2.9.0", cuda=cuda, version=SimpleNamespace(cuda="12.8"), __spec__=object()
    )
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setattr(checkup, "find_spec", lambda name: True)
    return torch


def set_up(location: str) -> None:
    RegisteredModel.objects.filter(name="sdxl").update(backend="diffusers", location=str(location))


def write_weights(folder, *, cut: int = 0) -> None:
    """A safetensors file of one tensor of 16 bytes, less `cut`."""
    header = json.dumps({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
    content = struct.pack("<Q", len(header)) + header + bytes(16)
    folder.mkdir(exist_ok=True)
    (folder / "model.safetensors").write_bytes(content[: len(content) - cut])


def test_the_preview_needs_nothing():
    models = {name: one for name, one in found().items() if name.startswith("model")}
    assert models == {
        "model sdxl": ("ok", "PreviewBackend, which loads nothing here", ""),
        "model wan": ("ok", "PreviewBackend, which loads nothing here", ""),
        "model chat": ("ok", "RulesEnhancer, which loads nothing here", ""),
    }


def test_without_torch_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(checkup, "find_spec", lambda name: name != "torch")
    set_up(tmp_path)

    level, message, advice = found()["torch"]

    assert (level, message) == ("fail", "torch not installed")
    assert "requirements-gpu.txt" in advice


def test_a_card_and_whole_weights(card, tmp_path):
    write_weights(tmp_path / "sdxl")
    set_up(tmp_path / "sdxl")

    findings = found()

    assert findings["torch"] == ("ok", "PyTorch 2.9.0", "")
    assert findings["graphics card"] == ("ok", "A card: 40.0 of 48.0 GB free", "")
    level, message, _ = findings["model sdxl"]
    assert (level, message.endswith("is whole, safetensors only")) == ("ok", True)


@pytest.mark.parametrize(("built", "says"), [("12.8", "CUDA 12.8"), (None, "has no CUDA")])
def test_without_a_card(card, tmp_path, built, says):
    card.cuda.is_available = lambda: False
    card.version.cuda = built
    set_up(tmp_path)

    level, message, advice = found()["graphics card"]

    assert (level, says in message, "nvidia-smi" in advice) == ("warn", True, True)


def test_a_driver_that_is_lost(card, tmp_path):
    def lost():
        raise RuntimeError("CUDA error: unknown error\nmore of it")

    card.cuda.mem_get_info = lost
    set_up(tmp_path)

    assert found()["graphics card"][:2] == ("fail", "CUDA error: unknown error")


def test_weights_that_were_cut_off(card, tmp_path):
    write_weights(tmp_path / "sdxl", cut=4)
    set_up(tmp_path / "sdxl")

    level, message, advice = found()["model sdxl"]

    assert (level, "not complete" in message, "Fetch it again" in advice) == ("fail", True, True)


def test_a_pickle_in_place_of_safetensors(card, tmp_path):
    (tmp_path / "model.ckpt").write_bytes(b"pickle")
    set_up(tmp_path)

    assert "pickle" in found()["model sdxl"][1]


def test_a_folder_that_is_not_there(card):
    set_up("/nowhere/sdxl")

    level, message, _ = found()["model sdxl"]

    assert (level, "not installed" in message) == ("fail", True)


def test_a_hub_id_that_was_not_downloaded_yet(card, monkeypatch):
    monkeypatch.setattr(weights, "find_spec", lambda name: None)
    set_up("someone/some-model")

    level, message, advice = found()["model sdxl"]

    assert (level, "not downloaded yet" in message) == ("warn", True)
    assert "someone/some-model" in advice


def test_a_backend_that_cannot_be_imported(settings):
    settings.BACKENDS = {**settings.BACKENDS, "wan": {"BACKEND": "nowhere.Backend"}}

    assert found()["model wan"][1].startswith("nowhere.Backend cannot be imported")


def test_with_every_model_switched_off():
    RegisteredModel.objects.exclude(lane="chat").update(active=False)

    assert found()["models"][0] == "fail"


def test_without_a_database_it_looks_at_what_settings_describe(monkeypatch):
    def away():
        raise DatabaseError

    monkeypatch.setattr(checkup, "active_models", away)

    assert set(found()) == {"model sdxl", "model wan", "model chat"}


class TestLanes:
    def test_one_that_nobody_serves_says_how_to_start_a_worker(self):
        level, message, advice = found()["worker wan"]
        assert (level, message) == ("fail", "none is running, its jobs wait")
        assert "rqworker wan" in advice
        assert "generation.remote --server URL --lanes wan" in advice

    def test_one_whose_worker_went_silent_names_it(self):
        hour_ago = timezone.now() - timedelta(hours=1)
        Worker.objects.create(name="box", kind="remote", lanes=["wan"], seen_at=hour_ago)
        level, message, _ = found()["worker wan"]
        assert (level, "box was last seen 1\xa0hour ago" in message) == ("fail", True)

    def test_workers_of_other_machines_count_with_what_they_hold(self):
        Worker.objects.create(
            name="token/box",
            kind="remote",
            lanes=["sdxl"],
            models=["sdxl"],
            loaded_model="sdxl",
            memory_bytes=9.5 * 2**30,
        )
        Worker.objects.create(name="here", kind="local", lanes=["sdxl"], models=["sdxl"])
        level, message, _ = found()["worker sdxl"]
        assert level == "ok"
        assert message == "2 running: here (local); token/box (remote), sdxl loaded, 9.5 GB"

    def test_many_workers_are_counted_not_all_named(self):
        for n in range(8):
            Worker.objects.create(name=f"box-{n}", kind="remote", lanes=["sdxl"], models=["sdxl"])
        assert found()["worker sdxl"][1].endswith("and 3 more")

    def test_weights_that_another_machine_has_need_not_be_here(self, tmp_path):
        set_up(tmp_path / "nowhere")
        assert found()["model sdxl"][0] == "fail"
        Worker.objects.create(name="box", kind="remote", lanes=["sdxl"], models=["sdxl"])
        assert found()["model sdxl"][:2] == ("ok", "box has it")

    def test_a_model_that_no_worker_of_its_lane_has_is_named(self):
        Worker.objects.create(name="box", kind="local", lanes=["sdxl"], models=[])
        level, message, advice = found()["model sdxl"]
        assert (level, message) == ("warn", "no running sdxl worker has it")
        assert "--models" in advice
