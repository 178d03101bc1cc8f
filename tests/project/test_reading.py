"""What requests say is read to the end, however odd: a value, a default or 404, never a crash."""

import base64
import json
from datetime import date, datetime
from uuid import UUID, uuid4

import pytest
from django.http import Http404

from ourvidz.reading import date_of, moment_of, number_of, uuid_of, uuids_of

ONE, OTHER = (UUID(int=number) for number in (1, 2))
# A time zone may push these over the ends of time.
ENDS_OF_TIME = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]


def test_ids_come_each_once_in_order():
    assert uuids_of(f"{OTHER},{ONE},,{OTHER}") == [OTHER, ONE]
    assert uuids_of("") == []


@pytest.mark.parametrize("text", [None, "", "x", "0" * 33])
def test_what_is_no_id_is_not_there(text):
    with pytest.raises(Http404):
        uuid_of(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("", 0), ("-1", 0), ("1.5", 0), ("\u0661", 0), ("9" * 9, 0), ("9" * 5000, 0)],
)
def test_numbers(text, number):
    assert number_of(text) == number


def test_days():
    assert date_of("2026-11-21") == date(2026, 11, 21)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "0001-01-01", "9999-12-31"])
def test_what_is_no_day_is_not_there(text):
    with pytest.raises(Http404):
        date_of(text)


def test_moments():
    moment = datetime.fromisoformat("2026-11-21T12:00:00+01:00")
    assert moment_of(moment.isoformat()) == moment


@pytest.mark.parametrize("text", ["", "soon", "2026-11-21T12:00:00", *ENDS_OF_TIME])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(ValueError, match=r"isoformat|every time zone"):
        moment_of(text)


@pytest.mark.parametrize("moment", ENDS_OF_TIME)
def test_a_cursor_from_the_ends_of_time(client, moment):
    cursor = base64.urlsafe_b64encode(json.dumps([moment, str(uuid4())]).encode()).decode()
    reply = client.get("/api/v1/collections", {"cursor": cursor})
    assert reply.status_code == 422
    assert reply.json()["errors"]["cursor"]
