"""A bucket on S3 or a server that speaks it."""

import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from storages.backends.s3 import S3Storage

from ourvidz.media.bucket_errors import BucketError
from ourvidz.media.s3_reading import S3Reader
from ourvidz.media.s3_signing import WindowSigner


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

    def upload_url(self, key: str, content_type: str, size: int) -> str:
        """Where somebody else may PUT exactly `size` bytes of this type as `key`, for a while."""
        parameters = {"ContentType": content_type, "ContentLength": size}
        return self.client.generate_presigned_url(
            "put_object",
            Params={"Bucket": self.bucket_name, "Key": key, **parameters},
            ExpiresIn=settings.SIGNED_URL_SECONDS,
        )

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

    def reader(self, key: str) -> S3Reader:
        """A file that is fetched as it is read, for what is sent on."""
        return S3Reader(self.client, self.bucket_name, key, self._answers)

    def exists(self, name: str) -> bool:
        try:
            self.size(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        with self._answers(name):
            return self.client.head_object(Bucket=self.bucket_name, Key=name)["ContentLength"]

    def get_modified_time(self, name: str) -> datetime:
        with self._answers(name):
            return super().get_modified_time(name)

    def each_key(self) -> Iterator[str]:
        with self._answers(self.bucket_name):
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name)
            for page in pages:
                yield from (entry["Key"] for entry in page.get("Contents", ()))

    def remove_partials(self, older_than_seconds: float) -> int:
        """Abort uploads in parts that were never finished; their number."""
        before = time.time() - older_than_seconds
        with self._answers(self.bucket_name):
            stale = [one for one in self._unfinished() if one["Initiated"].timestamp() < before]
            for upload in stale:
                self.client.abort_multipart_upload(
                    Bucket=self.bucket_name, Key=upload["Key"], UploadId=upload["UploadId"]
                )
        return len(stale)

    def _unfinished(self) -> list[dict]:
        """Uploads in parts that are on their way; some servers answer 404 where none is."""
        try:
            answer = self.client.list_multipart_uploads(Bucket=self.bucket_name)
        except self.client.exceptions.NoSuchUpload:
            return []
        return answer.get("Uploads", [])

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
