"""A job goes only to a worker that has its model, and is left for one that has it."""

import random
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from generation import abilities, transitions
from generation import worker as local_worker
from generation.announcements import Announcement
from generation.catalogue import every_model
from generation.estimates import queue_states
from generation.models import Job, RegisteredModel, Worker
from generation.remote import worker as remote_worker
from generation.remote.messages import JobMessage
from generation.stranding import reason_to_wait
from generation.workers import announcement
from tests.factories import make_job, make_user
from tests.generation.remote_calls import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def models(db) -> list[str]:
    """Names of five models of the lane sdxl."""
    for name in ("turbo", "ink", "photo", "old"):
        RegisteredModel.objects.create(name=name, label=name.title(), lane="sdxl")
    RegisteredModel.objects.filter(name="old").update(active=False)
    return ["sdxl", "turbo", "ink", "photo", "old"]


class TestWhoIsGivenWhat:
    def test_a_job_is_left_for_a_worker_that_has_its_model(self, creator, models):
        make_job(creator, model="turbo")
        plain = make_job(creator)
        worker, other = Caller(), Caller("box-2")
        assert worker.claimed(models=["sdxl"])["id"] == str(plain.pk), "though it came later"
        assert worker.end(worker.claimed(models=["sdxl"]), "failed").status_code == 200
        assert worker.claimed(models=["sdxl"]) is None
        assert other.claimed(models=["turbo"])["model"]["name"] == "turbo"

    def test_who_names_no_models_has_all_but_those_it_lacks(self, creator, models):
        make_job(creator, model="ink")
        assert Caller().claimed(lacks=["ink"]) is None
        assert Caller("box-2").claimed()["model"]["name"] == "ink"

    def test_a_model_that_is_not_offered_any_more_is_still_made(self, creator, models):
        make_job(creator, model="old")
        assert Caller().claimed(models=["sdxl"]) is None
        assert Caller("box-2").claimed(models=["old"])["model"]["name"] == "old"

    def test_anybody_tells_the_owner_that_a_model_was_removed(self, creator, models):
        job = make_job(creator, model="removed", model_label="Removed")
        assert Caller().claimed(models=["sdxl"]) is None
        job.refresh_from_db()
        assert (job.status, "no longer has the model Removed" in job.error) == ("failed", True)

    def test_prompts_need_the_model_that_improves_them(self, creator, models):
        settings = {"prompt": "a boat", "enhancement": "instruct", "enhancement_only": True}
        make_job(creator, job_type="enhancement", lane="chat", settings=settings, count=1)
        assert Caller().claimed(models=["sdxl"]) is None
        assert Caller("box-2").claimed(models=["chat"])["lane"] == "chat"

    def test_a_worker_beside_the_database_goes_by_what_is_here(self, creator, models, monkeypatch):
        make_job(creator, model="ink")
        plain = make_job(creator)
        monkeypatch.setattr(abilities, "can_run", lambda model: model.name != "ink")
        assert local_worker._claimed(["sdxl"]) == plain
        assert local_worker._claimed(["sdxl"]) is None


@pytest.mark.parametrize("seed", range(6))
def test_whoever_asks_in_whatever_order(seed, models):
    """Workers with models of their own ask until nothing is left that anybody has."""
    chance = random.Random(seed)
    owners = [make_user(f"owner-{n}") for n in range(3)]
    for _ in range(12):
        make_job(chance.choice(owners), model=chance.choice([*models, "removed"]), count=1)
    known = {model.name for model, _ in every_model()}
    workers = [set(chance.sample(models, chance.randint(1, 3))) for _ in range(3)]
    for _ in range(60):
        has = chance.choice(workers)
        job = transitions.claim(["sdxl"], "worker", known - has)
        if job:
            assert job.model in has | {"removed"}
            transitions.fail(job, "done")
    left = Job.objects.filter(status="queued").values_list("model", flat=True)
    assert set(left) == {model for model in left if not any(model in has for has in workers)}


class TestWorkerWithoutTheWeights:
    def test_it_hands_the_job_back_and_asks_for_others(self, creator, monkeypatch):
        make_job(creator, count=1)
        caller = Caller()
        posted = []
        client = SimpleNamespace(post=lambda path, body: posted.append((path, body)) or {})
        worker = remote_worker.RemoteWorker(client, ["sdxl"], [])
        monkeypatch.setattr(remote_worker, "can_run", lambda model: False)
        worker._run(JobMessage.model_validate(caller.claimed()))
        [(path, body)] = posted
        assert (path, body["status"]) == ("generation-complete", "returned")
        assert caller.post(path, body).json()["status"] == "queued"
        assert caller.claimed(lacks=worker._claim()["lacks"]) is None
        assert Job.objects.get().attempts == 0
        assert Worker.objects.get().models == ["wan", "chat"]

    def test_it_tries_again_later(self, monkeypatch):
        worker = remote_worker.RemoteWorker(None, ["sdxl"], [])
        worker._lacks["ink"] = remote_worker.time.monotonic() - 1
        assert worker._claim()["lacks"] == []


