"""Any picture as plain RGB. Imports only Pillow: the decoder process starts with it."""

import io

from PIL import Image


def as_rgb(image: Image.Image) -> Image.Image:
    """`image` as 8-bit sRGB: deep greys scaled, profiles applied, what is transparent white."""
    if image.mode.startswith("I"):  # 16 bits; Pillow's own conversion clips at 255
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    profile = image.info.get("icc_profile")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    if profile:
        image = _in_srgb(image, profile)
    return image if image.mode == "RGB" else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours as the profile means them; unchanged where it does not fit the picture."""
    from PIL import ImageCms

    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        standard = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, given, standard, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
