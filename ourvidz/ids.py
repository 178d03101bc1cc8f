"""Ids as JSON keeps them, which knows no UUID."""

from collections.abc import Iterable
from uuid import UUID


def texts(ids: Iterable[UUID]) -> list[str]:
    return [str(one) for one in ids]


def ids_of(kept: Iterable[str]) -> list[UUID]:
    return [UUID(text) for text in kept]
