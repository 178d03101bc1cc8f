"""How long the review lists take for a large library: `python benchmarks/organising.py`.

In the database of DATABASE_URL (or OURVIDZ_VAR), which `fill_library.py` has filled; its assets
get perceptual hashes, one in five near another's. Prints the first opening of each list, when
it is worked out, and the next ones, when it is remembered; with the number of queries.
"""

import os
import random
import re
import resource
import statistics
import sys
import time
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ourvidz.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from library.models import LibraryAsset  # noqa: E402
from ourvidz.accounts.models import User  # noqa: E402

COLLECTOR = "collector"
PAGES = ("/library/organise/", "/library/organise/tags/", "/library/organise/prompts/")


def hash_assets() -> None:
    chance = random.Random(1)
    hashes = [chance.getrandbits(63)]
    ids = LibraryAsset.objects.filter(perceptual_hash=None).values_list("pk", flat=True)
    as_kept = LibraryAsset._meta.pk.get_db_prep_value
    rows = [(_hash(hashes, chance), as_kept(pk, connection)) for pk in ids]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE library_libraryasset SET perceptual_hash = %s WHERE id = %s", rows
        )


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
    with CaptureQueriesContext(connection) as captured:
        first, page = _timed(client, address)
        queries = len(captured)
    again = statistics.median(_timed(client, address)[0] for _ in range(5))
    total = "".join(re.findall(r'id="review-count">([\d,]+)', page)) or "0"
    return f"{address}: {total} rows, first {first:.2f} s, then {again:.2f} s, {queries} queries"


def _timed(client: Client, address: str) -> tuple[float, str]:
    """Seconds of this process's own time, which other work on the machine leaves alone."""
    started = time.process_time()
    page = client.get(address).content.decode()
    return time.process_time() - started, page


if __name__ == "__main__":
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("collectstatic", interactive=False, verbosity=0)
    hash_assets()
    client = Client()
    client.force_login(User.objects.get(username=COLLECTOR))
    print(
        f"{User.objects.get(username=COLLECTOR).library_assets.count()} assets, {connection.vendor}"
    )
    for address in PAGES:
        print(measure(client, address), flush=True)
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most")
