"""Files are sent to whoever holds their signed URL: whole, in parts, or not again (M3)."""

import asyncio
import os
import tracemalloc
from urllib.parse import urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.core.asgi import get_asgi_application
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from library.models import LibraryAsset
from ourvidz.media import buckets, delivery, urls
from ourvidz.media.urls import media_url

pytestmark = pytest.mark.urls("tests.media.urlconf")

SMALL = bytes(range(256)) * 8
LARGE = os.urandom(delivery.SENT_AT_ONCE + 300_000)


@pytest.fixture(autouse=True)
def _two_files(folder_buckets):
    buckets.store("user-library", "7/small.png", SMALL, "image/png")
    buckets.store("user-library", "7/large.mp4", LARGE, "video/mp4")


def url_of(key: str, download: bool = False) -> str:
    kind = "video" if key.endswith("mp4") else "image"
    item = LibraryAsset(kind=kind, key=key, original_prompt="A fox")
    return media_url(item, "original", download=download)


def body(response) -> bytes:
    return b"".join(response) if response.streaming else response.content


@pytest.mark.parametrize(
    ("key", "content", "kind"),
    [("7/small.png", SMALL, "image/png"), ("7/large.mp4", LARGE, "video/mp4")],
)
def test_a_file_is_sent_whole(client, key, content, kind):
    response = client.get(url_of(key))
    assert response.status_code == 200
    assert body(response) == content
    assert response["Content-Type"] == kind
    assert response["Content-Length"] == str(len(content))
    assert response["Accept-Ranges"] == "bytes"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Content-Disposition" not in response
    assert "Vary" not in response or "Cookie" not in response["Vary"]


@pytest.mark.django_db
def test_neither_database_nor_session_is_asked(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("ada", password="x" * 12))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url_of("7/small.png")).status_code == 200
    assert len(queries) == 0


def test_a_browser_keeps_it_for_the_rest_of_its_life(client, settings):
    response = client.get(url_of("7/small.png"))
    private, age, immutable = response["Cache-Control"].split(", ")
    assert (private, immutable) == ("private", "immutable")
    seconds = int(age.removeprefix("max-age="))
    assert settings.SIGNED_URL_SECONDS / 2 - 2 <= seconds <= settings.SIGNED_URL_SECONDS


def test_a_download_is_named(client):
    response = client.get(url_of("7/small.png", download=True))
    assert response["Content-Disposition"].startswith('attachment; filename="a-fox-')


def test_an_unknown_kind_of_file_is_never_shown(client):
    buckets.store("user-library", "7/page.html", b"<script>", "text/html")
    response = client.get(url_of("7/page.html"))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == "attachment"


@pytest.mark.parametrize("key", ["7/small.png", "7/large.mp4"])
def test_head_says_the_same_without_the_bytes(client, key):
    got, headed = client.get(url_of(key)), client.head(url_of(key), headers={"range": "bytes=0-9"})
    assert headed.status_code == 200
    assert headed.content == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified"):
        assert headed[name] == got[name]


def test_only_reading_is_allowed(client):
    assert client.post(url_of("7/small.png")).status_code == 405


class TestRefusals:
    """Plain words, and nothing kept."""

    def check(self, response, status: int, words: str):
        assert response.status_code == status
        assert response["Content-Type"] == "text/plain"
        assert response["Cache-Control"] == "no-store"
        assert words in response.content.decode()

    def test_a_wrong_signature(self, client):
        self.check(client.get(url_of("7/small.png") + "x"), 403, "not valid")
        self.check(client.get(urlsplit(url_of("7/small.png")).path), 403, "not valid")

    def test_an_expired_link(self, client, monkeypatch):
        url = url_of("7/small.png")
        now = urls.time()
        monkeypatch.setattr(urls, "time", lambda: now + 3601)
        self.check(client.get(url), 410, "expired")

    def test_a_missing_file(self, client):
        self.check(client.get(url_of("7/gone.png")), 404, "no such file")

    def test_a_folder(self, client):
        self.check(client.get(url_of("7")), 404, "no such file")

    @pytest.mark.parametrize("key", ["../secret-key", "/etc/passwd", "7/../../x", "7/\0"])
    def test_a_signed_key_that_leaves_the_bucket(self, client, key):
        self.check(client.get(url_of(key)), 404, "no such file")

    def test_a_bucket_that_is_not_one(self, client):
        expires = str(int(urls.time()) + 60)
        url = urls._local_url("staticfiles", "a.png", expires, "")
        self.check(client.get(url), 404, "no such file")


class TestAgain:
    """What the browser has is not sent twice."""

    def test_the_same_etag(self, client):
        etag = client.get(url_of("7/small.png"))["ETag"]
        assert not etag.startswith("W/")
        response = client.get(url_of("7/small.png"), headers={"if-none-match": etag})
        assert (response.status_code, response.content) == (304, b"")
        assert response["ETag"] == etag
        assert "immutable" in response["Cache-Control"]

    def test_another_etag(self, client):
        headers = {"if-none-match": '"other"'}
        assert client.get(url_of("7/small.png"), headers=headers).status_code == 200

    def test_not_modified_since(self, client):
        date = client.get(url_of("7/small.png"))["Last-Modified"]
        headers = {"if-modified-since": date}
        assert client.get(url_of("7/small.png"), headers=headers).status_code == 304

    def test_a_replaced_file_has_another_etag(self, client):
        before = client.get(url_of("7/small.png"))["ETag"]
        buckets.store("user-library", "7/small.png", SMALL[::-1], "image/png")
        assert client.get(url_of("7/small.png"))["ETag"] != before


