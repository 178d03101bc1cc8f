"""An object on S3 as a file that is read from any place on."""

import io
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Answers(Protocol):
    """Turns the client's errors about `what` into OSErrors."""

    def __call__(self, what: str) -> AbstractContextManager[None]: ...


class S3Reader(io.RawIOBase):
    """Fetches from where it was put when it is first read, and goes on from there.

    `size` is in bytes, `modified` in Unix seconds. FileNotFoundError for a key that is not there.
    """

    def __init__(self, client: Any, bucket_name: str, key: str, answers: Answers) -> None:
        super().__init__()
        self._client, self._answers = client, answers
        self._named = {"Bucket": bucket_name, "Key": key}
        self._body: Any = None
        self._place = 0
        with answers(key):
            told = client.head_object(**self._named)
        self.size: int = told["ContentLength"]
        self.modified = int(told["LastModified"].timestamp())
        self.etag: str = told["ETag"]

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("only from the start")
        self._let_go()
        self._place = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        with self._answers(self._named["Key"]):
            if self._body is None:
                part = f"bytes={self._place}-"
                self._body = self._client.get_object(**self._named, Range=part)["Body"]
            data: bytes = self._body.read(size if size >= 0 else None)
        self._place += len(data)
        return data

    def close(self) -> None:
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
