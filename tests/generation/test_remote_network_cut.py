"""A worker whose network is cut while it delivers; the minutes pass as fast as they are counted."""

import pytest

from generation import patience
from generation.remote.client import StudioClient
from generation.remote.running import run
from ourvidz.stopping import stopping
from tests.generation.fake_studio import job, running


@pytest.fixture
def waited(monkeypatch):
    """The seconds that the worker would have waited, one pause after the other."""
    seconds = []
    monkeypatch.setattr(stopping, "wait", seconds.append)
    monkeypatch.setattr(patience.connections, "close_all", lambda: None)
    return seconds


@pytest.fixture
def studio():
    with running([]) as studio:
        yield studio


def test_nearly_ten_minutes_without_a_network_cost_only_the_time(studio, waited):
    studio.is_cut_off = lambda: sum(waited) < 580
    run(StudioClient(studio.url, "ovw_token"), job(1, "sdxl", "image"))
    assert 580 <= sum(waited) < 600
    assert len(studio.told("/outputs")) == 1, "what it had made"
    assert studio.ends() == ["completed"]


def test_an_end_that_is_not_heard_is_told_again(studio, waited):
    studio.is_cut_off = lambda: bool(studio.told("/outputs")) and sum(waited) < 300
    run(StudioClient(studio.url, "ovw_token"), job(1, "sdxl", "image"))
    assert sum(waited) >= 300
    assert len(studio.told("/outputs")) == 1
    assert studio.ends() == ["completed"]


def test_after_longer_the_job_is_left_to_its_lease(studio, waited):
    studio.is_cut_off = lambda: True
    run(StudioClient(studio.url, "ovw_token"), job(1, "sdxl", "image"))
    assert 600 <= sum(waited) <= 615
    assert studio.asked == []
