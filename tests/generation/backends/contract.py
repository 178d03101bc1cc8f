"""What every backend must do. A test module derives from `BackendContract` for each backend."""

import gc
import tracemalloc
from abc import ABC, abstractmethod
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generation.backends.base import (
    Backend,
    BackendError,
    Cancelled,
    Clip,
    Picture,
    ReferencePicture,
    RenderTask,
)
from generation.vocabulary import SEED_MAXIMUM
from generation.writing import parameters_of
from ourvidz.media import encode, tell
from ourvidz.media.probe import MediaInfo, probe
from tests.generation.preview_tasks import Recorder, distance

_SLACK = 100_000  # bytes, for what Python keeps of anything


def collected(output: Picture | Clip) -> list[np.ndarray]:
    """The frames of an output; a picture is one frame."""
    if isinstance(output, Picture):
        return [np.asarray(output.image)]
    return list(output.frames)


def stored(task: RenderTask, output: Picture | Clip, backend: Backend, folder: Path) -> Path:
    """The output as the worker writes it."""
    parameters = parameters_of(task, output, backend)
    if isinstance(output, Picture):
        encode.write_png(output.image, path := folder / "output.png", parameters)
        return path
    path, size = folder / "output.mp4", (task.width, task.height)
    encode.write_mp4(output.frames, path, output.frames_per_second, size, parameters)
    return path


