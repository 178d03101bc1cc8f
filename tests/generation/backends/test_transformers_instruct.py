"""Enhancement by an instruct model; a tiny one of random weights, made in the test."""

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed (requirements-gpu.txt)")
pytest.importorskip("diffusers", reason="diffusers is not installed (requirements-gpu.txt)")

from generation.backends.base import BackendError
from generation.backends.transformers_instruct import InstructEnhancer
from tests.generation.backends import tiny_chat
from tests.generation.backends.contract import tensor_bytes
from tests.generation.backends.enhancement_tasks import make_enhancement
from tests.generation.backends.enhancer_contract import EnhancerContract


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_chat.instruct(tmp_path_factory.mktemp("chat"))


@pytest.fixture
def enhancer(folder):
    return InstructEnhancer(model=str(folder))


class TestContract(EnhancerContract):
    model_bytes = 5_000

    @pytest.fixture
    def enhancer(self, enhancer):
        return enhancer

    @pytest.fixture
    def heard(self, enhancer, monkeypatch):
        tokenizer, model = enhancer._load()
        texts, real = [], model.generate

        def generate(input_ids, **options):
            texts.append("".join(tokenizer.convert_ids_to_tokens(input_ids[0])))
            return real(input_ids, **options)

        monkeypatch.setattr(model, "generate", generate)
        return texts

    @pytest.fixture
    def held(self):
        return tensor_bytes


def test_it_answers_in_words_within_the_budget(enhancer):
    text = enhancer.enhance(make_enhancement(budget=10))
    assert set(text.replace(",", "").split()) <= set(tiny_chat.WORDS)
    assert len(text.split()) <= 20  # a token is a word here, and there may be twice as many
    assert "assistant" not in text


def test_one_that_has_to_stop_ends_at_a_comma_and_one_that_is_through_does_not(
    enhancer, monkeypatch
):
    tokenizer, model = enhancer._load()
    cold = make_enhancement(temperature=0.0, budget=11)
    decoded, real = [], tokenizer.decode
    monkeypatch.setattr(
        tokenizer,
        "decode",
        lambda *given, **named: decoded.append(real(*given, **named)) or decoded[-1],
    )
    stopped = enhancer.enhance(cold)
    assert decoded[0].strip().rpartition(",")[0] == stopped
    monkeypatch.setattr(model.generation_config, "eos_token_id", list(range(len(tokenizer))))
    assert enhancer.enhance(cold) == decoded[1].strip() == decoded[0].split()[0]


def test_it_is_asked_in_the_models_own_form(enhancer, monkeypatch):
    tokenizer, model = enhancer._load()
    asked, real = [], model.generate

    def generate(input_ids, **options):
        asked.append((input_ids.shape[1], options))
        return real(input_ids, **options)

    monkeypatch.setattr(model, "generate", generate)
    enhancer.enhance(make_enhancement("a fox"))
    whole = "system: You improve prompts.\nuser: a fox\nassistant:"
    ((length, options),) = asked
    assert length == len(tokenizer(whole, add_special_tokens=False).input_ids)
    assert (options["temperature"], options["top_p"]) == (0.7, 0.9)
    assert options["max_time"] < 60


def test_without_warmth_it_always_says_the_same(enhancer):
    cold = make_enhancement(temperature=0.0)
    assert enhancer.enhance(cold) == enhancer.enhance(cold)


def test_a_missing_model_is_said_so(tmp_path):
    with pytest.raises(BackendError, match="not installed"):
        InstructEnhancer(model=str(tmp_path / "gone")).enhance(make_enhancement())
