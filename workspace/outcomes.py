"""What became of each asset that an action named."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class ItemResult:
    """One asset's result. `error` is a sentence for its owner, '' where it went well."""

    asset_id: UUID
    library_asset_id: UUID | None = None
    error: str = ""

    @property
    def ok(self) -> bool:
        return not self.error


@dataclass(frozen=True)
class Outcome:
    """Every asset's result, and the id to undo it all by; None where there is nothing to undo."""

    results: list[ItemResult]
    undo_id: UUID | None = None
