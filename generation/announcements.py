"""What the workers that live now say they can run; the source is whoever listens to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Announcement:
    """`lanes` are those that a living worker serves.

    `models` says of each model that such a worker looked at why none can run it, in words for
    creators; empty where one can. `unavailable` is, for models that can be run, what
    `Backend.unavailable` said there, and `words` what switches something on in their prompts.
    """

    lanes: frozenset[str]
    models: Mapping[str, str]
    unavailable: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)


Source = Callable[[], Announcement | None]
_sources: list[Source] = []


def listen_to(source: Source) -> None:
    """Ask `source` from now on; the last one that says anything counts."""
    _sources.append(source)


def stop_listening_to(source: Source) -> None:
    _sources.remove(source)


def announced() -> Announcement | None:
    """What the workers say; None where nobody listens, or none has said anything."""
    heard = (source() for source in reversed(_sources))
    return next((announcement for announcement in heard if announcement), None)