class BackendContract(ABC):
    """Derive, give `backend`, `task` and `reference`; every test here then runs for it."""

    tolerance = 0.0  # mean difference of pixels, 0 to 255, that counts as the same

    @abstractmethod
    @pytest.fixture
    def backend(self) -> Backend:
        """The backend, not yet loaded."""

    @abstractmethod
    @pytest.fixture
    def task(self) -> RenderTask:
        """A small task with one output."""

    @abstractmethod
    @pytest.fixture
    def reference(self, tmp_path) -> ReferencePicture:
        """A reference that the backend can use for `task`."""

    def rendered(self, backend, task, recorder=None) -> list[list[np.ndarray]]:
        """The frames of every output of `task`."""
        recorder = recorder or Recorder()
        backend.load(task.model, recorder)
        return [collected(output) for output in backend.render(task, recorder)]

    def test_it_makes_what_was_asked_for(self, backend, task):
        backend.load(task.model, Recorder())
        asked = replace(task, indices=(0, 2), seed=SEED_MAXIMUM - 1)
        outputs = [
            (output.index, output.seed, collected(output))
            for output in backend.render(asked, Recorder())
        ]
        assert [output[:2] for output in outputs] == [(0, SEED_MAXIMUM - 1), (2, 0)]
        for *_, frames in outputs:
            assert len(frames) == task.frames
            assert {frame.shape for frame in frames} == {(task.height, task.width, 3)}

    def test_a_seed_makes_the_same_pixels_again_and_another_seed_others(self, backend, task):
        (first,), (again,), (other,) = (
            self.rendered(backend, replace(task, seed=seed)) for seed in (7, 7, 8)
        )
        assert distance(first, again) <= self.tolerance
        assert distance(first, other) > max(0.05, self.tolerance)

    def test_output_i_is_that_of_the_seed_plus_i(self, backend, task):
        _, second = self.rendered(backend, replace(task, seed=40, indices=(0, 1)))
        (alone,) = self.rendered(backend, replace(task, seed=41))
        assert distance(second, alone) <= max(0.5, self.tolerance)

    def test_progress_only_rises_and_ends_at_the_last_step(self, backend, task):
        recorder = Recorder()
        self.rendered(backend, replace(task, indices=(0, 1)), recorder)
        for index in (0, 1):
            steps = recorder.steps_of(index)
            assert steps == sorted(steps)
            assert steps[-1] == recorder.steps[-1][2]
        assert recorder.loads >= 1
        assert recorder.saved == [0, 1]

    def test_previews_are_small(self, backend, task):
        recorder = Recorder()
        self.rendered(backend, task, recorder)
        previews = [preview for *_, preview in recorder.steps if preview is not None]
        assert previews
        assert all(preview.mode == "RGB" and max(preview.size) <= 256 for preview in previews)

    def test_cancelling_ends_within_the_step(self, backend, task):
        recorder = Recorder(cancel_at=2)
        with pytest.raises(Cancelled):
            self.rendered(backend, task, recorder)
        assert max(recorder.steps_of(0)) == 2
        assert recorder.saved == []

    def test_it_works_again_after_a_cancelled_task(self, backend, task):
        with pytest.raises(Cancelled):
            self.rendered(backend, task, Recorder(cancel_at=2))
        assert len(self.rendered(backend, task)) == 1

    def test_a_reference_shows(self, backend, task, reference):
        (plain,) = self.rendered(backend, task)
        (led,) = self.rendered(backend, replace(task, references=(reference,)))
        assert distance(plain, led) > max(1.0, self.tolerance)

    def test_a_reference_of_another_shape_is_cropped_not_squeezed(self, backend, task, reference):
        (as_it_is,) = self.rendered(backend, replace(task, references=(reference,)))
        with Image.open(reference.path) as picture:
            width, height = picture.size
            wide = Image.new("RGB", (4 * width, height), (0, 200, 60))
            wide.paste(picture, (3 * width // 2, 0))
        wide.save(reference.path)
        (cropped,) = self.rendered(backend, replace(task, references=(reference,)))
        assert distance(as_it_is, cropped) <= max(0.5, self.tolerance)

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda path: path.write_bytes(b""),
            lambda path: path.write_bytes(b"not a picture"),
            lambda path: path.write_bytes(path.read_bytes()[:-40]),
            lambda path: path.unlink(),
        ],
        ids=["empty", "no picture", "cut off", "gone"],
    )
    def test_a_bad_reference_is_refused_and_nothing_is_made(self, backend, task, reference, spoil):
        spoil(reference.path)
        recorder = Recorder()
        with pytest.raises(BackendError, match="cannot be read"):
            self.rendered(backend, replace(task, references=(reference,)), recorder)
        assert (recorder.steps, recorder.saved) == ([], [])

    def test_the_stored_file_is_what_was_asked_for_and_says_so(self, backend, task, tmp_path):
        backend.load(task.model, Recorder())
        (output,) = backend.render(task, Recorder())
        path = stored(task, output, backend, tmp_path)
        self._check_shape(probe(path), task)
        said = tell.read_parameters(path)
        assert said
        assert {"seed": task.seed, "backend": backend.name, "prompt": task.prompt}.items() <= (
            said.items()
        )

    def _check_shape(self, found: MediaInfo, task: RenderTask) -> None:
        assert (found.width, found.height) == (task.width, task.height)
        if task.mode == "video":
            rate = Fraction(found.frames_per_second).limit_denominator(1000)
            assert rate == task.frames_per_second
            seconds = float(task.frames / task.frames_per_second)
            assert found.duration_seconds == pytest.approx(seconds, abs=0.01)

    @pytest.fixture
    def held(self):
        """Counts the bytes that are in memory, as far as a model may be among them."""
        tracemalloc.start()
        yield lambda: (gc.collect(), tracemalloc.get_traced_memory()[0])[1]
        tracemalloc.stop()

    model_bytes = 0  # that a loaded model takes at least

    def test_unloading_gives_the_memory_back_and_loading_brings_the_same_again(
        self, backend, task, held
    ):
        backend.unload()
        (first,) = self.rendered(backend, task)  # what is imported and kept once is there now
        backend.unload()
        without = held()
        (again,) = self.rendered(backend, task)
        assert distance(first, again) <= self.tolerance
        del again
        loaded = held()
        assert loaded - without >= self.model_bytes
        backend.unload()
        assert held() - without < _SLACK

    def test_task_after_task_takes_no_more_memory(self, backend, task, held):
        self.rendered(backend, task)
        before = held()
        for seed in (1, 2, 3):
            self.rendered(backend, replace(task, seed=seed))
        assert held() - before < _SLACK

    def test_unloading_what_is_not_loaded_does_nothing(self, backend, task):
        backend.unload()
        backend.unload()
        assert len(self.rendered(backend, task)) == 1

    def test_the_estimate_grows_with_the_work(self, backend, task):
        more = replace(task, indices=(0, 1, 2))
        assert 0 < backend.estimate(task) < backend.estimate(more)


def tensor_bytes() -> int:
    """Bytes of all tensors of torch, which are none of Python's own memory."""
    import torch

    gc.collect()
    found = (one for one in gc.get_objects() if issubclass(type(one), torch.Tensor))
    # Several tensors may look at one storage.
    storages = {one.untyped_storage()._cdata: one.untyped_storage().nbytes() for one in found}
    return sum(storages.values())


def source_picture(path: Path, size: tuple[int, int]) -> Image.Image:
    """A bright disc on a dark red ground, saved at `path`."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.full((height, width, 3), (120, 20, 30), np.uint8)
    pixels[np.hypot(x - width / 2, y - height / 2) < min(size) / 3] = (240, 220, 90)
    picture = Image.fromarray(pixels)
    picture.save(path)
    return picture
