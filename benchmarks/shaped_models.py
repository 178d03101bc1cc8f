"""SDXL and WAN 2.1 pipelines of random weights, in the shapes of the real ones or smaller.

What a step costs depends on shapes alone, so time and memory can be measured without
anybody's weights. The shapes are those in the models' published configurations.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderKLWan,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
    WanPipeline,
    WanTransformer3DModel,
)
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    UMT5Config,
    UMT5EncoderModel,
)

from tests.generation.backends.tiny_models import clip_tokenizer
from tests.generation.backends.tiny_wan import tokenizer


@dataclass(frozen=True)
class Shape:
    """How large the models are: 1 is as published, 8 an eighth of the channels."""

    divisor: int
    dtype: torch.dtype

    def of(self, channels: int) -> int:
        return channels // self.divisor


FULL = Shape(1, torch.bfloat16)
SMALL = Shape(8, torch.float32)


def sdxl(folder: Path, shape: Shape) -> Path:
    """SDXL base 1.0: 2.57 thousand million weights in the U-Net, 0.08 in the decoder."""
    pipeline = StableDiffusionXLPipeline(
        vae=_vae(shape),
        text_encoder=CLIPTextModel(_words(shape, 768, 3072, 12, 12, "quick_gelu")),
        text_encoder_2=CLIPTextModelWithProjection(_words(shape, 1280, 5120, 32, 20, "gelu")),
        tokenizer=clip_tokenizer(),
        tokenizer_2=clip_tokenizer(),
        unet=unet(shape),
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1
        ),
        add_watermarker=False,
    )
    return _saved(pipeline, folder, shape)


def unet(shape: Shape) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=128,
        block_out_channels=tuple(shape.of(width) for width in (320, 640, 1280)),
        layers_per_block=2,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 2, 10),
        attention_head_dim=(5, 10, 20),
        cross_attention_dim=shape.of(768) + shape.of(1280),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=6 * 256 + shape.of(1280),
        norm_num_groups=min(32, shape.of(64)),  # 32, of which the small one has too few channels
    )


def _words(
    shape: Shape, width: int, inner: int, layers: int, heads: int, activation: str
) -> CLIPTextConfig:
    marks = len(clip_tokenizer())
    return CLIPTextConfig(
        vocab_size=49408,
        bos_token_id=marks - 2,
        eos_token_id=marks - 1,
        hidden_size=shape.of(width),
        intermediate_size=shape.of(inner),
        num_hidden_layers=layers,
        num_attention_heads=heads // min(shape.divisor, 4),
        projection_dim=shape.of(width),
        hidden_act=activation,
    )


def _vae(shape: Shape) -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=[shape.of(width) for width in (128, 256, 512, 512)],
        down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
        layers_per_block=2,
        norm_num_groups=min(32, shape.of(128)),
        latent_channels=4,
        sample_size=1024,
        scaling_factor=0.13025,
    )


def wan(folder: Path, shape: Shape) -> Path:
    """WAN 2.1 1.3B; its text model, which runs once, has two layers in place of 24."""
    words = UMT5Config(
        vocab_size=256, d_model=shape.of(4096), d_kv=64, d_ff=shape.of(10240), num_layers=2
    )
    pipeline = WanPipeline(
        tokenizer=tokenizer(),
        text_encoder=UMT5EncoderModel(words),
        transformer=transformer(shape),
        vae=AutoencoderKLWan(base_dim=shape.of(96)),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=5.0),
    )
    return _saved(pipeline, folder, shape)


def transformer(shape: Shape) -> WanTransformer3DModel:
    return WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=shape.of(12),
        attention_head_dim=128,
        in_channels=16,
        out_channels=16,
        text_dim=shape.of(4096),
        freq_dim=256,
        ffn_dim=shape.of(8960),
        num_layers=30 // shape.divisor,
        cross_attn_norm=True,
        qk_norm="rms_norm_across_heads",
        rope_max_seq_len=1024,
    )


def _saved(pipeline, folder: Path, shape: Shape) -> Path:
    pipeline.to(dtype=shape.dtype)
    pipeline.save_pretrained(folder)
    return folder
