"""Fill libraries with rows: `python benchmarks/fill_library.py 100000`.

Into the database of DATABASE_URL (or OURVIDZ_VAR), which is migrated first. The user `collector`
gets that many assets over two years, ten other users a tenth of it together. A few small pictures
stand for all thumbnails; other files are not written. Repeatable: the same seed, the same words.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from itertools import islice
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ourvidz.settings")
django.setup()

from django.core.files.base import ContentFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from PIL import Image  # noqa: E402

from library.models import LibraryAsset, Tag  # noqa: E402
from library.search.fields import ANGLES, SHOTS, STYLES  # noqa: E402
from ourvidz.accounts.models import User  # noqa: E402
from ourvidz.media.buckets import bucket_named  # noqa: E402

COLLECTOR = "collector"
OTHERS = 10
BATCH = 2_000
DAYS = 730
# Words as people use them: the first in every third prompt, the last in one of thousands.
COMMON = "portrait woman light sea city forest dramatic soft sky boat night street mountain".split()  # noqa: SIM905
SYLLABLES = "ka lo mi ren tas vel dor fin gar hul jun pel sor tim wex zan".split()  # noqa: SIM905
RARE = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES]
RARE_WEIGHTS = [1 / rank for rank in range(1, len(RARE) + 1)]
SIZES = [("image", 1024, 576), ("image", 1024, 1024), ("image", 576, 1024), ("video", 832, 480)]
PICTURES = 24
THUMBNAIL = "benchmark/{}.webp"
PLACEHOLDER = "1QcSHQRnh493V4dIh4eXh1h4kJUI"
NEEDLE = "quixotic"  # in one asset of a thousand


def prompt(chance: random.Random) -> str:
    words = chance.choices(COMMON, k=5) + chance.choices(RARE, RARE_WEIGHTS, k=12)
    words += [NEEDLE] * (chance.random() < 0.001)
    chance.shuffle(words)
    return " ".join(words)


def assets(owner: User, number: int, chance: random.Random) -> Iterator[LibraryAsset]:
    now = timezone.now()
    for index in range(number):
        kind, width, height = chance.choice(SIZES)
        words = prompt(chance)
        controls = {
            "steps": chance.randint(10, 50),
            "style": chance.choice(list(STYLES)),
            "shot_type": chance.choice(list(SHOTS)),
            "camera_angle": chance.choice(list(ANGLES)),
        }
        yield LibraryAsset(
            owner=owner,
            kind=kind,
            width=width,
            height=height,
            key=f"{owner.pk}/{index}.png",
            thumbnail_key=THUMBNAIL.format(index % PICTURES),
            thumbhash=PLACEHOLDER,
            mime_type="image/png",
            bytes=1_000_000,
            sha256=f"{index:064x}",
            original_prompt=words,
            composed_prompt=f"{words}, {controls['style']}, {controls['shot_type']} shot",
            seed=chance.randrange(2**31),
            model="wan" if kind == "video" else "sdxl",
            quality=chance.choice(["fast", "high"]),
            lane="wan" if kind == "video" else "sdxl",
            backend="preview",
            settings=controls,
            rating=chance.choice([0, 0, 0, 0, 0, 0, 3, 4, 5]),
            favourite=chance.random() < 0.02,
            created_at=now - timedelta(days=DAYS) * index / number,
        )


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


def fill(name: str, number: int, chance: random.Random) -> None:
    owner, _ = User.objects.get_or_create(username=name)
    tag, _ = Tag.objects.get_or_create(owner=owner, name="sea")
    rows = assets(owner, number, chance)
    for _ in range(0, number, BATCH):
        batch = list(islice(rows, BATCH))
        LibraryAsset.objects.bulk_create(batch)
        tag.assets.add(*batch[:: BATCH // 20])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("number", type=int, help="assets of the user `collector`")
    number = parser.parse_args().number
    call_command("migrate", verbosity=0)
    draw_thumbnails()
    chance, started = random.Random(42), time.perf_counter()
    for index in range(OTHERS):
        fill(f"other{index}", number // 10 // OTHERS, chance)
    fill(COLLECTOR, number, chance)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{number} assets in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
