"""What can be attached to the tiny SDXL pipeline: adapters, a ControlNet, LoRAs, a refiner."""

from pathlib import Path

import torch
from diffusers import ControlNetModel, StableDiffusionXLPipeline, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from tests.generation.backends.tiny_models import TEXT_WIDTH

IMAGE_WIDTH = 16


def image_encoder(folder: Path) -> Path:
    torch.manual_seed(1)
    config = CLIPVisionConfig(
        hidden_size=32,
        intermediate_size=37,
        projection_dim=IMAGE_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        image_size=32,
        patch_size=8,
    )
    CLIPVisionModelWithProjection(config).save_pretrained(folder)
    return folder


def adapter(path: Path, sdxl_folder: Path) -> Path:
    """An IP-Adapter as its authors keep it: one file, its layers numbered 1, 3, 5, ..."""
    torch.manual_seed(2)
    unet = UNet2DConditionModel.from_pretrained(sdxl_folder, subfolder="unet")
    width = 2 * TEXT_WIDTH
    tensors = {
        "image_proj.proj.weight": torch.randn(4 * width, IMAGE_WIDTH),
        "image_proj.proj.bias": torch.zeros(4 * width),
        "image_proj.norm.weight": torch.ones(width),
        "image_proj.norm.bias": torch.zeros(width),
    }
    crossing = [name for name in unet.attn_processors if "attn2" in name]
    for number, name in enumerate(crossing):
        attention = unet.get_submodule(name.removesuffix(".processor"))
        for part in ("to_k_ip", "to_v_ip"):
            weight = torch.randn(attention.to_k.out_features, width)
            tensors[f"ip_adapter.{2 * number + 1}.{part}.weight"] = weight
    save_file(tensors, path)
    return path


def controlnet(folder: Path, sdxl_folder: Path) -> Path:
    torch.manual_seed(3)
    unet = UNet2DConditionModel.from_pretrained(sdxl_folder, subfolder="unet")
    # Two levels below the picture's size, as the tiny VAE has, and not eight times smaller.
    net = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(8, 16, 16))
    for block in (*net.controlnet_down_blocks, net.controlnet_mid_block):
        torch.nn.init.normal_(block.weight, std=0.5)  # a trained one's are not zero
    net.save_pretrained(folder)
    return folder


def lora(path: Path, sdxl_folder: Path) -> Path:
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict

    torch.manual_seed(4)
    unet = UNet2DConditionModel.from_pretrained(sdxl_folder, subfolder="unet")
    unet.add_adapter(
        LoraConfig(r=4, lora_alpha=16, target_modules=["to_q", "to_v"], init_lora_weights=False)
    )
    StableDiffusionXLPipeline.save_lora_weights(
        path.parent,
        unet_lora_layers=get_peft_model_state_dict(unet),
        weight_name=path.name,
    )
    return path
