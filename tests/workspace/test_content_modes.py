"""Choosing NSFW on the page: only where the operator and one's age allow it."""

import pytest

from generation.models import Job
from ourvidz.accounts.models import User
from workspace.recalling import recall

pytestmark = pytest.mark.django_db
CONFIRM = "/workspace/age-confirmation/"
PROFILE = "/accounts/adulthood/"
TOGGLE = 'name="content_mode"'


@pytest.fixture
def mature(settings):
    settings.MATURE_CONTENT = True


def page(client):
    return client.get("/workspace/").content.decode()


def test_nothing_is_offered_where_it_is_switched_off(client, creator):
    creator.confirm_adult()
    assert TOGGLE not in page(client)
    assert "age-popup" not in page(client)
    for url in (CONFIRM, PROFILE):
        assert client.post(url, {"confirmed": "true"}).status_code == 404
    assert "Mature content" not in client.get("/accounts/profile/").content.decode()


@pytest.mark.usefixtures("mature")
def test_who_did_not_confirm_is_asked(client):
    assert TOGGLE not in page(client)
    assert "I am 18 or older" in page(client)


@pytest.mark.usefixtures("mature")
def test_confirming_gives_the_choice_in_place(client, creator):
    assert TOGGLE in client.post(CONFIRM).content.decode()
    creator.refresh_from_db()
    first = creator.adult_confirmed_at
    assert first
    assert TOGGLE in page(client)
    client.post(CONFIRM)
    creator.refresh_from_db()
    assert creator.adult_confirmed_at == first


@pytest.mark.usefixtures("mature")
def test_the_profile_confirms_and_takes_back(client, creator):
    client.post(PROFILE, {"confirmed": "true"})
    creator.refresh_from_db()
    assert creator.adult_confirmed_at
    client.post(PROFILE, {"confirmed": "false"})
    creator.refresh_from_db()
    assert creator.adult_confirmed_at is None


@pytest.mark.usefixtures("mature")
def test_nsfw_is_queued_for_an_adult_alone(client, creator):
    form = {"prompt": "a figure study", "content_mode": "nsfw"}
    refused = client.post("/workspace/jobs/", form)
    assert refused.status_code == 422
    assert "Confirm your age" in refused.content.decode()
    creator.confirm_adult()
    assert client.post("/workspace/jobs/", form).status_code == 200
    assert Job.objects.get().settings["content_mode"] == "nsfw"


def test_how_the_prompt_reads_is_shown(client):
    text = client.post("/workspace/composition/", {"prompt": "a nude"}).content.decode()
    assert "Reads as NSFW" in text
    text = client.post("/workspace/composition/", {"prompt": "a boat"}).content.decode()
    assert "Reads as NSFW" not in text


def test_recall_does_not_choose_for_one_who_may_not(creator, settings):
    kept = {"prompt": "a boat", "content_mode": "nsfw"}
    recalled = recall(creator, kept)
    assert recalled.controls == {"prompt": "a boat"}
    assert recalled.missing == ["Content: NSFW is not yours to choose here."]
    settings.MATURE_CONTENT = True
    creator.confirm_adult()
    assert recall(creator, kept).controls == kept


@pytest.mark.usefixtures("mature")
@pytest.mark.parametrize("url", [CONFIRM, PROFILE])
def test_a_visitor_confirms_nothing(client, url):
    client.logout()
    reply = client.post(url, {"confirmed": "true"})
    assert reply.headers["Location"].startswith("/accounts/login/")
    assert not User.objects.exclude(adult_confirmed_at=None).exists()
