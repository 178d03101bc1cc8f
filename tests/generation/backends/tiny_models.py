"""Pipelines of a few thousand random weights, saved as real ones are; made in the test."""

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    EulerDiscreteScheduler,
    StableDiffusionXLImg2ImgPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
)

TEXT_WIDTH = 32


def clip_tokenizer() -> CLIPTokenizer:
    """One token per letter, so that a prompt of 80 letters is long."""
    letters = [chr(code) for code in range(33, 127)]
    words = [*letters, *(f"{letter}</w>" for letter in letters)]
    words += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {word: number for number, word in enumerate(words)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77)


def _text_config(vocabulary: int) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=vocabulary,
        bos_token_id=vocabulary - 2,
        eos_token_id=vocabulary - 1,
        hidden_size=TEXT_WIDTH,
        intermediate_size=37,
        num_hidden_layers=3,
        num_attention_heads=4,
        projection_dim=TEXT_WIDTH,
        hidden_act="gelu",
    )


def sdxl(folder: Path) -> Path:
    """A whole SDXL pipeline in `folder`; its VAE makes latents of a quarter of the size."""
    torch.manual_seed(0)
    tokenizer = clip_tokenizer()
    config = _text_config(len(tokenizer))
    pipeline = StableDiffusionXLPipeline(
        vae=_vae(),
        text_encoder=CLIPTextModel(config),
        text_encoder_2=CLIPTextModelWithProjection(config),
        tokenizer=tokenizer,
        tokenizer_2=clip_tokenizer(),
        unet=_unet(time_ids=6, text_width=2 * TEXT_WIDTH),
        scheduler=_scheduler(),
        add_watermarker=False,
    )
    pipeline.save_pretrained(folder)
    return folder


def sdxl_refiner(folder: Path, base: Path) -> Path:
    """A refiner: the second text encoder only, five numbers beside it, one of them for beauty."""
    torch.manual_seed(5)
    whole = StableDiffusionXLPipeline.from_pretrained(base)
    pipeline = StableDiffusionXLImg2ImgPipeline(
        vae=whole.vae,
        text_encoder=None,
        text_encoder_2=whole.text_encoder_2,
        tokenizer=None,
        tokenizer_2=whole.tokenizer_2,
        unet=_unet(time_ids=5, text_width=TEXT_WIDTH),
        scheduler=_scheduler(),
        requires_aesthetics_score=True,
        add_watermarker=False,
    )
    pipeline.save_pretrained(folder)
    return folder


def _scheduler() -> EulerDiscreteScheduler:
    return EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1
    )


def _unet(time_ids: int, text_width: int) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        block_out_channels=(32, 64),
        layers_per_block=2,
        sample_size=16,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 1),
        projection_class_embeddings_input_dim=time_ids * 8 + TEXT_WIDTH,
        cross_attention_dim=text_width,
        norm_num_groups=8,
    )


def _vae() -> AutoencoderKL:
    vae = AutoencoderKL(
        block_out_channels=[32, 32, 32],
        down_block_types=["DownEncoderBlock2D"] * 3,
        up_block_types=["UpDecoderBlock2D"] * 3,
        latent_channels=4,
        norm_num_groups=8,
    )
    with torch.no_grad():
        # As in a trained one, what is encoded is certain, and of the spread that noise has.
        vae.quant_conv.weight[4:] = 0
        vae.quant_conv.bias[4:] = -30
        latents = vae.encode(torch.rand(1, 3, 64, 64) * 2 - 1).latent_dist.mode()
    vae.register_to_config(scaling_factor=1 / latents.std().item())
    return vae
