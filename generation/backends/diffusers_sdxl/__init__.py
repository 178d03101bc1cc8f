"""SDXL by diffusers: pictures from words, and from pictures."""

from .backend import SdxlBackend

__all__ = ["SdxlBackend"]
