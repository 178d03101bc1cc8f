"""Enhancement by an instruct model; a tiny one of random weights, made in the test."""

import gc
import weakref

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed (requirements-gpu.txt)")
pytest.importorskip("diffusers", reason="diffusers is not installed (requirements-gpu.txt)")

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from generation.backends.base import BackendError
from generation.backends.transformers_instruct import InstructEnhancer
from tests.generation.backends.enhancement_tasks import make_enhancement

pytestmark = pytest.mark.models

TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("chat")
    words = ["<pad>", "</s>", "<unk>", *(chr(code) for code in range(97, 123))]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.decoder = decoders.Fuse()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        chat_template=TEMPLATE,
    ).save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        bos_token_id=1,
        eos_token_id=1,
        pad_token_id=0,
    )
    model = LlamaForCausalLM(config)
    model.generation_config.suppress_tokens = [0, 1, 2]  # so that it says something
    model.save_pretrained(folder)
    return folder


@pytest.fixture
def enhancer(folder):
    return InstructEnhancer(model=str(folder))


def test_it_answers_in_words_within_the_budget(enhancer):
    text = enhancer.enhance(make_enhancement(budget=10))
    assert text
    assert len(text) <= 20  # a token is a letter here, and there may be twice as many
    assert "assistant" not in text


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


def test_unloading_gives_the_weights_back(enhancer):
    enhancer.enhance(make_enhancement())
    model = weakref.ref(enhancer.loaded[1])
    enhancer.unload()
    gc.collect()
    assert model() is None


def test_a_missing_model_is_said_so(tmp_path):
    with pytest.raises(BackendError, match="not installed"):
        InstructEnhancer(model=str(tmp_path / "gone")).enhance(make_enhancement())
