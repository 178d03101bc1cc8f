"""Enhancement by any server that speaks OpenAI's chat API: vLLM, llama.cpp, Ollama, OpenAI.

https://platform.openai.com/docs/api-reference/chat/create
"""

import http.client
import json
import logging
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from generation.backends.answers import plain_answer
from generation.backends.base import BackendError, EnhancementTask, Enhancer
from generation.backends.options import chosen

logger = logging.getLogger(__name__)

AWAY = "The chat server does not answer."
BUSY = "The chat server is busy."
REFUSED = "The chat server refused the request. The studio's operator finds the cause in the log."
NOT_UNDERSTOOD = "The chat server's answer could not be understood."

_MOST_BYTES = 1024 * 1024
_TOO_MANY, _SERVER_ERRORS = 429, 500


@dataclass(frozen=True)
class OpenAIOptions:
    """`url` is the API's base, such as http://127.0.0.1:8000/v1."""

    url: str = ""
    key: str = ""
    model: str = ""
    seconds: float = 60.0


class OpenAIEnhancer(Enhancer):
    """Asks a chat server for the improved prompt."""

    name = "openai"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.settings = chosen(OpenAIOptions, options)

    def enhance(self, task: EnhancementTask) -> str:
        """The server's answer, without quotes or thoughts around it."""
        text, broken_off = _text_of(self._ask(_request(task, self.settings.model)))
        return plain_answer(text, broken_off=broken_off)

    def _ask(self, request: dict[str, Any]) -> bytes:
        """The body of the answer. Redirects are not followed: they could carry the key away."""
        deadline = time.monotonic() + self.settings.seconds
        try:
            connection, path = self._connection()
            with closing(connection):
                connection.request("POST", path, json.dumps(request), self._headers())
                response = connection.getresponse()
                body = _read(response, deadline)
        except (OSError, http.client.HTTPException) as error:
            logger.warning("the chat server: %s", error)
            raise BackendError(AWAY, retry=True) from error
        if response.status != http.client.OK:
            logger.warning("the chat server said %s: %s", response.status, body[:500])
            is_busy = response.status == _TOO_MANY or response.status >= _SERVER_ERRORS
            raise BackendError(BUSY, retry=True) if is_busy else BackendError(REFUSED)
        return body

    def _connection(self) -> tuple[http.client.HTTPConnection, str]:
        url = urlsplit(self.settings.url)
        secure = url.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=self.settings.seconds)
        return connection, f"{url.path.rstrip('/')}/chat/completions"

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Connection": "close"}
        if self.settings.key:
            headers["Authorization"] = f"Bearer {self.settings.key}"
        return headers


def _request(task: EnhancementTask, model: str) -> dict[str, Any]:
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": task.system_prompt},
            {"role": "user", "content": task.prompt},
        ],
        "temperature": task.temperature,
        "top_p": task.top_p,
        # A chat model's tokens are not CLIP's; what is too long is cut to the budget later.
        "max_tokens": 2 * task.budget,
    }


def _read(response: http.client.HTTPResponse, deadline: float) -> bytes:
    """The body, cut off where it is too long; TimeoutError from one that comes drop by drop."""
    body = b""
    while part := response.read1(_MOST_BYTES - len(body)):
        body += part
        if time.monotonic() > deadline:
            raise TimeoutError("the answer took too long")
    return body


def _text_of(body: bytes) -> tuple[str, bool]:
    """What it says, and whether it had to stop before it was through."""
    try:
        choice = json.loads(body)["choices"][0]
        text = choice["message"]["content"]
    except (ValueError, LookupError, TypeError) as error:
        raise BackendError(NOT_UNDERSTOOD, retry=True) from error
    if not isinstance(text, str):
        raise BackendError(NOT_UNDERSTOOD, retry=True)
    return text, choice.get("finish_reason") == "length"
