"""A selection as one zip: whole, in order, with safe names, with flat memory, for its owner."""

import io
import tracemalloc
import uuid
import zipfile

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from generation.models import Job
from ourvidz.media import archives, buckets
from tests.factories import make_job, make_workspace_asset
from workspace.archives import MISSING_NAME, zipped
from workspace.models import WorkspaceAsset

URL = "/workspace/archives/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def assets(creator) -> list[WorkspaceAsset]:
    prompt = '../../etc/passwd; \u202e"pic".exe\r\n'
    job = make_job(creator, status=Job.Status.COMPLETED, prompt=prompt)
    return [make_workspace_asset(job, index, stored=True) for index in range(3)]


def download(user, assets) -> zipfile.ZipFile:
    caller = AsyncClient()
    caller.force_login(user)

    async def ask():
        reply = await caller.post(URL, {"asset_ids": ",".join(str(one.pk) for one in assets)})
        assert reply.status_code == 200
        assert reply["Content-Disposition"].startswith('attachment; filename="ourvidz-')
        return b"".join([block async for block in reply.streaming_content])

    return zipfile.ZipFile(io.BytesIO(async_to_sync(ask)()))


def test_it_has_every_file_whole_and_in_order(creator, assets):
    archive = download(creator, assets[::-1])
    assert archive.testzip() is None
    names = archive.namelist()
    assert names == [
        f"{number:04d}-etcpasswd-picexe-{asset.seed}.png"
        for number, asset in enumerate(assets[::-1], start=1)
    ]
    for name, asset in zip(names, assets[::-1], strict=True):
        with buckets.open_file(asset.bucket, asset.key) as file:
            assert archive.read(name) == file.read()


def test_a_file_that_is_gone_is_named(creator, assets):
    buckets.remove(assets[1].bucket, [assets[1].key])
    archive = download(creator, assets)
    assert len(archive.namelist()) == 3
    assert "0002-etcpasswd" in archive.read(MISSING_NAME).decode()


def test_memory_stays_flat(creator):
    """Twelve files of 8 MiB never have more than a few blocks in memory."""
    job = make_job(creator, status=Job.Status.COMPLETED, count=12)
    made = [make_workspace_asset(job, index) for index in range(12)]
    for asset in made:
        buckets.store(asset.bucket, asset.key, bytes(8 * 1024 * 1024), "image/png")
    tracemalloc.start()
    size = sum(len(block) for block in zipped(made))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 12 * 8 * 1024 * 1024
    assert peak < 4 * 1024 * 1024


def test_two_may_run_and_a_third_is_told_to_wait(client, creator, assets):
    async def scenario():
        streams = [archives.stream(creator.pk, zipped(assets)) for _ in range(2)]
        for stream in streams:
            await anext(stream)
        full = archives.may_start(creator.pk)
        await streams[0].aclose()
        free = archives.may_start(creator.pk)
        await streams[1].aclose()
        return full, free

    assert async_to_sync(scenario)() == (False, True)


def test_the_third_request_gets_a_page_that_says_so(client, creator, assets, monkeypatch):
    monkeypatch.setattr(archives, "may_start", lambda user_id: False)
    reply = client.post(URL, {"asset_ids": str(assets[0].pk)})
    assert reply.status_code == 429
    assert "Two downloads are running" in reply.content.decode()
    assert client.get(f"{URL}running/").json() == {"may_start": False}


def test_nothing_of_a_stranger(client, stranger, assets):
    other = make_workspace_asset(make_job(stranger, status=Job.Status.COMPLETED), stored=True)
    for bad in (str(other.pk), str(uuid.uuid4()), "nonsense"):
        assert client.post(URL, {"asset_ids": f"{assets[0].pk},{bad}"}).status_code == 404
    assert client.post(URL).status_code == 404


def test_a_visitor_is_sent_to_sign_in(client):
    client.logout()
    assert client.post(URL).status_code == 302
