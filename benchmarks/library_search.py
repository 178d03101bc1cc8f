"""What the library costs, of databases that fill_library.py filled: a table for the README.

    python benchmarks/library_search.py [--plans] [DATABASE_URL ...]

Without an address it asks the database of DATABASE_URL, or of OURVIDZ_VAR. Each question is asked
through Django's test client, up to REPEATS times or for SECONDS: the figures are the whole answer,
rendered, without the network. Printed are p50 and p95 in milliseconds, without the time in which
the process, or the server's on PostgreSQL, waited for a processor that other work had (the last
line says how much that was); then their processor time, p50 for each database. The number of SQL
queries must be the same for each. With --plans the database's plan of each query over
assets and their counts goes into plans/, of the last address of its kind.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import fill_library  # noqa: F401 - sets Django up
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone
from fill_library import COLLECTOR, NEEDLE

from library.counting.tally import Tally
from library.models import LibraryAsset
from ourvidz.accounts.models import User

REPEATS = 20
SECONDS = 6  # for one question, but at least LEAST answers
LEAST = 5
PLANS = Path(__file__).parent / "plans"
TABLES = ('FROM "library_libraryasset"', "FROM library_hourcount", 'FROM "library_hourcount"')


def questions(user: User) -> dict[str, str]:
    """What is asked, by what it is called."""
    kept = LibraryAsset.objects.owned_by(user).kept()
    nearly_last = kept.order_by("created_at", "id")[30]
    month = (timezone.now() - timedelta(days=200)).strftime("%Y-%m")
    searches = {
        "search, common word": "portrait",
        "search, first letter of a word": "k",
        "search, rare word (1 in 1000)": NEEDLE,
        "search, common and rare word": f"sea {NEEDLE}",
        "search, phrase": f'"{NEEDLE} sea"',
        "search, phrase of common words": '"portrait woman light"',
        "search, nothing found": "nowhere",
        "search, typed, many found": "type:video steps:>30 angle:low",
        "search, typed, few found": f"type:video rating:5 fav:yes style:pop {NEEDLE}",
        "search, typed, numbers only, few": "rating:5 fav:yes steps:11",
        "search, a seed": f"seed:{nearly_last.seed}",
        "search, a tag (1 in 100)": "tag:sea",
        "search, a tag (1 in 10)": "tag:tenth",
        "search, without a tag (1 in 10)": "-tag:tenth",
        "search, without a word": f"{NEEDLE} -sea",
        "search, before a month": f"before:{month}",
    }
    asked = {name: f"?{urlencode({'q': query})}" for name, query in searches.items()}
    stretch = "stretch/?ranked=&"
    full, number = fullest_day(user)
    return {
        "first page": "",
        "page at the end": f"?{urlencode({'after': nearly_last.pk})}",
        "stretch above another": f"stretch/?newer=&before={nearly_last.pk}",
        "jump to a month": f"{stretch}from={month}-28",
        "jump into the middle": f"{stretch}skip={kept.count() // 2}",
        "jump into the fullest day": f"{stretch}from={full}&skip={number // 2}",
        **asked,
        "counts of months": "months/",
        "counts of days": f"months/{month}/",
        "counts of days, fullest month": f"months/{full[:7]}/",
        "counts of months, rare word": f"months/?q={NEEDLE}",
        "counts of months, common word": "months/?q=portrait",
    }


def fullest_day(user: User) -> tuple[str, int]:
    """The day of most assets, and how many."""
    hours = user.hour_counts.values("hour").annotate(sum=Sum("number"))
    start = hours.order_by("-sum").first()["hour"].date()
    days = {day.start: day.number for day in Tally(user).days(start.replace(day=1))}
    return start.isoformat(), days[start]


def collecting(client: Client, user: User) -> Callable[[], HttpResponse]:
    """Adding 1,000 assets to a collection, each time to a new one."""
    assets = [str(pk) for pk in user.library_assets.values_list("pk", flat=True)[:1000]]

    def add() -> HttpResponse:
        place = user.collections.create(name="Measured")
        url = f"/api/v1/collections/{place.pk}/assets"
        return client.put(url, {"asset_ids": assets}, content_type="application/json")

    return add


@dataclass(frozen=True)
class Spent:
    """Milliseconds: of the clock, at work, and ready to work but without a processor."""

    clock: float
    worked: float
    waited: float

    @classmethod
    def now(cls) -> "Spent":
        """Until now, by this process and its PostgreSQL server."""
        worked, waited = time.process_time() * 1e3, _scheduled(os.getpid())[1]
        if connection.vendor == "postgresql":
            connection.ensure_connection()
            server = _scheduled(connection.connection.info.backend_pid)
            worked, waited = worked + server[0], waited + server[1]
        return cls(time.perf_counter() * 1e3, worked, waited)

    def __sub__(self, other: "Spent") -> "Spent":
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Spent(*(late - early for late, early in pairs))

    @property
    def alone(self) -> float:
        """What it takes where nobody else works; both may have waited at once, so not less."""
        return max(self.clock - self.waited, self.worked)


def _scheduled(process: int) -> tuple[float, float]:
    """Worked and waited; nothing where the kernel does not say, or it is another machine's."""
    try:
        worked, waited, _ = Path(f"/proc/{process}/schedstat").read_text().split()
    except OSError:
        return 0, 0
    return int(worked) / 1e6, int(waited) / 1e6


