"""Fill libraries with rows: `python benchmarks/fill_library.py 100000`.

Into the database of DATABASE_URL (or OURVIDZ_VAR), which is migrated first. The user `collector`
gets that many assets over two years, of which up to 50,000 lie on one day; ten other users a tenth
of it together. A few small pictures stand for all thumbnails; other files are not written.
Repeatable: the same seed, the same words. Rows go in without the indexes of words, which are built
afterwards; a million takes some minutes.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from itertools import accumulate, islice
from pathlib import Path
from typing import Any
from uuid import UUID

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ourvidz.settings")
django.setup()

from django.core.files.base import ContentFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from PIL import Image  # noqa: E402

from library.models import LibraryAsset, Tag  # noqa: E402
from library.search import indexes  # noqa: E402
from library.search.fields import ANGLES, SHOTS, STYLES  # noqa: E402
from ourvidz.accounts.models import User  # noqa: E402
from ourvidz.media.buckets import bucket_named  # noqa: E402

COLLECTOR = "collector"
OTHERS = 10
BATCH = 10_000
TIMES = 10  # assets of one prompt
TAGS = {"sea": 100, "tenth": 10}  # one of so many assets has each
DAYS = 730
BURST = 50_000  # assets of one day, or half of all
BURST_DAYS_AGO = 400
# Words as people use them: the first in every third prompt, the last in one of thousands.
COMMON = "portrait woman light sea city forest dramatic soft sky boat night street mountain".split()  # noqa: SIM905
SYLLABLES = "ka lo mi ren tas vel dor fin gar hul jun pel sor tim wex zan".split()  # noqa: SIM905
RARE = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES]
RARE_WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(RARE) + 1)))
SIZES = [("image", 1024, 576), ("image", 1024, 1024), ("image", 576, 1024), ("video", 832, 480)]
PICTURES = 24
THUMBNAIL = "benchmark/{}.webp"
PLACEHOLDER = "1QcSHQRnh493V4dIh4eXh1h4kJUI"
NEEDLE = "quixotic"  # in one asset of a thousand


def prompt(chance: random.Random) -> str:
    words = chance.choices(COMMON, k=5) + chance.choices(RARE, cum_weights=RARE_WEIGHTS, k=12)
    words += [NEEDLE] * (chance.random() < 0.001)
    chance.shuffle(words)
    return " ".join(words)


def moments(number: int) -> Iterator[datetime]:
    """When each was saved, the oldest first: evenly, but for one day."""
    now = timezone.now()
    burst = min(BURST, number // 2)
    day = (now - timedelta(days=BURST_DAYS_AGO)).replace(hour=8, minute=0, second=0, microsecond=0)
    even = number - burst
    times = [now - timedelta(days=DAYS) * (even - index) / even for index in range(even)]
    times += [day + timedelta(hours=8) * index / burst for index in range(burst)]
    return iter(sorted(times))


def drawn(owner: User, chance: random.Random) -> LibraryAsset:
    """One of the prompts with its settings, of which several assets are made."""
    kind, width, height = chance.choice(SIZES)
    words = prompt(chance)
    controls = {
        "steps": chance.randint(10, 50),
        "style": chance.choice(list(STYLES)),
        "shot_type": chance.choice(list(SHOTS)),
        "camera_angle": chance.choice(list(ANGLES)),
    }
    return LibraryAsset(
        owner=owner,
        kind=kind,
        width=width,
        height=height,
        duration_seconds=5.0 if kind == "video" else None,
        thumbhash=PLACEHOLDER,
        mime_type="image/png",
        bytes=1_000_000,
        original_prompt=words,
        composed_prompt=f"{words}, {controls['style']}, {controls['shot_type']} shot",
        model="wan" if kind == "video" else "sdxl",
        quality=chance.choice(["fast", "high"]),
        lane="wan" if kind == "video" else "sdxl",
        backend="preview",
        settings=controls,
    )


def made(index: int, owner: User, moment: datetime, chance: random.Random) -> dict[str, Any]:
    """What differs between the assets of one prompt."""
    return {
        "id": UUID(int=chance.getrandbits(128), version=4),
        "key": f"{owner.pk}/{index}.png",
        "thumbnail_key": THUMBNAIL.format(index % PICTURES),
        "sha256": f"{index:064x}",
        "seed": chance.getrandbits(31),
        "rating": chance.choice([0, 0, 0, 0, 0, 0, 3, 4, 5]),
        "favourite": chance.random() < 0.02,
        "made_at": moment,
        "created_at": moment,
    }


def rows(owner: User, number: int, chance: random.Random) -> Iterator[list[Any]]:
    """Values of the table's columns, as the database takes them."""
    fields = LibraryAsset._meta.concrete_fields
    places = {field.name: place for place, field in enumerate(fields)}
    prompts = [drawn(owner, chance) for _ in range(number // TIMES + 1)]
    prepared = [
        [field.get_db_prep_save(field.pre_save(asset, True), connection) for field in fields]
        for asset in prompts
    ]
    for index, moment in enumerate(moments(number)):
        row = list(chance.choice(prepared))
        for name, value in made(index, owner, moment, chance).items():
            place = places[name]
            row[place] = fields[place].get_db_prep_save(value, connection)
        yield row


def draw_thumbnails() -> None:
    """One plain colour each, so that decoding costs what it costs, and drawing them nothing."""
    bucket = bucket_named(LibraryAsset.bucket)
    for number in range(PICTURES):
        picture = Image.new("RGB", (512, 384), f"hsl({number * 360 // PICTURES}, 35%, 42%)")
        file = BytesIO()
        picture.save(file, "WEBP")
        key = THUMBNAIL.format(number)
        bucket.delete(key)
        bucket.save(key, ContentFile(file.getvalue()))


def insert(batch: Iterable[list[Any]]) -> None:
    table = LibraryAsset._meta.db_table
    names = [field.column for field in LibraryAsset._meta.concrete_fields]
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', batch)
            return
        with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
            for row in batch:
                copy.write_row(row)


def fill(name: str, number: int, chance: random.Random) -> None:
    owner, _ = User.objects.get_or_create(username=name)
    tags = {each: Tag.objects.get_or_create(owner=owner, name=tag)[0] for tag, each in TAGS.items()}
    found = rows(owner, number, chance)
    place = [field.name for field in LibraryAsset._meta.concrete_fields].index("id")
    while batch := list(islice(found, BATCH)):
        with transaction.atomic():
            insert(batch)
            for each, tag in tags.items():
                tag.assets.add(*(row[place] for row in batch[::each]))


def drop_indexes_of_words() -> None:
    """They are made again faster than they follow."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER library_runs_inserted")
        else:
            cursor.execute("DROP INDEX library_search_runs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("number", type=int, help="assets of the user `collector`")
    number = parser.parse_args().number
    call_command("migrate", verbosity=0)
    if LibraryAsset.objects.exists():
        sys.exit("This database has assets already.")
    draw_thumbnails()
    drop_indexes_of_words()
    chance, started = random.Random(42), time.perf_counter()
    for index in range(OTHERS):
        fill(f"other{index}", number // 10 // OTHERS, chance)
    fill(COLLECTOR, number, chance)
    indexes.create_missing(sender=None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{number} assets in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