class TestRanges:
    @hypothesis_settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(data=st.data(), key=st.sampled_from(["7/small.png", "7/large.mp4"]))
    def test_any_range_is_a_slice(self, client, data, key):
        content = SMALL if key == "7/small.png" else LARGE
        first = data.draw(st.integers(0, len(content) - 1))
        last = data.draw(st.integers(first, len(content) + 100))
        response = client.get(url_of(key), headers={"range": f"bytes={first}-{last}"})
        expected = content[first : last + 1]
        assert response.status_code == 206
        assert body(response) == expected
        assert response["Content-Length"] == str(len(expected))
        end = first + len(expected) - 1
        assert response["Content-Range"] == f"bytes {first}-{end}/{len(content)}"

    @pytest.mark.parametrize(
        ("asked", "part"), [("bytes=100-", SMALL[100:]), ("bytes=-100", SMALL[-100:])]
    )
    def test_open_ranges(self, client, asked, part):
        response = client.get(url_of("7/small.png"), headers={"range": asked})
        assert (response.status_code, response.content) == (206, part)

    @pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "pages=1-2", "bytes=9-3"])
    def test_what_is_not_understood_gives_the_whole(self, client, asked):
        response = client.get(url_of("7/small.png"), headers={"range": asked})
        assert (response.status_code, response.content) == (200, SMALL)

    def test_past_the_end(self, client):
        response = client.get(url_of("7/small.png"), headers={"range": "bytes=99999-"})
        assert response.status_code == 416
        assert response["Content-Range"] == f"bytes */{len(SMALL)}"

    @pytest.mark.parametrize(
        ("name", "fits"), [("ETag", True), ("Last-Modified", True), (None, False)]
    )
    def test_only_of_the_file_that_was_begun(self, client, name, fits):
        begun = client.get(url_of("7/small.png"))[name] if name else '"other"'
        headers = {"range": "bytes=0-9", "if-range": begun}
        response = client.get(url_of("7/small.png"), headers=headers)
        assert response.status_code == (206 if fits else 200)


def test_nginx_sends_it_where_it_can(client, settings):
    settings.ACCEL_REDIRECT_PREFIX = "/protected/"
    response = client.get(url_of("7/small.png", download=True))
    assert response["X-Accel-Redirect"] == "/protected/user-library/7/small.png"
    assert response["Content-Type"] == "image/png"
    assert response.content == b""
    assert response["Content-Disposition"].startswith("attachment")
    assert client.get(url_of("7/small.png") + "x").status_code == 403


class TestUnderAsgi:
    """Through Django's real ASGI handler."""

    @pytest.fixture(autouse=True)
    def _keep_connections(self):
        """As Django's own test client does, so that other tests' connections are let be."""
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        yield
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)

    def call(self, url: str, leave_after: int | None = None) -> list[dict]:
        """The messages sent for `url`, bodies as their lengths; the reader may go away."""
        sent: list[dict] = []
        gone = asyncio.Event()

        async def receive():
            if not sent and not getattr(receive, "asked", False):
                receive.asked = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message | {"body": len(message.get("body", b""))})
            if leave_after and len(sent) > leave_after:
                gone.set()
            await asyncio.sleep(0)

        parts = urlsplit(url)
        scope = {
            "type": "http",
            "method": "GET",
            "path": parts.path,
            "query_string": parts.query.encode(),
            "headers": [(b"host", b"localhost")],
        }
        async_to_sync(get_asgi_application())(scope, receive, send)
        return sent

    @pytest.fixture
    def opened(self, monkeypatch) -> list:
        """Every file that delivery opens."""
        files, real = [], delivery._open

        def noted(storage, key):
            files.append(real(storage, key))
            return files[-1]

        monkeypatch.setattr(delivery, "_open", noted)
        return files

    def test_memory_stays_flat_for_200_mb(self, folder_buckets, opened):
        os.truncate(folder_buckets / "user-library/7/large.mp4", 200_000_000)
        self.call(url_of("7/small.png"))  # imports and caches
        tracemalloc.start()
        sent = self.call(url_of("7/large.mp4"))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert sum(message["body"] for message in sent) == 200_000_000
        assert peak < 8_000_000
        assert all(each.file.closed for each in opened)

    def test_a_reader_who_leaves_frees_the_file(self, folder_buckets, opened):
        os.truncate(folder_buckets / "user-library/7/large.mp4", 200_000_000)
        sent = self.call(url_of("7/large.mp4"), leave_after=3)
        assert sum(message["body"] for message in sent) < 100_000_000
        assert opened[0].file.closed
