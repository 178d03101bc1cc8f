"""Any range gives the bytes that slicing gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourvidz.media.ranges import NotSatisfiable, byte_range

SIZES = st.integers(0, 5_000)
OFFSETS = st.integers(0, 6_000)


@given(SIZES, OFFSETS, OFFSETS)
def test_from_to(size, first, last):
    content = bytes(index % 251 for index in range(size))
    header = f"bytes={first}-{last}"
    if last < first:
        assert byte_range(header, size) is None
    elif first >= size:
        with pytest.raises(NotSatisfiable):
            byte_range(header, size)
    else:
        start, end = byte_range(header, size)
        assert content[start:end] == content[first : last + 1]


@given(SIZES, OFFSETS)
def test_from_on(size, first):
    if first >= size:
        with pytest.raises(NotSatisfiable):
            byte_range(f"bytes={first}-", size)
    else:
        assert byte_range(f"bytes={first}-", size) == (first, size)


@given(SIZES, OFFSETS)
def test_the_last_bytes(size, count):
    if not size or not count:
        with pytest.raises(NotSatisfiable):
            byte_range(f"bytes=-{count}", size)
    else:
        assert byte_range(f"bytes=-{count}", size) == (max(0, size - count), size)


@given(st.text(max_size=30), SIZES)
def test_nonsense_is_the_whole_file_or_outside_it(header, size):
    try:
        part = byte_range(header, size)
    except NotSatisfiable:
        return
    assert part is None or 0 <= part[0] < part[1] <= size


@pytest.mark.parametrize(
    "header", ["", "bytes", "bytes=", "bytes=-", "bytes=0-1,3-4", "lines=0-4", "bytes=٣-٤"]
)
def test_what_may_be_ignored_is(header):
    assert byte_range(header, 100) is None
