"""One way to a URL: signed, expiring, the same for its whole window."""

from time import time
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from django.http import QueryDict
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from library.models import LibraryAsset
from ourvidz.media import buckets, s3_signing, urls
from ourvidz.media.urls import VARIANTS, BadSignature, Expired, granted, media_url, media_urls

NOW = 1_800_000_123
PICTURE = {"kind": "image", "key": "7/a.png", "thumbnail_key": "7/a.thumb.webp"}
CLIP = {"kind": "video", "key": "7/b.mp4", "poster_key": "7/b.poster.webp"}


@pytest.fixture(autouse=True)
def clock(monkeypatch, folder_buckets):
    """Seconds that a test can move."""

    class Clock:
        now = NOW

    monkeypatch.setattr(urls, "time", lambda: Clock.now)
    return Clock


def asset(**columns) -> LibraryAsset:
    return LibraryAsset(original_prompt="A fox, in the snow", **columns)


def taken_apart(url: str) -> tuple[str, str, QueryDict]:
    parts = urlsplit(url)
    _, _, bucket, key = parts.path.split("/", 3)
    return bucket, key, QueryDict(parts.query)


@pytest.mark.parametrize(
    ("columns", "variant", "key"),
    [
        (PICTURE, "thumbnail", "7/a.thumb.webp"),
        (PICTURE, "original", "7/a.png"),
        (PICTURE, "poster", "7/a.png"),
        (PICTURE | {"thumbnail_key": ""}, "thumbnail", "7/a.png"),
        (CLIP, "thumbnail", "7/b.poster.webp"),
        (CLIP, "poster", "7/b.poster.webp"),
        (CLIP | {"poster_key": ""}, "thumbnail", None),
        (CLIP | {"poster_key": "", "thumbnail_key": "7/b.thumb.webp"}, "poster", "7/b.thumb.webp"),
    ],
)
def test_each_variant_falls_back_to_what_can_stand_for_it(columns, variant, key):
    url = media_url(asset(**columns), variant)
    assert urlsplit(url).path == (f"/media/user-library/{key}" if key else "")


def test_a_batch_gives_what_single_calls_give():
    items = [asset(**PICTURE), asset(**CLIP)]
    batch = media_urls(items)
    assert batch == {item.pk: {name: media_url(item, name) for name in VARIANTS} for item in items}
    assert media_urls([], ["thumbnail"]) == {}


def test_a_url_is_granted_until_it_expires(clock):
    bucket, key, query = taken_apart(media_url(asset(**PICTURE), "original"))
    expires = int(query["expires"])
    clock.now = expires
    assert granted(bucket, key, query).expires == expires
    clock.now = expires + 1
    with pytest.raises(Expired):
        granted(bucket, key, query)


@given(moment=st.integers(NOW, NOW + 100_000), life=st.integers(60, 100_000))
def test_a_url_has_half_to_all_of_its_life_left(moment, life):
    with override_settings(SIGNED_URL_SECONDS=life), pytest.MonkeyPatch.context() as patch:
        patch.setattr(urls, "time", lambda: moment)
        start, expires = urls._window()
    assert start <= moment
    assert life / 2 <= expires - moment <= life


def test_a_url_is_the_same_for_half_its_life(clock, settings):
    step = settings.SIGNED_URL_SECONDS // 2
    start = NOW // step * step
    given_out = []
    for clock.now in (start, start + 1, start + step - 1, start + step):
        given_out.append(media_url(asset(**PICTURE), "thumbnail"))
    assert given_out[0] == given_out[1] == given_out[2] != given_out[3]


@pytest.mark.parametrize(
    "change",
    [
        {"expires": str(NOW + 999_999)},
        {"expires": ""},
        {"expires": "soon"},
        {"signature": ""},
        {"signature": "x" * 43},
        {"signature": "é"},
        {"download": "other.exe"},
    ],
)
def test_a_changed_url_is_refused(change):
    bucket, key, query = taken_apart(media_url(asset(**PICTURE), "original"))
    with pytest.raises(BadSignature):
        granted(bucket, key, query.dict() | change)


