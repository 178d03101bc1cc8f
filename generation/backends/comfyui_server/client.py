"""A ComfyUI server's routes and messages.

https://docs.comfy.org/development/comfyui-server/comms_routes and comms_messages
"""

import http.client
import io
import json
import logging
import struct
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from PIL import Image
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from generation.backends.base import BackendError

logger = logging.getLogger(__name__)

AWAY = "The ComfyUI server does not answer. Try again later."
REFUSED = "ComfyUI refused the workflow: {reason}"
LOST = "ComfyUI lost this while making it. Try again."
FAILED = "ComfyUI failed while making this: {reason}"
NO_MEMORY = (
    "ComfyUI's graphics card has too little memory for this, even with nothing else on it. Ask for "
    "a smaller size or fewer frames."
)

_SECONDS = 30.0
_MOST_BYTES = 512 * 1024 * 1024
_PREVIEW = 1  # the event type of a binary message with a picture


class ServerMemoryError(BackendError):
    """The server's card has no memory left."""


class ComfyClient:
    """One client of the server at `url`, such as http://127.0.0.1:8188."""

    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)
        self.id = uuid.uuid4().hex

    def listen(self) -> ClientConnection:
        """The socket of everything that happens to this client's prompts."""
        scheme = "wss" if self.url.scheme == "https" else "ws"
        address = f"{scheme}://{self.url.netloc}{self._path('/ws')}?clientId={self.id}"
        try:
            return connect(address, open_timeout=_SECONDS, max_size=_MOST_BYTES, proxy=None)
        except (OSError, WebSocketException) as error:
            raise _away(error) from error

    def submit(self, workflow: dict[str, Any]) -> str:
        """Queue a workflow; its id. BackendError if the server finds fault with it."""
        asked = {"prompt": workflow, "client_id": self.id}
        status, body = self._send("POST", "/prompt", json.dumps(asked).encode())
        answer = _parsed(body)
        if status != http.client.OK or "prompt_id" not in answer:
            logger.error("ComfyUI refused a workflow: %s", body[:2000])
            error = answer.get("error")
            reason = error.get("message") if isinstance(error, dict) else error
            raise BackendError(REFUSED.format(reason=reason or status))
        return answer["prompt_id"]

    def upload(self, name: str, content: bytes) -> str:
        """Put a PNG among the server's inputs; the name by which a workflow loads it."""
        boundary = uuid.uuid4().hex
        parts = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="overwrite"\r\n\r\ntrue\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\n'
            "Content-Type: image/png\r\n\r\n"
        )
        body = parts.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        answer = _parsed(self._expect("POST", "/upload/image", body, kind))
        folder = answer.get("subfolder")
        return f"{folder}/{answer['name']}" if folder else answer["name"]

    def outputs(self, prompt_id: str) -> list[dict[str, str]] | None:
        """The files that a prompt made, previews left out; None while it has not ended.

        BackendError if it failed there.
        """
        entry = _parsed(self._expect("GET", f"/history/{quote(prompt_id)}")).get(prompt_id)
        if entry is None:
            return None
        for kind, data in (entry.get("status") or {}).get("messages", []):
            raise_if_failed(kind, data)
        lists = (files for node in entry["outputs"].values() for files in node.values())
        found = [file for files in lists if isinstance(files, list) for file in files]
        return [file for file in found if isinstance(file, dict) and file.get("type") == "output"]

    def fetch(self, file: dict[str, str]) -> bytes:
        asked = {name: file.get(name, "") for name in ("filename", "subfolder", "type")}
        return self._expect("GET", f"/view?{urlencode(asked)}")

    def is_queued(self, prompt_id: str) -> bool:
        """Whether the server still knows that it has to do it, or does it."""
        return self._is_among(prompt_id, "queue_running", "queue_pending")

    def cancel(self, prompt_id: str) -> None:
        """Take a prompt out of the queue, or stop it where it runs.

        Older servers stop whatever runs, so they are asked only while it is this one.
        """
        self._send("POST", "/queue", json.dumps({"delete": [prompt_id]}).encode())
        if self._is_among(prompt_id, "queue_running"):
            self._send("POST", "/interrupt", json.dumps({"prompt_id": prompt_id}).encode())

    def _is_among(self, prompt_id: str, *lists: str) -> bool:
        queue = _parsed(self._expect("GET", "/queue"))
        return any(item[1] == prompt_id for name in lists for item in queue.get(name, []))

    def free(self) -> None:
        """Have the server let go of its models."""
        asked = {"unload_models": True, "free_memory": True}
        self._send("POST", "/free", json.dumps(asked).encode())

    def _path(self, path: str) -> str:
        return self.url.path.rstrip("/") + path

    def _expect(self, *request: Any) -> bytes:
        status, body = self._send(*request)
        if status != http.client.OK:
            raise _away(f"{request[1]}: {status} {body[:500]!r}")
        return body

    def _send(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> tuple[int, bytes]:
        secure = self.url.scheme == "https"
        connecting = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        headers = {"Content-Type": kind} if body is not None else {}
        connection = connecting(self.url.hostname or "", self.url.port, timeout=_SECONDS)
        try:
            connection.request(method, self._path(path), body, headers)
            response = connection.getresponse()
            return response.status, response.read(_MOST_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise _away(error) from error
        finally:
            connection.close()


def messages(socket: ClientConnection, seconds: float) -> Iterator[dict[str, Any] | Image.Image]:
    """What the server says until the socket ends; an empty one after `seconds` of silence."""
    while True:
        try:
            said = socket.recv(timeout=seconds)
        except TimeoutError:
            yield {}
            continue
        except WebSocketException:
            return
        message = json.loads(said) if isinstance(said, str) else _preview(said)
        if message is not None:
            yield message


def _preview(said: bytes) -> Image.Image | None:
    """The picture of a binary message: event type, picture format, JPEG or PNG."""
    if len(said) <= 8 or struct.unpack(">I", said[:4])[0] != _PREVIEW:
        return None
    try:
        picture = Image.open(io.BytesIO(said[8:]), formats=("JPEG", "PNG"))
        picture.thumbnail((128, 128))
        return picture.convert("RGB")
    except (OSError, ValueError, SyntaxError):
        return None


def raise_if_failed(kind: str, data: dict[str, Any]) -> None:
    """BackendError if a message of this kind says that a prompt failed."""
    if kind == "execution_interrupted":
        raise BackendError(LOST, retry=True)
    if kind != "execution_error":
        return
    logger.error("ComfyUI failed: %s", data)
    said = f"{data.get('exception_type', '')} {data.get('exception_message', '')}".lower()
    if "outofmemory" in said or "out of memory" in said:
        raise ServerMemoryError(NO_MEMORY)
    raise BackendError(FAILED.format(reason=data.get("exception_message", "").strip()))


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _away(cause: object) -> BackendError:
    logger.warning("ComfyUI: %s", cause)
    return BackendError(AWAY, retry=True)
