"""An instruct model of a few thousand random weights, saved as real ones are."""

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"
# It reads letters and answers in these.
WORDS = ("a", "red", "old", "boat", "sea", "fog", "dawn", "soft", "light", "calm", "blue", "sky")
_MARKS = ("<pad>", "</s>", "<unk>")
_LETTERS = ("\n", *map(chr, range(32, 127)))


def instruct(folder: Path) -> Path:
    torch.manual_seed(0)
    said = [*(f" {word}" for word in WORDS), *(f" {word}," for word in WORDS)]
    tokens = [*_MARKS, *_LETTERS, *said]
    _tokenizer(tokens).save_pretrained(folder)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokens),
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            bos_token_id=1,
            eos_token_id=1,
            pad_token_id=0,
        )
    )
    model.generation_config.suppress_tokens = list(range(len(_MARKS) + len(_LETTERS)))
    model.save_pretrained(folder)
    return folder


def _tokenizer(tokens: list[str]) -> PreTrainedTokenizerFast:
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        chat_template=TEMPLATE,
    )
