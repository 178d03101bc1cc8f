"""Presigned S3 URLs that stay the same for a while.

boto signs with the current second, so that each call gives another URL and no cache ever
hits. Here the signature is dated with the start of a window. As it depends on nothing else,
every process gives the same URL, and a memory in each spares the signing.
"""

from datetime import UTC, datetime
from functools import lru_cache

from botocore.auth import SIGV4_TIMESTAMP, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

REMEMBERED_URLS = 20_000


class _DatedQueryAuth(S3SigV4QueryAuth):
    """Signs as of `start`, in place of now."""

    def __init__(self, credentials, region: str, start: int, expires: int) -> None:
        super().__init__(credentials, "s3", region, expires=expires - start)
        self.timestamp = datetime.fromtimestamp(start, UTC).strftime(SIGV4_TIMESTAMP)

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        request.context["timestamp"] = self.timestamp
        super()._modify_request_before_signing(request)


class WindowSigner:
    """Signs GET requests for keys under `base_url`, which ends with a slash."""

    def __init__(self, base_url: str, credentials: Credentials, region: str) -> None:
        self.base_url = base_url
        self.credentials = credentials
        self.region = region
        self.url = lru_cache(REMEMBERED_URLS)(self._url)

    def _url(self, key: str, start: int, expires: int, download_name: str = "") -> str:
        """The URL of `key`, good from `start` to `expires` (Unix seconds)."""
        params = {}
        if download_name:
            params["response-content-disposition"] = f'attachment; filename="{download_name}"'
        request = AWSRequest("GET", self.base_url + key, params=params)
        credentials = self.credentials.get_frozen_credentials()
        _DatedQueryAuth(credentials, self.region, start, expires).add_auth(request)
        return request.url
