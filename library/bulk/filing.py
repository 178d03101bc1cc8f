"""Into collections, out of them, and from one to another."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from library.background import Refused
from library.bulk.done import Done, changed_since, existing
from library.bulk.models import Batch
from library.placing import append, places_in, put
from ourvidz.ids import ids_of, texts

NO_COLLECTION = "The collection was deleted meanwhile. What was done before stays."
NOT_IN_IT = "It is not in that collection."
INTO, OUT_OF = "collection_id", "from_id"  # parameters of a batch


def add(batch: Batch, ids: Sequence[UUID]) -> Done:
    """Put what is not in the collection behind what is."""
    new = append(_open(batch, INTO), ids)
    return Done({"filed": texts(new)}, len(new))


def undo_add(original: Batch, did: dict[str, Any]) -> Done:
    """Take out again what that put in."""
    wanted, places = ids_of(did["filed"]), _places(original, INTO)
    if places is None:
        return Done(failures=changed_since(wanted))
    there = _taken(places, wanted).keys()
    return Done(changed=len(there), failures=changed_since(set(wanted) - there))


def remove(batch: Batch, ids: Sequence[UUID]) -> Done:
    """Take out what is in the collection."""
    gone = _taken(_open(batch, INTO), ids)
    return Done({"unfiled": _as_json(gone)}, len(gone))


def undo_remove(original: Batch, did: dict[str, Any]) -> Done:
    """Put back where it was what that took out."""
    wanted = _from_json(did["unfiled"])
    places = _places(original, INTO)
    if places is None:
        return Done(failures=changed_since(wanted))
    back = _put_back(original, places, wanted)
    return Done(changed=len(back), failures=changed_since(wanted.keys() - back))


def move(batch: Batch, ids: Sequence[UUID]) -> Done:
    """What is in the one collection goes to the other; what is not stays as it is."""
    places = {name: _open(batch, name) for name in sorted((INTO, OUT_OF), key=batch.parameters.get)}
    gone = _taken(places[OUT_OF], ids)
    new = append(places[INTO], [pk for pk in ids if pk in gone])
    failures = dict.fromkeys((pk for pk in ids if pk not in gone), NOT_IN_IT)
    return Done({"unfiled": _as_json(gone), "filed": texts(new)}, len(gone), failures)


def undo_move(original: Batch, did: dict[str, Any]) -> Done:
    """Back where it was, as far as both collections are there."""
    wanted = _from_json(did["unfiled"])
    names = sorted((INTO, OUT_OF), key=original.parameters.get)
    places = {name: _places(original, name) for name in names}
    if places[INTO] is None or places[OUT_OF] is None:
        return Done(failures=changed_since(wanted))
    _taken(places[INTO], ids_of(did["filed"]))
    back = _put_back(original, places[OUT_OF], wanted)
    return Done(changed=len(back), failures=changed_since(wanted.keys() - back))


def _places(batch: Batch, name: str):
    return places_in(batch.owner, batch.parameters[name])


def _open(batch: Batch, name: str):
    places = _places(batch, name)
    if places is None:
        raise Refused(NO_COLLECTION)
    return places


def _taken(places, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Those of `ids` that were in it, by the position that they had; they are out of it now."""
    found = dict(places.filter(asset__in=ids).values_list("asset_id", "position"))
    places.filter(asset__in=found).delete()
    return found


def _put_back(batch: Batch, places, wanted: Mapping[UUID, int]) -> set[UUID]:
    """Those of `wanted` that could go where they were."""
    there = set(places.filter(asset__in=wanted).values_list("asset_id", flat=True))
    back = existing(batch, wanted.keys()) - there
    put(places, {pk: wanted[pk] for pk in wanted if pk in back})
    return back


def _as_json(positions: Mapping[UUID, int]) -> dict[str, int]:
    return {str(pk): position for pk, position in positions.items()}


def _from_json(kept: Mapping[str, int]) -> dict[UUID, int]:
    return {UUID(pk): position for pk, position in kept.items()}
