"""What an index of words is asked for: the words of what is looked for, in their order. Pure.

Words are cut where `library.search.text` has its marks, so text is an alternation of what stands
between words and of words. What stands at an end is no word of its own, for a search may begin or
stop in it. What an index names is compared letter by letter afterwards.
"""

from dataclasses import dataclass

from library.search.text import MARK


@dataclass(frozen=True)
class Run:
    """Words one after another, and between each two what stands between them.

    `goes_on` where no mark ends the last word: it is the beginning of one.
    """

    pieces: tuple[str, ...]
    goes_on: bool

    @property
    def words(self) -> tuple[str, ...]:
        """Those that are whole."""
        words = self.pieces[::2]
        return words[:-1] if self.goes_on else words

    @property
    def beginning(self) -> str:
        """Of the last word, where it may go on."""
        return self.pieces[-1] if self.goes_on else ""

    @property
    def is_one_word(self) -> bool:
        return len(self.pieces) == 1


def run_of(wanted: str) -> Run | None:
    """The words of what is looked for; None where it has none that every index knows."""
    pieces = wanted.split(MARK)[1:]
    goes_on = len(pieces) % 2 == 1
    inner = tuple(pieces if goes_on else pieces[:-1])
    return Run(inner, goes_on) if any(map(_is_word, inner[::2])) else None


def decides(wanted: str) -> bool:
    """Whether an index that names an asset for it proves that the asset's text contains it."""
    run = run_of(wanted)
    return run is not None and run.is_one_word and wanted.strip(MARK) == run.pieces[0]


def _is_word(piece: str) -> bool:
    return any(map(str.isalnum, piece))
