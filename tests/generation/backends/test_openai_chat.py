"""Enhancement by a chat server; a small one in the test speaks OpenAI's protocol."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from generation.backends.answers import plain_answer
from generation.backends.base import BackendError
from generation.backends.openai_chat import (
    AWAY,
    BUSY,
    NOT_UNDERSTOOD,
    REFUSED,
    OpenAIEnhancer,
)
from tests.generation.backends.enhancement_tasks import make_enhancement


def answer(text) -> bytes:
    message = {"role": "assistant", "content": text}
    return json.dumps({"choices": [{"index": 0, "message": message}]}).encode()


@pytest.fixture
def server():
    """Answers with `server.reply`, (status, body), and keeps what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.asked.append((self.path, dict(self.headers), json.loads(body)))
            status, content = self.server.reply
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments):
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.reply = [], (200, answer("a red fox, soft light"))
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def enhancer(server):
    url = f"http://127.0.0.1:{server.server_port}/v1"
    return OpenAIEnhancer(url=url, key="secret", model="qwen", dtype="auto")


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
    url = f"http://127.0.0.1:{server.server_port}/v1"
    OpenAIEnhancer(url=url, model="qwen").enhance(make_enhancement())
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


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"choices": []}', answer(None)])
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
