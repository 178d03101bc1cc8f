"""The preview backend keeps the contract of all backends."""

import pytest

from generation.backends.base import ReferencePicture
from generation.backends.preview import PreviewBackend
from tests.generation.backends.contract import BackendContract, source_picture
from tests.generation.preview_tasks import make_task


class TestPictures(BackendContract):
    @pytest.fixture
    def backend(self):
        return PreviewBackend()

    @pytest.fixture
    def task(self):
        return make_task(size=(64, 48), steps=10)

    @pytest.fixture
    def reference(self, tmp_path):
        source_picture(path := tmp_path / "reference.png", (80, 60))
        return ReferencePicture("reference", "composition", 0.75, path)


class TestClips(TestPictures):
    @pytest.fixture
    def task(self):
        return make_task(model="wan", mode="video", size=(64, 48), steps=10, frames=9)

    @pytest.fixture
    def reference(self, tmp_path):
        source_picture(path := tmp_path / "start.png", (80, 60))
        return ReferencePicture("start", "composition", 0.9, path)
