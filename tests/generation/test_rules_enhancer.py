"""The enhancer by rules adds what is missing, and only that."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.backends.base import BackendError, EnhancementTask
from generation.backends.rules import RulesEnhancer
from generation.tokens import count_tokens
from tests.generation.backends.enhancer_contract import EnhancerContract


class TestContract(EnhancerContract):
    @pytest.fixture
    def enhancer(self):
        return RulesEnhancer()

    @pytest.fixture
    def heard(self, enhancer, monkeypatch):
        """It has rules of its own; what it is asked has the instructions all the same."""
        texts, real = [], enhancer.enhance

        def enhanced(task):
            texts.append(task.system_prompt)
            return real(task)

        monkeypatch.setattr(enhancer, "enhance", enhanced)
        return texts


TASK = EnhancementTask("a harbour town", "sdxl", "image", "instruct", "", 0.7, 0.9, 75)


def enhance(prompt: str, **changes) -> str:
    return RulesEnhancer().enhance(replace(TASK, prompt=prompt, **changes))


@pytest.mark.parametrize("model", ["sdxl", "wan"])
@pytest.mark.parametrize("method", ["base", "instruct"])
def test_the_prompt_comes_first_and_unchanged(model, method):
    prompt = "a Harbour town, boats (red)"
    answer = enhance(prompt, model=model, method=method)
    assert answer.startswith(prompt)
    assert len(answer) > len(prompt)
    assert answer == enhance(prompt, model=model, method=method)


@pytest.mark.parametrize(
    ("model", "aims"),
    [
        ("sdxl", ("subject", "light", "quality", "focus")),
        ("wan", ("mov", "frame to frame", "camera")),
    ],
)
def test_each_lane_gets_what_its_model_needs(model, aims):
    answer = enhance("a harbour town", model=model, budget=200)
    assert all(aim in answer for aim in aims)


@pytest.mark.parametrize(
    ("prompt", "peopled"),
    [
        ("two women dancing", True),
        ("a portrait", True),
        ("a mantelpiece", False),
        ("the sea", False),
    ],
)
def test_anatomy_is_for_people(prompt, peopled):
    assert ("anatomy" in enhance(prompt, budget=200)) is peopled


def test_what_is_said_already_is_not_repeated():
    answer = enhance("a harbour in moonlight, neon lights, sharp focus", budget=200)
    assert "directional light" not in answer
    assert answer.count("focus") == 1
    assert enhance(answer, budget=400).count("main subject") == 1


def test_base_adds_less_than_instruct():
    base, instruct = (
        enhance("a man", method=method, budget=150) for method in ("base", "instruct")
    )
    assert len(base) < len(instruct)
    assert instruct.endswith(".")
    assert ". The" in instruct


@given(
    st.lists(st.sampled_from(["sea", "a man", "lit", "old harbour", "moving"]), min_size=1),
    st.integers(12, 120),
    st.sampled_from(["sdxl", "wan"]),
    st.sampled_from(["base", "instruct"]),
)
def test_the_answer_keeps_within_the_budget(parts, budget, model, method):
    prompt = ", ".join(parts)
    answer = enhance(prompt, budget=budget, model=model, method=method)
    assert count_tokens(answer) <= budget
    assert answer.startswith(prompt) or prompt.startswith(answer + ",")


def test_a_prompt_beyond_the_budget_is_cut_at_a_comma():
    assert (
        enhance("one two three, four five six, seven", budget=8) == "one two three, four five six"
    )


def test_a_prompt_without_commas_is_cut_between_words():
    assert enhance("one two three four", budget=3) == "one two three"


@pytest.mark.parametrize("prompt", ["", "  \n "])
def test_an_empty_prompt_cannot_be_improved(prompt):
    with pytest.raises(BackendError, match="empty"):
        enhance(prompt)


def test_it_says_that_it_is_a_stand_in():
    assert (RulesEnhancer.name, RulesEnhancer.is_preview) == ("rules", True)
