"""WAN 2.1 by diffusers: clips and single frames, from words and from pictures."""

from .backend import WanBackend

__all__ = ["WanBackend"]
