"""Enhancing a prompt on the chat lane, and rendering with what came of it."""

import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from generation import enhancement, improving, transitions
from generation.backends.base import BackendError
from generation.models import EnhancementPreset, Job
from generation.tokens import count_tokens
from generation.worker import run_next
from ourvidz.stopping import stopping
from tests.factories import make_job
from tests.generation.backends.enhancement_tasks import enhance
from tests.generation.fake_backends import BUSY, FakeBackend, FakeEnhancer

pytestmark = pytest.mark.django_db
LONG = ", ".join(["golden morning light over the quiet harbour"] * 60)


class TestEnhancing:
    def test_the_answer_is_the_jobs_text(self, creator, serve):
        serve(FakeEnhancer("a boat,\n golden dawn "))
        job = enhance(creator)
        assert (job.status, job.enhanced_prompt) == ("completed", "a boat, golden dawn")

    def test_the_preset_gives_instructions_and_sampling(self, creator, serve):
        chat = serve(FakeEnhancer("better"))
        EnhancementPreset.objects.filter(model="sdxl", method="instruct").update(
            system_prompt="Be bold."
        )
        enhance(creator)
        task = chat.tasks[0]
        assert (task.prompt, task.system_prompt) == ("a boat", "Be bold.")
        assert (task.temperature, task.top_p, task.method) == (0.7, 0.9, "instruct")

    def test_the_answer_leaves_room_for_the_controls(self, creator, serve):
        chat = serve(FakeEnhancer(LONG))
        text = enhance(creator).enhanced_prompt
        assert 0 < count_tokens(text) <= chat.tasks[0].budget < 75
        assert LONG.startswith(text)
        assert text.endswith("harbour")

    @pytest.mark.parametrize("model", ["sdxl", "wan"])
    @pytest.mark.parametrize("method", ["base", "instruct"])
    def test_there_is_a_preset_for_each(self, model, method):
        found = EnhancementPreset.objects.filter(model=model, method=method, active=True)
        assert found.count() == (1 if model == "sdxl" else 2)


class TestTrouble:
    @pytest.fixture(autouse=True)
    def _hurry(self, monkeypatch):
        monkeypatch.setattr(stopping, "wait", lambda seconds: False)

    def test_a_second_attempt_may_succeed(self, creator, serve):
        serve(FakeEnhancer(BUSY, "better"))
        assert enhance(creator).enhanced_prompt == "better"

    def test_there_is_no_third(self, creator, serve):
        serve(FakeEnhancer(BUSY, BUSY, "too late"))
        job = enhance(creator)
        assert (job.status, job.error) == ("failed", "The chat server is busy.")

    def test_what_cannot_help_is_not_repeated(self, creator, serve):
        chat = serve(FakeEnhancer(BackendError("No such model."), "never asked"))
        assert enhance(creator).error == "No such model."
        assert len(chat.tasks) == 1

    def test_silence_ends_after_a_while(self, creator, serve, monkeypatch):
        monkeypatch.setattr(improving, "ATTEMPT_SECONDS", 0.1)
        monkeypatch.setattr(improving, "LOOK_SECONDS", 0.02)
        silence = threading.Event()
        serve(FakeEnhancer(silence.wait, silence.wait))
        job = enhance(creator)
        silence.set()
        assert (job.status, job.error) == ("failed", improving.TOO_SLOW)

    def test_no_text_is_no_answer(self, creator, serve):
        serve(FakeEnhancer("  ", "\n"))
        assert enhance(creator).error == improving.NO_TEXT

    def test_without_a_preset_it_says_so(self, creator, serve):
        EnhancementPreset.objects.update(active=False)
        serve(FakeEnhancer("never asked"))
        assert enhance(creator).error == enhancement.NO_PRESET

    def test_a_cancelled_job_does_not_wait_for_its_answer(self, creator, serve, monkeypatch):
        silence = threading.Event()
        monkeypatch.setattr(improving, "LOOK_SECONDS", 0.02)
        monkeypatch.setattr(improving, "ATTEMPT_SECONDS", 20)
        monkeypatch.setattr(transitions, "holds", lambda job: False)
        serve(FakeEnhancer(silence.wait))
        started = time.monotonic()
        assert enhance(creator).status == "running"  # which only this worker believes
        assert time.monotonic() - started < 5


class TestRenderingAfterwards:
    def render(self, owner, text: Job) -> Job:
        until = timezone.now() - timedelta(seconds=1)
        job = make_job(owner, width=64, height=36, count=1, waits_for=text, waits_until=until)
        run_next(["sdxl"])
        return Job.objects.get(pk=job.pk)

    def test_uses_the_enhanced_prompt(self, creator, serve):
        backend = serve(FakeBackend())
        text = make_job(
            creator, job_type="enhancement", status="completed", enhanced_prompt="golden dawn"
        )
        job = self.render(creator, text)
        assert job.enhanced_prompt == "golden dawn"
        assert job.composed_prompt.startswith("golden dawn, wide shot")
        assert backend.tasks[0].prompt == job.composed_prompt
        assert job.assets.get().prompt == job.composed_prompt
        assert job.note == ""

    def test_goes_on_without_and_says_so_if_it_failed(self, creator, serve):
        backend = serve(FakeBackend())
        text = make_job(creator, job_type="enhancement", status="failed")
        job = self.render(creator, text)
        assert (job.status, job.note) == ("completed", enhancement.NOTE_FAILED)
        assert backend.tasks[0].prompt == "a boat at dawn"

    def test_never_uses_a_text_that_would_be_refused(self, creator, serve, monkeypatch):
        backend = serve(FakeBackend())
        monkeypatch.setattr(enhancement, "sexualises_minors", lambda text, mature: "worse" in text)
        text = make_job(
            creator, job_type="enhancement", status="completed", enhanced_prompt="something worse"
        )
        job = self.render(creator, text)
        assert (job.status, job.note) == ("completed", enhancement.NOTE_REFUSED)
        assert backend.tasks[0].prompt == "a boat at dawn"

    def test_goes_on_without_and_says_so_if_it_was_slow(self, creator, serve):
        serve(FakeBackend())
        text = make_job(creator, job_type="enhancement", status="running")
        job = self.render(creator, text)
        assert (job.status, job.note) == ("completed", enhancement.NOTE_SLOW)
        assert job.waits_for is None
