"""The two kinds of bucket: a folder, and an S3 bucket.

Both speak Django's storage interface and, on top of it, what `ourvidz.media.buckets` needs.
Every failure is an OSError: FileNotFoundError for a missing key, BucketError for a store
that refuses or does not answer.
"""

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import IO, Any, BinaryIO

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils._os import safe_makedirs
from storages.backends.s3 import S3Storage

from ourvidz.media.s3_signing import WindowSigner

FILE_MODE = 0o640  # the group may read, so that nginx can send files (ACCEL_REDIRECT_PREFIX)
FOLDER_MODE = 0o750
PARTIAL_SUFFIX = ".part"


class BucketError(OSError):
    """A bucket refuses or does not answer; the message says what to do."""


class FileBucket(FileSystemStorage):
    """A folder whose files appear whole or not at all, under exactly the name asked for."""

    def __init__(self, location: Path | str, **options: Any) -> None:
        options = {
            "file_permissions_mode": FILE_MODE,
            "directory_permissions_mode": FOLDER_MODE,
            "allow_overwrite": True,
            **options,
        }
        super().__init__(location, **options)

    def _save(self, name: str, content) -> str:
        with self._written_whole(name) as file:
            for chunk in content.chunks():
                file.write(chunk)
        return name

    def delete(self, name: str) -> None:
        super().delete(name)
        self._prune(Path(self.path(name)).parent)

    def store(self, key: str, source: Path | bytes, content_type: str) -> None:
        """Write `source` under `key`. The type follows from the key's extension."""
        with self._written_whole(key) as file:
            if isinstance(source, bytes):
                file.write(source)
            else:
                with source.open("rb") as original:
                    shutil.copyfileobj(original, file, 1024 * 1024)

    def copy_from(self, bucket: "FileBucket", from_key: str, to_key: str) -> None:
        """A hard link where both lie on one disk: files are never changed in place."""
        source = Path(bucket.path(from_key))
        if not source.is_file():
            raise FileNotFoundError(f"no file {from_key}")
        partial = self._partial(to_key)
        try:
            self._in_folder_of(to_key, lambda: os.link(source, partial))
        except OSError:  # another disk, or a file system without links
            self.store(to_key, source, "")
            return
        os.replace(partial, self.path(to_key))
        # Renaming one link of a file onto another of the same file does nothing (POSIX).
        partial.unlink(missing_ok=True)
        _sync_folder(Path(self.path(to_key)).parent)

    def remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.delete(key)

    def open_file(self, key: str) -> BinaryIO:
        return Path(self.path(key)).open("rb")

    def each_key(self) -> Iterator[str]:
        for folder, _, names in os.walk(self.location):
            for name in names:
                if not name.endswith(PARTIAL_SUFFIX):
                    yield Path(folder, name).relative_to(self.location).as_posix()

    def remove_partials(self, older_than_seconds: float) -> int:
        """Delete what writers that were killed left behind; the number of files."""
        before = time.time() - older_than_seconds
        stale = [
            path
            for path in Path(self.location).rglob(f"*{PARTIAL_SUFFIX}")
            if path.stat().st_mtime < before
        ]
        for path in stale:
            path.unlink(missing_ok=True)
            self._prune(path.parent)
        return len(stale)

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        path = Path(self.path(key))
        if not path.is_file():
            raise FileNotFoundError(f"no file {key}")
        yield path

    def ensure(self) -> None:
        safe_makedirs(self.location, FOLDER_MODE, exist_ok=True)

    @property
    def remedy(self) -> str:
        return (
            f"Let the user that runs the studio write to {self.location}, "
            "and see that the disk is not full."
        )

    @contextmanager
    def _written_whole(self, key: str) -> Iterator[IO[bytes]]:
        """A new file that gets its name `key` only once it is complete and on disk."""
        final, partial = Path(self.path(key)), self._partial(key)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        descriptor = self._in_folder_of(key, lambda: os.open(partial, flags, FILE_MODE))
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, final)
        except BaseException:
            partial.unlink(missing_ok=True)
            self._prune(final.parent)
            raise
        _sync_folder(final.parent)

    def _partial(self, key: str) -> Path:
        final = Path(self.path(key))
        return final.with_name(f".{secrets.token_hex(8)}{PARTIAL_SUFFIX}")

    def _in_folder_of(self, key: str, make):
        """`make()` a name in the folder of `key`, even while another process prunes it."""
        folder = Path(self.path(key)).parent
        for _ in range(5):
            safe_makedirs(folder, FOLDER_MODE, exist_ok=True)
            with suppress(FileNotFoundError):
                return make()
            if folder.is_dir():
                break
        return make()

    def _prune(self, folder: Path) -> None:
        """Remove `folder` and its parents below the bucket as far as they are empty."""
        root = Path(self.location)
        with suppress(OSError):
            while root in folder.parents:
                folder.rmdir()
                folder = folder.parent


