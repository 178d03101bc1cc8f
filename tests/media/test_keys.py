"""Keys name a file in a bucket and nothing else."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourvidz.media import buckets

PART = st.from_regex(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,12}", fullmatch=True)


@given(st.lists(PART, min_size=1, max_size=6).map("/".join))
def test_a_plain_key_is_kept_as_it_is(key):
    assert buckets.checked(key) == key


@given(st.text(max_size=40))
def test_what_is_accepted_stays_inside_the_bucket(text):
    try:
        key = buckets.checked(text)
    except ValueError:
        return
    assert str(PurePosixPath("/bucket", key)) == f"/bucket/{key}"
    assert key.isascii()
    assert ".." not in key.split("/")


@pytest.mark.parametrize(
    "key",
    [
        "", "/etc/passwd", "../up.png", "1/../../up.png", "1/./a.png", "1//a.png", "1/",
        "a\\b.png", "a b.png", "é.png", "a\n.png", "a.png\n", "%2e%2e/a", "a?b", "a\0",
        ".hidden", "1/.x.part", "x" * 201,
    ],
)  # fmt: skip
def test_anything_else_is_refused(key):
    with pytest.raises(ValueError, match="not a key"):
        buckets.checked(key)


@pytest.mark.parametrize("bucket", ["default", "staticfiles", "", "user-library/.."])
def test_only_the_three_buckets_can_be_named(bucket):
    with pytest.raises(ValueError, match="not a bucket"):
        buckets.exists(bucket, "a.png")
