"""Pictures and clips by a running ComfyUI server, from workflows with named slots."""

from .backend import ComfyBackend

__all__ = ["ComfyBackend"]
