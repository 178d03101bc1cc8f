"""Enhancement by a chat server; a small one in the test speaks OpenAI's protocol."""

import pytest

from generation import improving
from generation.backends.answers import plain_answer
from generation.backends.base import BackendError
from generation.backends.openai_chat import (
    AWAY,
    BUSY,
    NOT_UNDERSTOOD,
    REFUSED,
    OpenAIEnhancer,
)
from ourvidz.stopping import stopping
from tests.generation.backends.chat_server import ChatServer, answer
from tests.generation.backends.enhancement_tasks import enhance, make_enhancement
from tests.generation.backends.enhancer_contract import LONG, EnhancerContract


@pytest.fixture
def server():
    with ChatServer() as server:
        yield server


@pytest.fixture
def enhancer(server):
    return OpenAIEnhancer(url=server.url, key="secret", model="qwen", dtype="auto")


class TestContract(EnhancerContract):
    @pytest.fixture
    def enhancer(self, server, enhancer):
        server.reply = (200, answer(LONG))
        return enhancer

    @pytest.fixture
    def heard(self, server):
        class Systems:
            def __iter__(self):
                return (body["messages"][0]["content"] for *_, body in server.asked)

        return Systems()

    @pytest.fixture
    def stalled(self, server):
        server.silent = True
        return server.asked


@pytest.mark.django_db
class TestJobs:
    @pytest.fixture(autouse=True)
    def _hurry(self, monkeypatch):
        monkeypatch.setattr(stopping, "wait", lambda seconds: False)

    @pytest.mark.parametrize(
        ("reply", "reason", "times"),
        [
            ((500, b"{}"), BUSY, 2),
            ((404, b"no such model"), REFUSED, 1),
            ((200, b'{"choices": [{"mess'), NOT_UNDERSTOOD, 2),
            ((200, answer("")), improving.NO_TEXT, 2),
            ((200, answer("<think>forever and a day")), improving.NO_TEXT, 2),
            ((200, answer("a fox, " * 200_000)), NOT_UNDERSTOOD, 2),
        ],
        ids=["500", "404", "malformed", "empty", "thoughts only", "beyond a megabyte"],
    )
    def test_what_no_prompt_can_be_had_from_fails_with_the_reason(
        self, enhancer, server, creator, serve, reply, reason, times
    ):
        serve(enhancer)
        server.reply = reply
        job = enhance(creator)
        assert (job.status, job.error, len(server.asked)) == ("failed", reason, times)

    def test_the_second_attempt_may_succeed(self, enhancer, server, creator, serve, monkeypatch):
        serve(enhancer)
        server.reply = (503, b"loading")

        def loaded(seconds):
            server.reply = (200, answer("a red fox"))

        monkeypatch.setattr(stopping, "wait", loaded)
        assert enhance(creator).enhanced_prompt == "a red fox"

    def test_a_long_answer_is_cut_at_a_comma(self, enhancer, server, creator, serve):
        serve(enhancer)
        server.reply = (200, answer(LONG))
        text = enhance(creator).enhanced_prompt
        assert LONG.startswith(f"{text},")


def test_an_answer_that_comes_drop_by_drop_is_given_up(server):
    server.pause = 0.05
    enhancer = OpenAIEnhancer(url=server.url, model="qwen", seconds=0.3)
    assert str(refused(enhancer)) == AWAY


def test_one_that_had_to_stop_ends_at_a_comma(enhancer, server):
    server.reply = (200, answer("a red fox, soft morning li", "length"))
    assert enhancer.enhance(make_enhancement()) == "a red fox"


def refused(enhancer) -> BackendError:
    with pytest.raises(BackendError) as error:
        enhancer.enhance(make_enhancement())
    return error.value


def test_it_asks_as_the_protocol_says(enhancer, server):
    assert enhancer.enhance(make_enhancement("a fox")) == "a red fox, soft light"
    ((path, headers, body),) = server.asked
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer secret"
    assert body == {
        "model": "qwen",
        "messages": [
            {"role": "system", "content": "You improve prompts."},
            {"role": "user", "content": "a fox"},
        ],
        "temperature": 0.7,
        "top_p": 0.9,
        "max_tokens": 80,
    }


def test_without_a_key_none_is_sent(server):
    OpenAIEnhancer(url=server.url, model="qwen").enhance(make_enhancement())
    assert "Authorization" not in server.asked[0][1]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(enhancer, server, status):
    server.reply = (status, b"later")
    error = refused(enhancer)
    assert (str(error), error.retry) == (BUSY, True)


@pytest.mark.parametrize("status", [302, 400, 401, 404])
def test_a_refusal_is_final_and_no_redirect_is_followed(enhancer, server, status):
    server.reply = (status, b"no")
    error = refused(enhancer)
    assert (str(error), error.retry) == (REFUSED, False)
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"choices": []}', b"[]", answer(None)])
def test_an_answer_that_makes_no_sense_is_said_so(enhancer, server, body):
    server.reply = (200, body)
    assert str(refused(enhancer)) == NOT_UNDERSTOOD


def test_a_server_that_is_away_is_asked_again(enhancer, server):
    server.shutdown()
    server.server_close()
    error = refused(enhancer)
    assert (str(error), error.retry) == (AWAY, True)


def test_the_key_is_in_no_log(enhancer, server, caplog):
    server.reply = (401, b"bad key")
    refused(enhancer)
    assert "401" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ('"a red fox"', "a red fox"),
        ("Enhanced prompt: a red fox", "a red fox"),
        ("<think>What would they like?</think>\n\na red\nfox", "a red fox"),
        ("<think>never came to an end", ""),
        ("**a red fox**", "a red fox"),
        ("a prompt: with a colon", "a prompt: with a colon"),
    ],
)
def test_what_is_around_the_prompt_is_taken_off(said, meant):
    assert plain_answer(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("a fox in the snow, soft li", "a fox in the snow"),
        ("A fox at f/1.8. It looks up and cr", "A fox at f/1.8"),
        ("a fox in the sn", "a fox in the"),
        ("photosynthe", ""),
    ],
)
def test_what_was_broken_off_ends_where_it_can(said, meant):
    assert plain_answer(said, broken_off=True) == meant
