"""WAN pipelines of a few thousand random weights, saved as real ones are."""

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKLWan,
    FlowMatchEulerDiscreteScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
)
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    CLIPImageProcessor,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
    PreTrainedTokenizerFast,
    UMT5Config,
    UMT5EncoderModel,
)

TEXT_WIDTH = 32


def from_words(folder: Path) -> Path:
    torch.manual_seed(0)
    WanPipeline(**_common(), transformer=_transformer(in_channels=16)).save_pretrained(folder)
    return folder


def from_frames(folder: Path, *, both: bool = False) -> Path:
    """A model that takes a start frame, or one that takes a start and an end frame."""
    torch.manual_seed(1)
    vision = CLIPVisionConfig(
        hidden_size=8,
        projection_dim=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=32,
        intermediate_size=16,
        patch_size=8,
    )
    # A start-and-end model sees both pictures at once: 16 patches and one token of each.
    positions = {"pos_embed_seq_len": 2 * (16 + 1)} if both else {}
    WanImageToVideoPipeline(
        **_common(),
        # Noise, the mask of what is given, and what is given.
        transformer=_transformer(in_channels=36, image_dim=8, added_kv_proj_dim=24, **positions),
        image_encoder=CLIPVisionModelWithProjection(vision),
        image_processor=CLIPImageProcessor(size=32, crop_size=32),
    ).save_pretrained(folder)
    return folder


def lora(path: Path, folder: Path) -> Path:
    """A LoRA for the pipeline in `folder`."""
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict

    torch.manual_seed(4)
    transformer = WanTransformer3DModel.from_pretrained(folder, subfolder="transformer")
    transformer.add_adapter(
        LoraConfig(r=4, lora_alpha=32, target_modules=["to_q", "to_v"], init_lora_weights=False)
    )
    WanPipeline.save_lora_weights(
        path.parent,
        transformer_lora_layers=get_peft_model_state_dict(transformer),
        weight_name=path.name,
    )
    return path


def _common() -> dict:
    words = UMT5Config(
        vocab_size=256,
        d_model=TEXT_WIDTH,
        d_kv=8,
        d_ff=37,
        num_layers=2,
        num_heads=4,
    )
    return {
        "tokenizer": tokenizer(),
        "text_encoder": UMT5EncoderModel(words),
        "vae": _vae(),
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=7.0),
    }


def _vae() -> AutoencoderKLWan:
    vae = AutoencoderKLWan(base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1)
    with torch.no_grad():  # as in a trained one, latents make a difference to the picture
        vae.decoder.conv_out.weight *= 8
    return vae


def tokenizer() -> PreTrainedTokenizerFast:
    """One token per letter."""
    vocabulary = {"<pad>": 0, "</s>": 1, "<unk>": 2}
    vocabulary |= {chr(code): code for code in range(33, 127)}
    letters = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    letters.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return PreTrainedTokenizerFast(
        tokenizer_object=letters, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def _transformer(**options) -> WanTransformer3DModel:
    return WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=2,
        attention_head_dim=12,
        out_channels=16,
        text_dim=TEXT_WIDTH,
        freq_dim=64,
        ffn_dim=32,
        num_layers=2,
        rope_max_seq_len=32,
        **options,
    )
