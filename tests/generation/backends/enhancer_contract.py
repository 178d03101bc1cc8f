"""What every enhancer must do, asked by jobs as a worker does them."""

import threading
from abc import ABC, abstractmethod

import pytest

from generation import enhancement, improving
from generation.backends.base import Enhancer
from generation.models import EnhancementPreset, Job
from generation.tokens import count_tokens
from generation.vocabulary import PROMPT_BUDGET
from generation.worker import run_next
from ourvidz.stopping import stopping
from tests.factories import make_job
from tests.generation.backends.enhancement_tasks import enhance
from tests.generation.fake_backends import FakeBackend

LONG = ", ".join(["golden morning light over the quiet harbour"] * 60)
ASKED_FOR = [("sdxl", "image"), ("wan", "image"), ("wan", "video")]


@pytest.mark.django_db
class EnhancerContract(ABC):
    """Derive and give `enhancer` and `heard`; every test here then runs for it."""

    @abstractmethod
    @pytest.fixture
    def enhancer(self) -> Enhancer:
        """One that works."""

    @abstractmethod
    @pytest.fixture
    def heard(self, enhancer, monkeypatch):
        """A list that fills with what reaches whatever writes the answer, as texts."""

    @pytest.fixture
    def stalled(self, enhancer, monkeypatch):
        """The enhancer, from which no answer comes any more; counts how often it is asked."""
        asked, over = [], threading.Event()

        def wait(task):
            asked.append(task)
            over.wait(30)
            return "too late"

        monkeypatch.setattr(enhancer, "enhance", wait)
        yield asked
        over.set()

    @pytest.fixture
    def said(self, enhancer, monkeypatch):
        """A list that fills with what it answers, before that is brought within the budget."""
        answers, real = [], enhancer.enhance

        def enhanced(task):
            answers.append(real(task))
            return answers[-1]

        monkeypatch.setattr(enhancer, "enhance", enhanced)
        return answers

    def test_a_prompt_comes_back_improved_and_on_one_line(self, enhancer, creator, serve):
        serve(enhancer)
        job = enhance(creator)
        assert (job.status, job.error) == ("completed", "")
        assert job.enhanced_prompt.strip() not in {"", "a boat"}
        assert job.enhanced_prompt == " ".join(job.enhanced_prompt.split())

    @pytest.mark.parametrize(("model", "mode"), ASKED_FOR)
    def test_the_budget_is_kept_by_a_cut_at_a_comma(
        self, enhancer, said, creator, serve, monkeypatch, model, mode
    ):
        monkeypatch.setitem(PROMPT_BUDGET, "instruct", 20)
        serve(enhancer)
        job = enhance(creator, model=model, mode=mode, prompt=LONG)
        text, (answer,) = job.enhanced_prompt, said
        assert 0 < count_tokens(text) <= 20
        assert " ".join(answer.split()).startswith(text)
        assert answer[len(text) :].lstrip()[:1] in {"", ","}

    @pytest.mark.parametrize(("model", "mode"), ASKED_FOR)
    def test_each_model_and_mode_has_its_own_instructions(
        self, enhancer, heard, creator, serve, model, mode
    ):
        for preset in EnhancementPreset.objects.filter(method="instruct"):
            preset.system_prompt = f"improve {preset.model} {preset.mode}"
            preset.save()
        serve(enhancer)
        assert enhance(creator, model=model, mode=mode).status == "completed"
        assert [f"improve {model} {mode}" in text for text in heard] == [True]

    def test_after_two_attempts_the_original_is_used_and_the_job_says_so(
        self, enhancer, stalled, creator, serve, monkeypatch
    ):
        monkeypatch.setattr(improving, "ATTEMPT_SECONDS", 0.2)
        monkeypatch.setattr(improving, "LOOK_SECONDS", 0.02)
        monkeypatch.setattr(stopping, "wait", lambda seconds: False)
        serve(enhancer)
        text = enhance(creator)
        assert (text.status, text.error) == ("failed", improving.TOO_SLOW)
        assert len(stalled) == 2
        backend = serve(FakeBackend())
        job = make_job(creator, width=64, height=36, count=1, waits_for=text)
        run_next(["sdxl"])
        job = Job.objects.get(pk=job.pk)
        assert (job.status, job.note) == ("completed", enhancement.NOTE_FAILED)
        assert backend.tasks[0].prompt == "a boat at dawn"

    @pytest.fixture
    def held(self):
        """Counts the bytes in memory that may be of a model."""
        return lambda: 0

    model_bytes = 0

    def test_unloading_gives_the_memory_back_and_it_works_again(
        self, enhancer, creator, serve, held
    ):
        serve(enhancer)
        enhance(creator)
        enhancer.unload()
        without = held()
        enhance(creator)
        assert held() - without >= self.model_bytes
        enhancer.unload()
        enhancer.unload()
        assert held() - without < 10_000
        assert enhance(creator).status == "completed"


def test_an_attempt_has_a_minute_and_there_are_two():
    assert (improving.ATTEMPTS, improving.ATTEMPT_SECONDS) == (2, 60)
