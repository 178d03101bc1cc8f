"""The preview backend: pictures and clips out of words and noise, without a model."""

from .backend import PreviewBackend

__all__ = ["PreviewBackend"]
