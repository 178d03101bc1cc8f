"""Prompts of any length, with weighted terms, as SDXL's two text encoders see them.

An encoder reads 77 tokens at a time. A longer prompt is encoded in pieces of 75 that end at a
comma where one is near, and the pieces are joined, so no word is lost. A term's weight moves
its tokens along the line from what the empty prompt gives to what they give, as Compel does:
https://github.com/damian0815/compel
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generation.backends.diffusers_common.device import torch_or_reason

PIECE = 75  # tokens that fit between the start and the end mark
_NEAR = 20  # how far back from a piece's end a comma is looked for

Token = tuple[int, float]  # id, weight


@dataclass(frozen=True)
class Embeddings:
    """What a pipeline takes in place of texts; one row each, sequences of equal length."""

    prompt: Any
    negative: Any
    pooled: Any
    negative_pooled: Any

    def arguments(self) -> dict[str, Any]:
        """By the names of the pipelines' parameters."""
        return {
            "prompt_embeds": self.prompt,
            "negative_prompt_embeds": self.negative,
            "pooled_prompt_embeds": self.pooled,
            "negative_pooled_prompt_embeds": self.negative_pooled,
        }


def embed(pipeline: Any, prompt: str, negative: str, weights: Mapping[str, float]) -> Embeddings:
    """The embeddings of both prompts by those of the two encoders that `pipeline` has."""
    encoders = [
        _Encoder(tokenizer, encoder, pipeline._execution_device)
        for tokenizer, encoder in (
            (pipeline.tokenizer, pipeline.text_encoder),
            (pipeline.tokenizer_2, pipeline.text_encoder_2),
        )
        if encoder is not None
    ]
    torch = torch_or_reason()
    with torch.inference_mode():
        texts = [(prompt, weights), (negative, {})]
        # Both prompts get as many pieces as the longer one needs, in either encoder's tokens.
        count = max(len(encoder.pieces(*text)) for encoder in encoders for text in texts)
        hidden, pooled = zip(*(_join(encoders, text, count) for text in texts), strict=True)
    # SDXL was trained with zeros for what is not said, which its configuration tells.
    kept = 1.0 if negative or not pipeline.config.force_zeros_for_empty_prompt else 0.0
    return Embeddings(hidden[0], hidden[1] * kept, pooled[0], pooled[1] * kept)


def _join(encoders: list["_Encoder"], text: tuple, count: int) -> tuple[Any, Any]:
    """The encoders' features side by side; the pooled vector is the last encoder's."""
    results = [encoder.encode(encoder.pieces(*text), count) for encoder in encoders]
    features = torch_or_reason().cat([hidden for hidden, _ in results], dim=-1)
    return features, results[-1][1]


class _Encoder:
    """One of the two: a tokenizer and its text model."""

    def __init__(self, tokenizer: Any, model: Any, device: Any) -> None:
        self.tokenizer, self.model, self.device = tokenizer, model, device

    def pieces(self, text: str, weights: Mapping[str, float]) -> list[list[Token]]:
        """The tokens of `text` with their weights, in pieces that each fit."""
        comma = self._ids(",")[-1]
        tokens = [
            (token, weight)
            for part, weight in weighted_parts(text, weights)
            for token in self._ids(part)
        ]
        return split(tokens, comma)

    def _ids(self, text: str) -> list[int]:
        # Without a limit here: what does not fit goes into the next piece.
        return self.tokenizer(text, add_special_tokens=False, verbose=False).input_ids

    def encode(self, pieces: list[list[Token]], count: int) -> tuple[Any, Any]:
        """Features, 1 x (77 count) x width, and the pooled vector of the first piece."""
        padded = pieces + [[]] * (count - len(pieces))
        is_weighted = any(weight != 1.0 for piece in padded for _, weight in piece)
        rows = [*padded, []] if is_weighted else padded
        hidden, pooled = self._run([[token for token, _ in piece] for piece in rows])
        if is_weighted:
            hidden = self._weighted(hidden[:-1], hidden[-1:], padded)
        return hidden.flatten(0, 1)[None], pooled[:1]

    @staticmethod
    def _weighted(hidden: Any, empty: Any, pieces: list[list[Token]]) -> Any:
        """Each token's features, moved from what the `empty` prompt gives by its weight."""
        torch = torch_or_reason()
        weights = torch.ones(hidden.shape[:2], dtype=hidden.dtype, device=hidden.device)
        for row, piece in enumerate(pieces):
            given = torch.tensor([weight for _, weight in piece], dtype=hidden.dtype)
            weights[row, 1 : len(piece) + 1] = given.to(hidden.device)
        return empty + (hidden - empty) * weights[..., None]

    def _run(self, rows: list[list[int]]) -> tuple[Any, Any]:
        """The layer before the last, which SDXL was trained on, and the pooled vectors."""
        torch = torch_or_reason()
        ids = torch.tensor([self._framed(row) for row in rows], device=self.device)
        result = self.model(ids, output_hidden_states=True)
        return result.hidden_states[-2], result[0]

    def _framed(self, row: list[int]) -> list[int]:
        tokenizer = self.tokenizer
        end = [tokenizer.eos_token_id, *[tokenizer.pad_token_id] * (PIECE - len(row))]
        return [tokenizer.bos_token_id, *row, *end]


def weighted_parts(text: str, weights: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """`text` cut where a weighted term starts or ends; terms are found as whole words."""
    known = {term.strip().casefold(): weight for term, weight in weights.items() if term.strip()}
    if not known:
        yield text, 1.0
        return
    longest_first = sorted(known, key=len, reverse=True)
    either = "|".join(re.escape(term) for term in longest_first)
    for part in re.split(rf"(?<!\w)({either})(?!\w)", text, flags=re.IGNORECASE):
        if part:
            yield part, known.get(part.casefold(), 1.0)


def split(tokens: list[Token], comma: int) -> list[list[Token]]:
    """Pieces of at most 75 tokens, ended after a comma where one is near the end."""
    pieces = []
    while len(tokens) > PIECE:
        commas = [place for place in range(PIECE - _NEAR, PIECE) if tokens[place][0] == comma]
        end = commas[-1] + 1 if commas else PIECE
        pieces.append(tokens[:end])
        tokens = tokens[end:]
    return [*pieces, tokens]
