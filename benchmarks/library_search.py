"""What the library costs: `python benchmarks/library_search.py [--plans]` after fill_library.py.

Each question is asked REPEATS times through Django's test client, so the figures are the whole
answer, rendered, without the network. Prints p50 and p95 in milliseconds, the processor time of
this process (where the machine has other work that tells more; with SQLite it is all there is) and
the number of SQL queries. With --plans writes the database's plan of each list query into plans/.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import fill_library  # noqa: F401 - sets Django up
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone
from fill_library import COLLECTOR, NEEDLE

from library.models import LibraryAsset
from ourvidz.accounts.models import User

REPEATS = 20
PLANS = Path(__file__).parent / "plans"


def questions(user: User) -> dict[str, str]:
    """What is asked, by what it is called."""
    kept = LibraryAsset.objects.owned_by(user).kept()
    nearly_last = kept.order_by("created_at", "id")[30]
    month = (timezone.now() - timedelta(days=365)).strftime("%Y-%m")
    searches = {
        "search, common word": "portrait",
        "search, rare word": NEEDLE,
        "search, two words": f"sea {NEEDLE}",
        "search, phrase": f'"{NEEDLE} sea"',
        "search, nothing found": "nowhere",
        "search, typed, many": "type:video steps:>30 angle:low",
        "search, typed, few": f"type:video rating:5 fav:yes style:pop {NEEDLE}",
        "search, seed": f"seed:{nearly_last.seed}",
        "search, tag": "tag:sea",
        "search, without": f"{NEEDLE} -sea",
        "search, before a month": f"before:{month}",
        "search, numbers only, few": "rating:5 fav:yes steps:11",
        "search, phrase of common words": '"portrait woman light"',
    }
    asked = {name: f"?{urlencode({'q': query})}" for name, query in searches.items()}
    stretch = "stretch/?ranked=&"
    return {
        "first page": "",
        "page at the end": f"?{urlencode({'after': nearly_last.pk})}",
        "stretch above another": f"stretch/?newer=&before={nearly_last.pk}",
        "jump to a month": f"{stretch}from={month}-28",
        "jump into the middle": f"{stretch}skip={kept.count() // 2}",
        **asked,
        "counts of months": "months/",
        "counts of days": f"months/{month}/",
        "counts of months, rare word": f"months/?q={NEEDLE}",
        "counts of months, common word": "months/?q=portrait",
    }


def asked(ask: Callable[[], HttpResponse]) -> tuple[float, float, float, int]:
    """p50 and p95 in milliseconds, processor time of this process (p50), and SQL queries."""
    with CaptureQueriesContext(connection) as captured:
        assert ask().status_code == 200
    queries = len(captured)
    times, worked = [], []
    for _ in range(REPEATS):
        started, working = time.perf_counter(), time.process_time()
        ask()
        times.append((time.perf_counter() - started) * 1000)
        worked.append((time.process_time() - working) * 1000)
    p95 = statistics.quantiles(times, n=20)[-1]
    return statistics.median(times), p95, statistics.median(worked), queries


def collecting(client: Client, user: User) -> Callable[[], HttpResponse]:
    """Adding 1,000 assets to a collection, each time to a new one."""
    assets = [str(pk) for pk in user.library_assets.values_list("pk", flat=True)[:1000]]

    def add() -> HttpResponse:
        place = user.collections.create(name="Measured")
        url = f"/api/v1/collections/{place.pk}/assets"
        return client.put(url, {"asset_ids": assets}, content_type="application/json")

    return add


def row(name: str, figures: tuple[float, float, float, int]) -> None:
    p50, p95, worked, queries = figures
    print(f"| {name} | {p50:.0f} | {p95:.0f} | {worked:.0f} | {queries} |", flush=True)


def plan(client: Client, query: str) -> str:
    """Of the longest query over assets: that which lists or counts them."""
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/library/{query}")
    listing = max(
        (q["sql"] for q in captured if 'FROM "library_libraryasset"' in q["sql"]), key=len
    )
    prefix = (
        "EXPLAIN (ANALYZE, COSTS OFF) "
        if connection.vendor == "postgresql"
        else "EXPLAIN QUERY PLAN "
    )
    with connection.cursor() as cursor:
        cursor.execute(prefix + listing)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plans", action="store_true", help="write the query plans as well")
    plans = parser.parse_args().plans
    call_command("collectstatic", interactive=False, verbosity=0)
    user = User.objects.get(username=COLLECTOR)
    client = Client()
    client.force_login(user)
    number = user.library_assets.count()
    written = [f"{connection.vendor}, {number} assets of one user"]
    print(
        f"{written[0]}\n\n| what | p50 ms | p95 ms | CPU ms | SQL queries |\n|---|---|---|---|---|"
    )
    for name, query in questions(user).items():
        row(name, asked(partial(client.get, f"/library/{query}")))
        if plans:
            written.append(f"\n== {name}\n{plan(client, query)}")
    row("add 1,000 to a collection", asked(collecting(client, user)))
    user.collections.filter(name="Measured").delete()
    if plans:
        PLANS.mkdir(exist_ok=True)
        (PLANS / f"library-{connection.vendor}.txt").write_text("\n".join(written) + "\n")


if __name__ == "__main__":
    with override_settings(ALLOWED_HOSTS=["*"]):
        main()