def _sync_folder(folder: Path) -> None:
    """Put a rename on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class S3Bucket(S3Storage):
    """A private S3 bucket: exact names, signed URLs, time-outs that a request can bear."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("client_config", _client_config(options.get("addressing_style")))
        options = {"file_overwrite": True, "default_acl": None, "querystring_auth": True} | options
        super().__init__(**options)

    @cached_property
    def client(self):
        """One client for all threads; boto's resources, unlike its clients, are per thread."""
        return self.connection.meta.client

    @cached_property
    def signer(self) -> WindowSigner:
        probe_url = self.client.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket_name, "Key": "k"}
        )
        base_url = probe_url.partition("?")[0].removesuffix("k")
        credentials = self._create_session().get_credentials()
        return WindowSigner(base_url, credentials, self.client.meta.region_name)

    def get_object_parameters(self, name: str) -> dict:
        """Keys are never written twice with other content, so a browser may keep them."""
        age = settings.SIGNED_URL_SECONDS
        return {"CacheControl": f"private, max-age={age}, immutable", **self.object_parameters}

    def store(self, key: str, source: Path | bytes, content_type: str) -> None:
        parameters = {"ContentType": content_type, **self.get_object_parameters(key)}
        with self._answers(key):
            if isinstance(source, bytes):
                self.client.put_object(Bucket=self.bucket_name, Key=key, Body=source, **parameters)
            else:
                self.client.upload_file(str(source), self.bucket_name, key, ExtraArgs=parameters)

    def copy_from(self, bucket: "S3Bucket", from_key: str, to_key: str) -> None:
        """Copied by the store itself; the bytes do not come here."""
        source = {"Bucket": bucket.bucket_name, "Key": from_key}
        with self._answers(from_key):
            self.client.copy_object(Bucket=self.bucket_name, Key=to_key, CopySource=source)

    def remove(self, keys: Iterable[str]) -> None:
        names = [{"Key": key} for key in keys]
        for start in range(0, len(names), 1000):  # the most that one call takes
            batch = {"Objects": names[start : start + 1000], "Quiet": True}
            with self._answers("keys to delete"):
                answer = self.client.delete_objects(Bucket=self.bucket_name, Delete=batch)
            if errors := answer.get("Errors"):
                raise BucketError(f"{errors[0]['Key']} was not deleted: {errors[0]['Message']}")

    def open_file(self, key: str) -> BinaryIO:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        try:
            self._download(key, file)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def exists(self, name: str) -> bool:
        try:
            self.size(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        with self._answers(name):
            return self.client.head_object(Bucket=self.bucket_name, Key=name)["ContentLength"]

    def each_key(self) -> Iterator[str]:
        with self._answers(self.bucket_name):
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name)
            for page in pages:
                yield from (entry["Key"] for entry in page.get("Contents", ()))

    def remove_partials(self, older_than_seconds: float) -> int:
        """Abort uploads in parts that were never finished; their number."""
        before = time.time() - older_than_seconds
        with self._answers(self.bucket_name):
            answer = self.client.list_multipart_uploads(Bucket=self.bucket_name)
            uploads = answer.get("Uploads", [])
            stale = [upload for upload in uploads if upload["Initiated"].timestamp() < before]
            for upload in stale:
                self.client.abort_multipart_upload(
                    Bucket=self.bucket_name, Key=upload["Key"], UploadId=upload["UploadId"]
                )
        return len(stale)

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        with tempfile.NamedTemporaryFile(suffix=Path(key).suffix) as file:
            self._download(key, file)
            file.flush()
            yield Path(file.name)

    def ensure(self) -> None:
        with self._answers(self.bucket_name):
            try:
                self.client.head_bucket(Bucket=self.bucket_name)
            except ClientError as error:
                if _status(error) != 404:
                    raise
                self.client.create_bucket(Bucket=self.bucket_name, **self._placement())

    @property
    def remedy(self) -> str:
        return (
            f"Check S3_ENDPOINT_URL, S3_ACCESS_KEY and S3_SECRET_KEY, and that the key may "
            f"read, write, delete and list in {self.bucket_name}."
        )

    def _placement(self) -> dict:
        """AWS wants every region but its first named when a bucket is made."""
        if self.endpoint_url or self.region_name in (None, "us-east-1"):
            return {}
        return {"CreateBucketConfiguration": {"LocationConstraint": self.region_name}}

    def _download(self, key: str, file) -> None:
        with self._answers(key):
            self.client.download_fileobj(self.bucket_name, key, file)

    @contextmanager
    def _answers(self, what: str) -> Iterator[None]:
        """Turn botocore's errors into OSErrors."""
        try:
            yield
        except ClientError as error:
            if _status(error) == 404:
                raise FileNotFoundError(f"no {what} in {self.bucket_name}") from error
            raise BucketError(f"{self.bucket_name}: {error}. {self.remedy}") from error
        except BotoCoreError as error:
            raise BucketError(f"{self.bucket_name}: {error}. {self.remedy}") from error


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def _client_config(addressing_style: str | None) -> Config:
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": addressing_style or "auto"},
        connect_timeout=5,
        read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": 2},
        max_pool_connections=32,
        # Newer default checksums are not understood by every S3-compatible server.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
