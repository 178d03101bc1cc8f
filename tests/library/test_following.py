"""Open library pages are told when the library changes, and only those of its owner."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser

from library import trash
from library.background import work_off
from library.bulk import starting
from library.bulk.models import Batch
from library.bulk.performing import perform_step
from library.consumers import LibraryConsumer
from library.models import LibraryAsset
from ourvidz import sockets
from ourvidz.live import library_group_of
from tests.factories import make_job, make_library_asset, make_workspace_asset
from tests.library.transfer.making import accepted, archive_of, imported
from workspace import actions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(monkeypatch) -> list[str]:
    """The groups that were told of something."""
    groups: list[str] = []
    monkeypatch.setattr("ourvidz.live._send", lambda group, message: groups.append(group))
    return groups


def save_from_workspace(creator) -> None:
    asset = make_workspace_asset(make_job(creator, status="completed"), stored=True)
    actions.perform(creator, "save", asset_ids=[asset.pk])


def edit(creator) -> None:
    make_library_asset(creator).save(update_fields=["title"])


def move_to_trash(creator) -> None:
    make_library_asset(creator)
    trash.move_to_trash(LibraryAsset.objects.owned_by(creator))


def favourite_all(creator) -> None:
    make_library_asset(creator)
    starting.start(creator, "favourite")
    work_off(Batch, perform_step)


def upload(creator) -> None:
    from tests.factories import picture_bytes

    accepted(creator, picture_bytes())


def bring_back(creator) -> None:
    make_library_asset(creator, stored=True)
    content = archive_of(creator)
    trash.move_to_trash(LibraryAsset.objects.owned_by(creator))
    imported(creator, content)


CHANGES = [save_from_workspace, edit, move_to_trash, favourite_all, upload, bring_back]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whatever_changes_the_library_is_told(creator, told, change):
    change(creator)
    # The last word comes after the last change.
    assert told[-1] == library_group_of(creator.pk) or library_group_of(creator.pk) in told[-3:]


def run(scenario) -> None:
    asyncio.run(asyncio.wait_for(scenario, 20))


async def connect(user) -> WebsocketCommunicator:
    socket = WebsocketCommunicator(LibraryConsumer.as_asgi(), "/ws/library/")
    socket.scope["user"], socket.scope["session"] = user, None
    await socket.connect()
    return socket


def test_a_page_hears_of_its_own_library_alone(creator, stranger):
    async def scenario():
        mine, foreign = await connect(creator), await connect(stranger)
        await sync_to_async(make_library_asset)(creator)
        assert await mine.receive_json_from(3) == {"type": "changed"}
        assert await foreign.receive_nothing(0.2)
        for socket in (mine, foreign):
            await socket.disconnect()

    run(scenario())


def test_a_visitor_and_a_page_that_talks_are_shut_out(creator):
    async def scenario():
        visitor = await connect(AnonymousUser())
        assert (await visitor.receive_output())["code"] == sockets.SIGNED_OUT
        talking = await connect(creator)
        await talking.send_json_to({"type": "sync"})
        assert (await talking.receive_output())["code"] == sockets.BAD_MESSAGE

    run(scenario())
