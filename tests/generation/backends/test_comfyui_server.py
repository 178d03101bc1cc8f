"""The ComfyUI backend against a small server that speaks the real protocol."""

import json
from dataclasses import replace

import pytest

from generation.backends import comfyui_server
from generation.backends.base import BackendError, Cancelled, ReferencePicture
from generation.backends.comfyui_server import ComfyBackend
from generation.backends.comfyui_server.client import AWAY, NO_MEMORY
from tests.generation.backends.comfyui import ComfyServer
from tests.generation.backends.contract import BackendContract, source_picture
from tests.generation.preview_tasks import Recorder, make_task

SIZE = (64, 48)
INPUTS = {
    "text": "photo of {prompt}",
    "without": "{negative_prompt}",
    "seed": "{seed}",
    "steps": "{steps}",
    "cfg": "{guidance}",
    "width": "{width}",
    "height": "{height}",
}


def workflow(**inputs) -> str:
    return json.dumps({"1": {"class_type": "Paint", "inputs": {**INPUTS, **inputs}}})


@pytest.fixture
def folder(tmp_path):
    (folder := tmp_path / "workflows").mkdir()
    led = {"image": "{reference}", "denoise": "{denoise}"}
    (folder / "sdxl-image.json").write_text(workflow())
    (folder / "sdxl-image-composition.json").write_text(workflow(**led))
    (folder / "wan-video.json").write_text(workflow(frames="{frames}"))
    start = {"image": "{start}", "strength": "{start_strength}", "frames": "{frames}"}
    (folder / "wan-video-start.json").write_text(workflow(**start))
    return folder


@pytest.fixture
def server(tmp_path):
    with ComfyServer(tmp_path) as server:
        yield server


@pytest.fixture
def backend(server, folder):
    return ComfyBackend(comfyui_url=server.url, comfyui_workflows=str(folder), model="unused")


def small(**changes):
    return make_task(size=SIZE, **{"steps": 10, **changes})


def render(backend, task, recorder=None):
    return list(backend.render(task, recorder or Recorder()))


class TestPictures(BackendContract):
    @pytest.fixture
    def backend(self, backend):
        return backend

    @pytest.fixture
    def task(self):
        return small()

    @pytest.fixture
    def reference(self, tmp_path):
        source_picture(path := tmp_path / "reference.png", SIZE)
        return ReferencePicture("reference", "composition", 0.75, path)


class TestClips(TestPictures):
    @pytest.fixture
    def task(self):
        return small(model="wan", mode="video", frames=7)

    @pytest.fixture
    def reference(self, tmp_path):
        source_picture(path := tmp_path / "start.png", SIZE)
        return ReferencePicture("start", "composition", 0.9, path)


class TestWorkflows:
    def test_slots_become_values_of_their_own_kind(self, backend, server):
        render(backend, small(negative_prompt="blur", seed=5, guidance=6.5, indices=(2,)))
        ((node,),) = [list(prompt.values()) for prompt in server.submitted]
        assert node["inputs"] == {
            "text": "photo of mountains and a lake at dawn",
            "without": "blur",
            "seed": 7,
            "steps": 10,
            "cfg": 6.5,
            "width": 64,
            "height": 48,
        }

    def test_a_reference_is_uploaded_and_its_strength_given(self, backend, server, tmp_path):
        source_picture(path := tmp_path / "reference.png", (640, 480))
        render(
            backend, small(references=(ReferencePicture("reference", "composition", 0.75, path),))
        )
        inputs = server.submitted[0]["1"]["inputs"]
        assert inputs["image"] in server.inputs
        assert inputs["denoise"] == 0.25

    def test_one_that_there_is_not_is_named(self, backend, tmp_path):
        source_picture(path := tmp_path / "style.png", SIZE)
        style = ReferencePicture("style", "style", 0.5, path)
        with pytest.raises(BackendError, match="sdxl-image-style"):
            render(backend, small(references=(style,)))

    def test_the_page_can_know_before(self, backend):
        assert set(backend.unavailable()) == {"character", "style", "end"}

    def test_an_unknown_slot_is_named(self, backend, folder):
        (folder / "sdxl-image.json").write_text(workflow(sampler="{sampler}"))
        with pytest.raises(BackendError, match="sampler"):
            render(backend, small())

    def test_a_broken_one_is_said_so(self, backend, folder):
        (folder / "sdxl-image.json").write_text("{")
        with pytest.raises(BackendError, match="cannot be read"):
            render(backend, small())

    def test_a_prompt_with_braces_is_not_a_slot(self, backend, server):
        render(backend, small(prompt="a {seed} in {hand}"))
        assert server.submitted[0]["1"]["inputs"]["text"] == "photo of a {seed} in {hand}"


class TestFailures:
    @pytest.mark.parametrize(
        ("fault", "reason", "retry"),
        [
            ("refuse", "Cannot execute", False),
            ("error", "a tensor is on fire", False),
            ("deaf", "a tensor is on fire", False),
            ("lose", "lost", True),
            ("nothing", "made nothing", False),
            ("size", "32 x 32, not 64 x 48", False),
        ],
    )
    def test_what_goes_wrong_there_is_said_and_the_next_job_works(
        self, backend, server, monkeypatch, fault, reason, retry
    ):
        monkeypatch.setattr(comfyui_server.backend, "_LOOK_SECONDS", 0.02)
        server.fault = fault
        with pytest.raises(BackendError, match=reason) as failed:
            render(backend, small())
        assert failed.value.retry == retry
        server.fault = ""
        assert len(render(backend, small())) == 1

    def test_without_memory_it_is_tried_again_with_all_models_let_go(self, backend, server):
        server.fault = "memory"
        assert len(render(backend, small())) == 1
        assert (server.freed, len(server.submitted)) == (1, 2)

    def test_without_memory_even_then_it_fails_and_says_so(self, backend, server, monkeypatch):
        monkeypatch.setattr(backend.client, "free", lambda: None)
        server.fault = "memory"
        with pytest.raises(BackendError) as failed:
            render(backend, small())
        assert (str(failed.value), failed.value.retry) == (NO_MEMORY, False)

    def test_an_end_that_went_unheard_is_found_out(self, backend, server, monkeypatch):
        monkeypatch.setattr(comfyui_server.backend, "_LOOK_SECONDS", 0.02)
        monkeypatch.setattr(comfyui_server.backend, "_SILENCE_SECONDS", 3)
        server.fault = "silent"
        assert len(render(backend, small())) == 1

    def test_a_server_that_is_away_is_tried_again_later(self, folder):
        backend = ComfyBackend(comfyui_url="http://127.0.0.1:9", comfyui_workflows=str(folder))
        with pytest.raises(BackendError) as failed:
            render(backend, small())
        assert (str(failed.value), failed.value.retry) == (AWAY, True)
        backend.unload()

    def test_cancelling_stops_it_there_too(self, backend, server):
        with pytest.raises(Cancelled):
            render(backend, small(steps=50), Recorder(cancel_at=2))
        assert len(server.cancelled) == 1

    def test_what_runs_for_others_is_left_alone(self, backend, server):
        server.running.append("theirs")
        backend.client.cancel("ours, which has ended")
        assert server.cancelled == set()

    def test_unloading_frees_the_server(self, backend, server):
        backend.unload()
        assert server.freed == 1


def test_seeds_reach_the_server_one_by_one(backend, server):
    render(backend, replace(small(), seed=40, indices=(0, 2)))
    assert [prompt["1"]["inputs"]["seed"] for prompt in server.submitted] == [40, 42]
