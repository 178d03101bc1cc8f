"""The models of the prompt bar: which can be chosen, and what each of them shows."""

import html
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation import announcements
from generation.announcements import Announcement
from generation.models import RegisteredModel

pytestmark = pytest.mark.django_db
PAGE = "/workspace/"


@pytest.fixture
def announce():
    """`announce(announcement)`: what the living workers say for the rest of the test."""
    sources = []

    def say(announcement: Announcement) -> None:
        sources.append(lambda: announcement)
        announcements.listen_to(sources[-1])

    yield say
    for source in sources:
        announcements.stop_listening_to(source)


def choices_of(client) -> dict[str, str]:
    """The label of each model's radio button as HTML, by its name."""
    text = client.get(PAGE).content.decode()
    labels = re.findall(r'<label class="model".*?</label>', text)
    return {re.search(r'value="([\w-]+)"', label)[1]: label for label in labels}


def shown_of(client, name: str) -> dict:
    """What the bar's script is told of a model."""
    text = client.get(PAGE).content.decode()
    return json.loads(html.unescape(re.search(r'data-models="([^"]*)"', text)[1]))[name]


def test_a_model_that_cannot_be_used_is_there_with_the_reason(client, announce):
    announce(
        Announcement(frozenset({"sdxl", "wan"}), {"sdxl": "Its files are cut off.", "wan": ""})
    )

    choices = choices_of(client)

    assert " disabled>" in choices["sdxl"]
    assert "Its files are cut off." in choices["sdxl"]
    assert " checked>" in choices["wan"]
    assert not shown_of(client, "sdxl")["usable"]


def test_a_lane_without_workers_says_that_its_jobs_wait(client, announce):
    announce(Announcement(frozenset({"wan"}), {"wan": ""}))

    assert "waits until one is back" in choices_of(client)["sdxl"]
    assert " disabled>" not in choices_of(client)["sdxl"]


def test_a_model_that_is_switched_off_is_not_there(client):
    RegisteredModel.objects.filter(name="wan").update(active=False)

    assert choices_of(client).keys() == {"sdxl"}


def test_without_any_model_the_page_says_so(client):
    RegisteredModel.objects.update(active=False)

    assert "This studio has no model switched on." in client.get(PAGE).content.decode()


def test_what_a_backend_refuses_is_left_out_with_the_reason(client, announce):
    unavailable = {"wan": {"start+end": "Remove one.", "start": "No model.", "end": "No model."}}
    announce(Announcement(frozenset({"wan"}), {"wan": ""}, unavailable))

    clip = shown_of(client, "wan")["modes"]["video"]

    assert not {"start_reference", "end_reference"} & set(clip["controls"])
    assert clip["refused"] == ["Start frame, End frame: No model."]
    assert shown_of(client, "wan")["modes"]["image"]["refused"] == []


def test_two_frames_that_do_not_go_together_are_both_offered(client, announce):
    announce(Announcement(frozenset({"wan"}), {"wan": ""}, {"wan": {"start+end": "Remove one."}}))

    shown = shown_of(client, "wan")

    assert {"start_reference", "end_reference"} <= set(shown["modes"]["video"]["controls"])
    assert shown["both"] == "Remove one."
    assert shown["modes"]["video"]["refused"] == ["Start and end frame together: Remove one."]


def test_the_page_costs_no_query_for_a_model_more(client):
    few = queries_of(client)
    more = [RegisteredModel(name=f"own-{n}", label="Own", lane="sdxl") for n in range(20)]
    RegisteredModel.objects.bulk_create(more)

    assert queries_of(client) == few


def queries_of(client) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE)
    return len(captured)
