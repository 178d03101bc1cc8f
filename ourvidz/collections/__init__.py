"""The collections app, whose code lives in the top-level folder `collections/`.

A top-level package named `collections` would replace Python's own and nothing would
start. So that folder has no `__init__.py`, and this module's path points at it.
"""

from pathlib import Path

__path__ = [str(Path(__file__).resolve().parent.parent.parent / "collections")]
