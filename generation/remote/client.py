"""The studio as a worker on another machine reaches it: over HTTPS, and not always.

Whatever may pass by itself (no network, a server that restarts, an answer of 5xx) is `Away`,
an OSError, so that `patience.insist` waits for it as it waits for a database or a store.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import urllib3

API = "/api/v1/"
CONNECT_SECONDS, READ_SECONDS = 10, 60
_PASSING = {408, 425, 429}


class Away(ConnectionError):  # noqa: N818 - it is away, which is no error of its own
    """The studio, or its store, did not answer as it should; later it may."""


class Refused(Exception):  # noqa: N818 - what the studio did
    """The studio answered that it will not have this; trying again changes nothing."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class StudioClient:
    """Calls the studio at `server`, such as https://studio.example, with a worker's token."""

    def __init__(self, server: str, token: str) -> None:
        self.server = server.rstrip("/") + "/"
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        self._pool = urllib3.PoolManager(retries=False, timeout=timeout, maxsize=4)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send JSON to a call of the API; its answer. Away or Refused."""
        headers = {**self._headers, "Content-Type": "application/json"}
        return self._answer("POST", self._address(path), headers, body=json.dumps(body).encode())

    def post_form(
        self, path: str, fields: dict[str, str], file: Path | None = None
    ) -> dict[str, Any]:
        """Send a form, with the multipart field `file` if there is one; the answer."""
        form: dict[str, Any] = dict(fields)
        if file:
            form["file"] = (file.name, file.read_bytes())
        return self._answer("POST", self._address(path), self._headers, fields=form)

    def put(self, url: str, headers: dict[str, str], file: Path) -> None:
        """Send a file to where the studio said, without the token."""
        with file.open("rb") as content:
            sent = {**headers, "Content-Length": str(file.stat().st_size)}
            self._send("PUT", url, sent, body=content)

    def download(self, url: str, path: Path) -> None:
        """Fetch what `url` of the studio's answer names, which carries its own permission."""
        path.write_bytes(self._send("GET", urljoin(self.server, url), {}))

    def _address(self, path: str) -> str:
        return urljoin(self.server, API + path)

    def _answer(self, method: str, url: str, headers: dict[str, str], **content) -> dict[str, Any]:
        data = self._send(method, url, headers, **content)
        try:
            return json.loads(data) if data else {}
        except ValueError as error:  # of a proxy before it, perhaps
            raise Away(f"{url}: not JSON") from error

    def _send(self, method: str, url: str, headers: dict[str, str], **content) -> bytes:
        """Redirects are not followed: they could carry the token away."""
        try:
            answer = self._pool.request(method, url, headers=headers, redirect=False, **content)
        except urllib3.exceptions.HTTPError as error:
            raise Away(f"{url.partition('?')[0]}: {error}") from error
        if answer.status < 300:
            return answer.data
        detail = _detail(answer.data) or f"{url.partition('?')[0]} answers {answer.status}"
        if answer.status >= 500 or answer.status in _PASSING:
            raise Away(f"{answer.status}: {detail}")
        raise Refused(answer.status, detail)


def _detail(data: bytes) -> str:
    try:
        problem = json.loads(data)
        sentences = [text for texts in problem.get("errors", {}).values() for text in texts]
        return " ".join(sentences) or str(problem["detail"])
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
