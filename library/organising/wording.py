"""What a commit did, in a sentence."""

from library.organising.commits import Outcome


def told(outcome: Outcome) -> str:
    """Such as "3 moved to trash, 2 rated. 1 stayed as it was: ..."."""
    done = outcome.done
    tagged = {pk for ids in done.tagged.values() for pk in ids}
    counts = [
        (len(done.trashed), "moved to trash"),
        (len(done.ratings), "rated"),
        (len(done.favourites), "marked or unmarked as favourite"),
        (len(tagged), "tagged"),
        (len(done.collections), f"collection{'' if len(done.collections) == 1 else 's'} made"),
    ]
    parts = [f"{count:,} {what}" for count, what in counts if count]
    said = ", ".join(parts) or _without_changes(outcome)
    return f"{said}.{_failed(outcome)}"


def _without_changes(outcome: Outcome) -> str:
    return (
        "Noted; it is not suggested again" if outcome.done.settled else "Nothing had to be changed"
    )


def _failed(outcome: Outcome) -> str:
    if not outcome.failures:
        return ""
    count, reason = len(outcome.failures), next(iter(outcome.failures.values()))
    return f" {count:,} stayed as {'it was' if count == 1 else 'they were'}: {reason}"
