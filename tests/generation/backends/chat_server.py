"""A small server that speaks OpenAI's chat protocol, and what can be wrong with one."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


def answer(text, finish_reason="stop") -> bytes:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": finish_reason}
    return json.dumps({"choices": [choice]}).encode()


class ChatServer(ThreadingHTTPServer):
    """Answers with `reply`, (status, body), and keeps in `asked` what it was asked.

    With `pause` it waits so many seconds before each byte; with `silent` until it is closed.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict, dict]] = []
        self.reply = (200, answer("a red fox, soft light"))
        self.pause, self.silent, self.closed = 0.0, False, Event()

    def __enter__(self):
        Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *error):
        self.closed.set()
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), json.loads(body)))
        if self.server.silent:
            self.server.closed.wait(30)
            return
        status, content = self.server.reply
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        for start in range(0, len(content), 1 if self.server.pause else len(content)):
            time.sleep(self.server.pause)
            self.wfile.write(
                content[start:] if not self.server.pause else content[start : start + 1]
            )
            if self.server.closed.is_set():
                return

    def log_message(self, *arguments):
        """Quietly."""