class TestWordsOfLoras:
    def folder(self, tmp_path, settings, *names: str) -> None:
        for name in names:
            (tmp_path / f"{name}.safetensors").touch()
        options = {"loras": str(tmp_path)}
        backend = "generation.backends.diffusers_sdxl.SdxlBackend"
        settings.BACKENDS = {
            **settings.BACKENDS,
            "sdxl": {"BACKEND": backend, "OPTIONS": options},
        }

    def test_a_worker_elsewhere_tells_of_its_folder(self, tmp_path, settings):
        self.folder(tmp_path, settings, "Water_Colour", "ink", "x" * 81)
        claim = remote_worker.RemoteWorker(None, ["sdxl"], [])._claim()
        assert claim["words"] == {"sdxl": ("water colour", "ink")}

    def test_of_a_registered_model_after_a_job_of_it(self, tmp_path, settings, models, monkeypatch):
        self.folder(tmp_path, settings, "ink")
        worker = remote_worker.RemoteWorker(None, ["sdxl"], [])
        monkeypatch.setattr(remote_worker, "run", lambda *_: None)
        monkeypatch.setattr(remote_worker, "can_run", lambda model: True)
        make_job(make_user(), model="photo")
        worker._run(JobMessage.model_validate(Caller().claimed()))
        assert worker._claim()["words"] == {"sdxl": ("ink",), "photo": ("ink",)}

    def test_so_does_one_beside_the_database(self, tmp_path, settings, models, monkeypatch):
        self.folder(tmp_path, settings, "ink")
        monkeypatch.setattr(abilities, "can_run", lambda model: model.name != "photo")
        assert abilities.words(["sdxl", "chat"]) == {
            name: ["ink"] for name in ("sdxl", "turbo", "ink")
        }

    def test_creators_are_told_what_living_workers_have(self, client, creator):
        Caller().claim(words={"sdxl": ["ink", "<b>"], "gone": ["old"]})
        Caller("box-2").claim(words={"sdxl": ["ink", "oil"]})
        assert announcement().words == {"sdxl": ["ink", "<b>", "oil"], "gone": ["old"]}
        page = client.get("/workspace/").content.decode()
        assert "oil" in page
        assert "<b>" not in page
        Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
        assert announcement().words == {}

    @pytest.mark.parametrize(
        "words", [{"sdxl": ["x" * 81]}, {"sdxl": ["x"] * 101}, {"sdxl": "ink"}]
    )
    def test_what_makes_no_sense_is_refused(self, words):
        assert Caller().claim(words=words).status_code == 422


class TestWhatItsOwnerReads:
    @pytest.mark.parametrize(
        ("heard", "reason"),
        [
            (None, ""),
            (Announcement(frozenset({"sdxl"}), {"sdxl": ""}), ""),
            (Announcement(frozenset({"sdxl"}), {}), "Waits: no running worker has SDXL."),
            (Announcement(frozenset(), {}), "Waits: no worker for SDXL is running now."),
        ],
        ids=["nobody known", "there", "no model", "no lane"],
    )
    def test_why_it_waits(self, heard, reason):
        job = Job(lane="sdxl", model="sdxl", model_label="SDXL")
        assert reason_to_wait(job, heard) == reason

    def test_it_stands_in_place_of_a_time_that_nobody_knows(self, creator):
        Worker.objects.create(name="box", kind="remote", lanes=["sdxl"], models=["sdxl"])
        job, other = make_job(creator, model="ink", model_label="Ink"), make_job(creator)
        states = queue_states([job, other])
        assert states[job.pk].waits == "Waits: no running worker has Ink."
        assert (states[job.pk].position, states[job.pk].eta_seconds) == (None, None)
        assert states[other.pk].waits == ""

    def test_it_is_on_its_tile(self, client, creator):
        Worker.objects.create(
            name="box",
            kind="remote",
            lanes=["sdxl"],
            models=["ink"],
            seen_at=timezone.now() - timedelta(seconds=5),
        )
        make_job(creator)
        client.force_login(creator)
        page = client.get("/workspace/").content.decode()
        assert "Waits: no running worker has SDXL." in page
        assert "in line" not in page


def test_a_model_that_nothing_here_can_run_is_lacking(models, monkeypatch):
    monkeypatch.setattr(abilities, "can_run", lambda model: model.name != "old")
    assert abilities.lacking(["sdxl"]) == ["old"]
    assert abilities.lacking(["wan"]) == []