@pytest.mark.parametrize(
    ("bucket", "key"),
    [
        ("workspace-temp", "7/a.png"),
        ("user-library", "8/a.png"),
        ("user-library", "7/a.thumb.webp"),
    ],
)
def test_a_signature_fits_one_file_only(bucket, key):
    _, _, query = taken_apart(media_url(asset(**PICTURE), "original"))
    with pytest.raises(BadSignature):
        granted(bucket, key, query)


def test_a_signature_depends_on_the_secret(settings):
    bucket, key, query = taken_apart(media_url(asset(**PICTURE), "original"))
    settings.SECRET_KEY = "another secret of the same length, and then some"
    with pytest.raises(BadSignature):
        granted(bucket, key, query)


def test_a_download_has_a_plain_name():
    item = asset(**PICTURE, title='Füchse "im" Schnee\r\nSet-Cookie: a=b; ../../etc')
    bucket, key, query = taken_apart(media_url(item, "original", download=True))
    name = granted(bucket, key, query).download_name
    assert name == f"fuchse-im-schnee-set-cookie-ab-etc-{str(item.pk)[:8]}.png"


def test_a_download_of_something_unnamed_has_a_name_too():
    item = LibraryAsset(**PICTURE, original_prompt="狐")
    _, _, query = taken_apart(media_url(item, "original", download=True))
    assert query["download"] == f"ourvidz-{str(item.pk)[:8]}.png"


class TestOnS3:
    """The same promises, kept by URLs that S3 itself checks."""

    @pytest.fixture(autouse=True)
    def _on_s3(self, s3_buckets, clock):
        clock.now = int(time())  # the server looks at its own clock
        buckets.ensure_buckets()
        buckets.store("user-library", "7/a.png", b"pixels", "image/png")

    def fetch(self, url: str):
        return urlopen(url, timeout=5)

    def test_a_url_opens_the_file(self):
        with self.fetch(media_url(asset(**PICTURE), "original")) as answer:
            assert answer.read() == b"pixels"
            assert answer.headers["Content-Type"] == "image/png"

    def test_a_url_is_the_same_in_every_process(self, settings):
        first = media_url(asset(**PICTURE), "original")
        settings.STORAGES = dict(settings.STORAGES)  # drops the storages made so far
        assert media_url(asset(**PICTURE), "original") == first
        assert media_urls([item := asset(**PICTURE)])[item.pk]["original"] == first

    def test_a_url_expires(self, clock):
        clock.now -= 4000
        with pytest.raises(HTTPError, match=r"40[03]"):
            self.fetch(media_url(asset(**PICTURE), "original"))

    def test_a_url_fits_one_file_only(self):
        with pytest.raises(HTTPError, match="403"):
            self.fetch(media_url(asset(**PICTURE), "original").replace("7/a.png", "7/b.png"))

    def test_a_download_says_so(self):
        url = media_url(asset(**PICTURE), "original", download=True)
        disposition = parse_qs(urlsplit(url).query)["response-content-disposition"][0]
        assert disposition.startswith('attachment; filename="a-fox-in-the-snow-')
        with self.fetch(url) as answer:
            assert answer.read() == b"pixels"

    def test_a_second_page_signs_nothing_again(self, monkeypatch):
        signed = []
        real = s3_signing._DatedQueryAuth.add_auth
        monkeypatch.setattr(
            s3_signing._DatedQueryAuth,
            "add_auth",
            lambda self, request: (signed.append(request.url), real(self, request))[1],
        )
        items = [asset(**PICTURE | {"key": f"7/{index}.png"}) for index in range(50)]
        first = media_urls(items, ["original"])
        assert len(signed) == 50
        assert media_urls(items, ["original"]) == first
        assert len(signed) == 50
