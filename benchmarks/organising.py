"""How long the review lists take for a large library: `python benchmarks/organising.py`.

In the database of DATABASE_URL (or OURVIDZ_VAR), which `fill_library.py` has filled; its assets
get perceptual hashes, one in five near another's. Prints the first opening of each list, when
it is worked out, and the next ones, when it is remembered; with the number of queries.
"""

import os
import random
import resource
import sys
import time
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ourvidz.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from library.models import LibraryAsset  # noqa: E402
from ourvidz.accounts.models import User  # noqa: E402

COLLECTOR = "collector"
BATCH = 5_000
PAGES = ("/library/organise/", "/library/organise/tags/", "/library/organise/prompts/")


def hash_assets() -> None:
    chance = random.Random(1)
    hashes = [chance.getrandbits(63)]
    ids = list(LibraryAsset.objects.filter(perceptual_hash=None).values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        rows = [
            LibraryAsset(pk=pk, perceptual_hash=_hash(hashes, chance))
            for pk in ids[start : start + BATCH]
        ]
        LibraryAsset.objects.bulk_update(rows, ["perceptual_hash"])


def _hash(hashes: list[int], chance: random.Random) -> int:
    value = chance.getrandbits(63)
    if chance.random() < 0.2:
        value = chance.choice(hashes)
        for _ in range(chance.randint(0, 6)):
            value ^= 1 << chance.randrange(63)
    hashes.append(value)
    return value


def measure(client: Client, address: str) -> str:
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        first, answer = _timed(client, address)
    again = sorted(_timed(client, address)[0] for _ in range(9))
    total = answer.context["stretch"].total
    later = f"then {again[4] * 1000:.0f} ms, {len(queries)} queries"
    return f"{address}: {total} rows, first {first:.2f} s, {later}"


def _timed(client: Client, address: str):
    """Seconds, and the answer."""
    started = time.perf_counter()
    answer = client.get(address)
    return time.perf_counter() - started, answer


if __name__ == "__main__":
    settings.ALLOWED_HOSTS = ["testserver"]
    hash_assets()
    client = Client()
    client.force_login(User.objects.get(username=COLLECTOR))
    print(
        f"{User.objects.get(username=COLLECTOR).library_assets.count()} assets, {connection.vendor}"
    )
    for address in PAGES:
        print(measure(client, address), flush=True)
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most")