def asked(ask: Callable[[], HttpResponse]) -> dict[str, float]:
    """p50 and p95 alone, processor time, the share of the clock that it waited, and queries."""
    with CaptureQueriesContext(connection) as captured:
        assert ask().status_code == 200
    queries = len(captured)
    found = list(answers(ask))
    alone = [spent.alone for spent in found]
    return {
        "p50": statistics.median(alone),
        "p95": statistics.quantiles(alone, n=20, method="inclusive")[-1],
        "worked": statistics.median(spent.worked for spent in found),
        "waited": sum(spent.waited for spent in found) / sum(spent.clock for spent in found),
        "queries": queries,
    }


def answers(ask: Callable[[], HttpResponse]) -> Iterator[Spent]:
    """What each answer took."""
    until = time.monotonic() + SECONDS
    for number in range(REPEATS):
        if number >= LEAST and time.monotonic() > until:
            return
        before = Spent.now()
        ask()
        yield Spent.now() - before


def plan_of(ask: Callable[[], HttpResponse]) -> str:
    """Of each query over assets and their counts."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    asked = [query["sql"] for query in captured if any(table in query["sql"] for table in TABLES)]
    return "\n--\n".join(map(_explained, asked))


def _explained(query: str) -> str:
    on_postgresql = connection.vendor == "postgresql"
    prefix = "EXPLAIN (ANALYZE, COSTS OFF) " if on_postgresql else "EXPLAIN QUERY PLAN "
    with connection.cursor() as cursor:
        cursor.execute(prefix + query)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def measure(plans: bool) -> dict[str, Any]:
    """One database: what it is, and the figures of each question."""
    call_command("collectstatic", interactive=False, verbosity=0)
    user = User.objects.get(username=COLLECTOR)
    client = Client()
    client.force_login(user)
    number = user.library_assets.count()
    asks = {
        name: partial(client.get, f"/library/{query}") for name, query in questions(user).items()
    }
    if plans:
        written = [f"{connection.vendor}, {number:,} assets of one user"]
        written += [f"\n== {name}\n{plan_of(ask)}" for name, ask in asks.items()]
        PLANS.mkdir(exist_ok=True)
        (PLANS / f"library-{connection.vendor}.txt").write_text("\n".join(written) + "\n")
    figures = {name: asked(ask) for name, ask in asks.items()}
    figures["add 1,000 to a collection"] = asked(collecting(client, user))
    user.collections.filter(name="Measured").delete()
    return {"vendor": connection.vendor, "number": number, "figures": figures}


def measured_at(address: str, plans: bool) -> dict[str, Any]:
    """In a process of its own, for Django knows one database."""
    command = [sys.executable, __file__, "--json", *(["--plans"] if plans else [])]
    environment = os.environ | {"DATABASE_URL": address}
    found = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    return json.loads(found.stdout.splitlines()[-1])


def table(found: list[dict[str, Any]]) -> Iterator[str]:
    """As the README has it."""
    numbers = [f"{database['number']:,}" for database in found]
    yield f"| {found[0]['vendor']} | {' | '.join(numbers)} | processor | SQL queries |"
    yield "|---" * (len(found) + 3) + "|"
    for name in found[0]["figures"]:
        row = [database["figures"][name] for database in found]
        cells = [f"{figures['p50']:.0f}, {figures['p95']:.0f}" for figures in row]
        cells.append(", ".join(f"{figures['worked']:.0f}" for figures in row))
        cells.append(", ".join(map(str, sorted({figures["queries"] for figures in row}))))
        yield f"| {name} | {' | '.join(cells)} |"
    shares = [figures["waited"] for database in found for figures in database["figures"].values()]
    load = os.getloadavg()[0]
    yield f"\nLoad {load:.1f}; waited for a processor {statistics.mean(shares):.0%} of the clock."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("addresses", nargs="*", metavar="DATABASE_URL")
    parser.add_argument("--plans", action="store_true", help="write the query plans as well")
    parser.add_argument("--json", action="store_true", help="print one database's figures as JSON")
    options = parser.parse_args()
    addresses = options.addresses
    found = [measured_at(address, options.plans) for address in addresses]
    found = found or [measure(options.plans)]
    print(json.dumps(found[0]) if options.json else "\n".join(table(found)))


if __name__ == "__main__":
    with override_settings(ALLOWED_HOSTS=["*"]):
        main()
