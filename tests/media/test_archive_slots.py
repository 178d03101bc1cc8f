"""At most two zips of a user at a time, whichever process sends them."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from ourvidz.media import archive_slots
from tests.private_redis import private_redis

ANOTHER_PROCESS = "from ourvidz.media import archive_slots; print(archive_slots.is_free(7))"


@pytest.fixture(params=["with Redis", "without Redis"])
def redis_url(request, settings, tmp_path):
    archive_slots._here.clear()
    if request.param == "without Redis":
        settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
        yield settings.REDIS_URL
        return
    with private_redis(tmp_path) as url:
        settings.REDIS_URL = url
        yield url


@pytest.mark.live
def test_two_of_many_that_try_at_once_get_one(redis_url):
    with ThreadPoolExecutor(8) as pool:
        taken = [slot for slot in pool.map(archive_slots.take, [7] * 16) if slot]
    assert len(taken) == 2
    assert not archive_slots.is_free(7)
    assert archive_slots.is_free(8)
    taken[0].renew()
    taken[0].give_back()
    assert archive_slots.is_free(7)
    taken[0].give_back()  # once more changes nothing
    assert archive_slots.take(7)
    assert not archive_slots.take(7)


@pytest.mark.live
def test_one_that_is_anothers_by_now_stays_theirs(redis_url):
    late = archive_slots.take(7)
    other = archive_slots.Slot(late.key)
    archive_slots.asked(lambda redis: redis.delete(late.key), archive_slots._here.clear)
    assert other.take()
    late.renew()
    late.give_back()
    assert not archive_slots.Slot(late.key).take()


@pytest.mark.live
@pytest.mark.parametrize("redis_url", ["with Redis"], indirect=True)
def test_another_process_knows(redis_url, tmp_path):
    def in_another() -> str:
        code = f"import django; django.setup(); {ANOTHER_PROCESS}"
        command = [sys.executable, "-c", code]
        environment = {
            "DJANGO_SETTINGS_MODULE": "ourvidz.settings",
            "REDIS_URL": redis_url,
            "OURVIDZ_VAR": str(tmp_path),
        }
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        ).stdout.strip()

    archive_slots.take(7)
    assert in_another() == "True"
    archive_slots.take(7)
    assert in_another() == "False"
