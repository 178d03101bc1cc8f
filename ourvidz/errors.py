"""What a request can be told by every part: pages show it, the API answers with it."""

from collections.abc import Mapping

LIMIT_RETRY_SECONDS = 60


class RequestError(Exception):
    """A request that cannot be taken. `errors` has, by field, what is wrong and what to do."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name}: {' '.join(e)}" for name, e in self.errors.items()))

    @property
    def sentences(self) -> str:
        """What is wrong, for a page where the names of fields say nothing."""
        return " ".join(sentence for told in self.errors.values() for sentence in told)


class LimitError(Exception):
    """A limit of the owner is reached; `retry_after` is in seconds."""

    def __init__(self, detail: str, retry_after: int = LIMIT_RETRY_SECONDS) -> None:
        self.detail = detail
        self.retry_after = retry_after
        super().__init__(detail)


class StateError(Exception):
    """The thing is in no state for that; the message says what can be done instead."""
