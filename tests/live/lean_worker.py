"""`python -m tests.live.lean_worker`: a remote worker on a machine with its own packages only.

What is installed beyond requirements-worker.txt is as if it were not there.
"""

import re
import runpy
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

LIST = Path(__file__).resolve().parents[2] / "requirements-worker.txt"


def unlisted() -> frozenset[str]:
    """The modules at the top that only packages beyond the list bring."""
    listed = set(re.findall(r"^([a-z0-9-]+)==", LIST.read_text(), re.MULTILINE))
    return frozenset(
        module
        for module, packages in packages_distributions().items()
        if not listed & {re.sub(r"[-_.]+", "-", name).lower() for name in packages}
    )


class OnlyListed:
    """The first of `sys.meta_path`, which has nothing to find and much to refuse."""

    def __init__(self) -> None:
        self.refused = unlisted()

    def find_spec(self, name: str, path=None, target=None) -> None:
        if name.partition(".")[0] in self.refused:
            raise ModuleNotFoundError(f"{name} is not in {LIST.name}", name=name)


if __name__ == "__main__":
    sys.meta_path.insert(0, OnlyListed())
    runpy.run_module("generation.remote", run_name="__main__", alter_sys=True)
