"""Long and weighted prompts reach SDXL's encoders whole."""

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed (requirements-gpu.txt)")
pytest.importorskip("diffusers", reason="diffusers is not installed (requirements-gpu.txt)")

import torch

from generation.backends.diffusers_sdxl.prompts import PIECE, embed, split, weighted_parts

COMMA = 9


def tokens(count, commas=()):
    return [(COMMA if place in commas else 1, 1.0) for place in range(count)]


@pytest.fixture(scope="module")
def pipeline(sdxl_folder):
    from diffusers import StableDiffusionXLPipeline

    return StableDiffusionXLPipeline.from_pretrained(sdxl_folder)


class TestSplit:
    @pytest.mark.parametrize("count", [0, 1, 75, 76, 150, 151, 400])
    def test_no_token_is_lost_and_every_piece_fits(self, count):
        pieces = split([(number, 1.0) for number in range(100, 100 + count)], COMMA)
        assert [token for piece in pieces for token, _ in piece] == list(range(100, 100 + count))
        assert max(map(len, pieces)) <= PIECE

    def test_a_piece_ends_after_the_last_comma_that_is_near(self):
        assert [len(piece) for piece in split(tokens(100, commas=(10, 60, 70)), COMMA)] == [71, 29]

    def test_a_comma_far_from_the_end_does_not_count(self):
        assert [len(piece) for piece in split(tokens(100, commas=(10,)), COMMA)] == [75, 25]


class TestWeightedParts:
    def test_a_term_is_found_as_whole_words_in_any_case(self):
        parts = list(weighted_parts("A Red fox, redder, red fox", {"red fox": 1.5}))
        assert parts == [("A ", 1.0), ("Red fox", 1.5), (", redder, ", 1.0), ("red fox", 1.5)]

    def test_the_longer_of_two_terms_wins(self):
        parts = dict(weighted_parts("red fox", {"red": 0.5, "red fox": 2.0}))
        assert parts == {"red fox": 2.0}

    def test_what_looks_like_a_pattern_is_taken_as_it_is(self):
        assert ("c++ (1)", 2.0) in list(weighted_parts("c++ (1) dev", {"c++ (1)": 2.0}))


class TestEmbed:
    @pytest.mark.parametrize("negative", ["dark", None])
    def test_a_short_prompt_is_what_the_pipeline_itself_makes_of_it(self, pipeline, negative):
        own = pipeline.encode_prompt("a fox", negative_prompt=negative)
        ours = embed(pipeline, "a fox", negative or "", {})
        for expected, got in zip(
            own, (ours.prompt, ours.negative, ours.pooled, ours.negative_pooled), strict=True
        ):
            assert torch.allclose(expected, got, atol=1e-4)

    def test_long_prompts_get_more_pieces_and_the_negative_as_many(self, pipeline):
        ours = embed(pipeline, "fox " * 60, "dark", {})
        assert ours.prompt.shape == ours.negative.shape
        assert ours.prompt.shape[1] == 3 * 77

    def test_the_end_of_a_long_prompt_changes_the_last_piece_alone(self, pipeline):
        one, other = (embed(pipeline, "fox " * 30 + end, "", {}).prompt for end in ("cat", "dog"))
        assert torch.allclose(one[:, :77], other[:, :77], atol=1e-5)
        assert not torch.allclose(one[:, 77:], other[:, 77:], atol=1e-3)

    def test_a_weight_moves_the_terms_tokens_alone(self, pipeline):
        plain = embed(pipeline, "a fox", "", {}).prompt
        strong = embed(pipeline, "a fox", "", {"fox": 2.0}).prompt
        moved = (plain - strong).abs().amax(dim=(0, 2)) > 1e-5
        assert moved.nonzero().flatten().tolist() == [2, 3, 4]  # f, o, x after the start and a

    def test_a_weight_of_one_is_none(self, pipeline):
        plain, same = (embed(pipeline, "a fox", "", w).prompt for w in ({}, {"fox": 1.0}))
        assert torch.equal(plain, same)
