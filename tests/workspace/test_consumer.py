"""The websocket: who may listen, what it brings, what it does not stand."""

import asyncio
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError, connections

from generation.models import Job
from ourvidz import sockets
from ourvidz.live import group_of
from tests.factories import make_job, make_workspace_asset
from workspace import news
from workspace.consumers import WorkspaceConsumer

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 15


def run(scenario) -> None:
    """Run an async scenario in a loop of its own."""
    asyncio.run(_without_trace(scenario))


async def _without_trace(scenario) -> None:
    """The thread that asks the database outlives the tests; its connection must not."""
    try:
        await asyncio.wait_for(scenario, 4 * PATIENCE_SECONDS)
    finally:
        await sync_to_async(connections.close_all)()


def signed_in(user) -> SessionStore:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session


class Socket(WebsocketCommunicator):
    """Waits for an answer as long as a busy machine may take for it, not one second."""

    async def receive_output(self, timeout=1):
        return await super().receive_output(max(timeout, PATIENCE_SECONDS))


async def connect(user, session=None) -> Socket:
    socket = Socket(WorkspaceConsumer.as_asgi(), "/ws/workspace/")
    socket.scope["user"] = user
    socket.scope["session"] = session
    await socket.connect()
    return socket


async def send(user, kind: str, **event) -> None:
    await get_channel_layer().group_send(group_of(user.pk), {"type": kind, **event})


def test_a_visitor_is_told_to_sign_in():
    async def scenario():
        socket = await connect(AnonymousUser())
        assert (await socket.receive_output())["code"] == sockets.SIGNED_OUT

    run(scenario())


def test_a_sync_brings_what_the_page_lacks(creator):
    job = make_job(creator)

    async def scenario():
        socket = await connect(creator)
        await socket.send_json_to({"type": "sync", "shown": {}, "oldest": None})
        message = await socket.receive_json_from()
        assert (message["type"], message["id"]) == ("job", str(job.pk))
        assert f'id="job-{job.pk}"' in message["html"]
        assert await socket.receive_json_from() == {"type": "synced"}
        await socket.disconnect()

    run(scenario())


def test_an_event_of_a_thousand_pages_is_not_a_thousand_threads(creator, monkeypatch):
    job = make_job(creator, status=Job.Status.COMPLETED)
    looked_after = []

    async def look_after_connections():
        looked_after.append(True)

    monkeypatch.setattr("channels.consumer.aclose_old_connections", look_after_connections)

    async def scenario():
        socket = await connect(creator)
        await send(creator, "job.changed", job=str(job.pk))
        assert (await socket.receive_json_from())["id"] == str(job.pk)
        await socket.disconnect()

    run(scenario())
    assert not looked_after


def test_a_change_brings_the_group_as_it_is_now(creator):
    job = make_job(creator, status=Job.Status.COMPLETED)
    asset = make_workspace_asset(job)

    async def scenario():
        socket = await connect(creator)
        await send(creator, "job.changed", job=str(job.pk))
        message = await socket.receive_json_from()
        assert message["version"] == job.version
        assert str(asset.pk) in message["html"]
        await socket.disconnect()

    run(scenario())


def test_a_group_that_left_is_removed(creator):
    job = make_job(creator, removed_at="2026-01-01T00:00Z")

    async def scenario():
        socket = await connect(creator)
        await send(creator, "job.changed", job=str(job.pk))
        assert await socket.receive_json_from() == {"type": "removed", "id": str(job.pk)}
        await socket.disconnect()

    run(scenario())


def test_progress_comes_from_the_row(creator):
    progress = {"phase": "rendering", "index": 0, "step": 3, "steps": 15, "percent": 7}
    job = make_job(creator, status=Job.Status.RUNNING, progress=progress)

    async def scenario():
        socket = await connect(creator)
        await send(creator, "job.progress", job=str(job.pk))
        message = await socket.receive_json_from()
        assert message["type"] == "progress"
        assert message["progress"] == progress
        await socket.disconnect()

    run(scenario())


def test_a_page_that_cannot_be_told_is_let_go_so_that_it_catches_up(creator, monkeypatch):
    def away(questions):
        raise OperationalError("the database is away")

    monkeypatch.setattr(news, "answers", away)

    async def scenario():
        socket = await connect(creator)
        await send(creator, "job.changed", job=str(uuid4()))
        assert (await socket.receive_output())["code"] == sockets.BROKEN

    run(scenario())


def test_nothing_of_a_stranger_comes_even_when_it_is_announced_to_me(creator, stranger):
    theirs = make_job(stranger, prompt="their secret")

    async def scenario():
        socket = await connect(creator)
        await send(creator, "job.changed", job=str(theirs.pk))
        assert await socket.receive_json_from() == {"type": "removed", "id": str(theirs.pk)}
        await socket.send_json_to({"type": "sync", "shown": {str(theirs.pk): 1}})
        assert await socket.receive_json_from() == {"type": "removed", "id": str(theirs.pk)}
        await socket.disconnect()

    run(scenario())


@pytest.mark.parametrize("text", ["no json", "[]", '{"type": "dance"}', '{"type": "sync"}', "7"])
def test_any_other_message_closes_the_socket(creator, text):
    async def scenario():
        socket = await connect(creator)
        await socket.send_to(text_data=text)
        assert (await socket.receive_output())["code"] == sockets.BAD_MESSAGE

    run(scenario())


def test_too_many_messages_close_the_socket(creator):
    async def scenario():
        socket = await connect(creator)
        for _ in range(sockets.MESSAGES + 1):
            await socket.send_json_to({"type": "sync", "shown": {}})
        outputs = [await socket.receive_output() for _ in range(sockets.MESSAGES + 1)]
        assert outputs[-1]["code"] == sockets.TOO_MUCH

    run(scenario())


def test_a_user_has_a_limited_number_of_sockets(creator):
    async def scenario():
        opened = [await connect(creator) for _ in range(sockets.SOCKETS_PER_USER)]
        one_more = await connect(creator)
        assert (await one_more.receive_output())["code"] == sockets.TOO_MANY
        await opened[0].disconnect()
        again = await connect(creator)
        await again.send_json_to({"type": "sync", "shown": {}})
        assert await again.receive_json_from() == {"type": "synced"}
        for socket in [*opened[1:], again]:
            await socket.disconnect()

    run(scenario())


def test_a_new_password_closes_the_sockets_of_other_sessions(creator):
    session = signed_in(creator)

    async def scenario():
        socket = await connect(creator, session)
        creator.set_password("another long password")
        await database_sync_to_async(creator.save)()
        assert (await socket.receive_output(5))["code"] == sockets.SIGNED_OUT

    run(scenario())


def test_a_deactivated_account_loses_its_sockets(creator):
    session = signed_in(creator)

    async def scenario():
        socket = await connect(creator, session)
        creator.is_active = False
        await database_sync_to_async(creator.save)()
        assert (await socket.receive_output(5))["code"] == sockets.SIGNED_OUT

    run(scenario())


def test_signing_out_closes_the_socket(client, creator):
    session = SessionStore(client.session.session_key)

    async def scenario():
        socket = await connect(creator, session)
        await sync_to_async(client.post)("/accounts/logout/")
        assert (await socket.receive_output(5))["code"] == sockets.SIGNED_OUT

    run(scenario())
