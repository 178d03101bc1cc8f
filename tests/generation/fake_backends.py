"""Backends that do as little as a test needs, and what they were given."""

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
from PIL import Image

from generation.backends.base import Backend, BackendError, Clip, Enhancer, Picture

Hook = Callable[[int, int], None]


class FakeBackend(Backend):
    """Plain pictures in three steps; `on_step(index, step)` may do anything in between."""

    name = "fake"

    def __init__(self, on_step: Hook | None = None, error: Exception | None = None) -> None:
        super().__init__()
        self.on_step, self.error, self.tasks = on_step, error, []

    def load(self, model, reporter) -> None:
        reporter.loading()

    def estimate(self, task) -> float:
        return 1.0

    def render(self, task, reporter) -> Iterator[Picture | Clip]:
        self.tasks.append(task)
        for index in task.indices:
            for step in range(1, 4):
                if self.on_step:
                    self.on_step(index, step)
                reporter.step(index, step, 3, Image.new("RGB", (64, 36)))
            if self.error:
                raise self.error
            reporter.saving(index)
            yield self._output(task, index)

    def _output(self, task, index) -> Picture | Clip:
        if task.frames == 1:
            image = Image.new("RGB", (task.width, task.height), (index * 20, 90, 160))
            return Picture(index, task.seed_of(index), image)
        frames = (np.full((task.height, task.width, 3), n * 20, np.uint8) for n in range(5))
        return Clip(index, task.seed_of(index), frames, Fraction(50, 3))

    def unload(self) -> None:
        self.tasks.clear()


class LazyBackend(FakeBackend):
    """Makes one picture fewer than it was asked for."""

    def render(self, task, reporter):
        yield from list(super().render(task, reporter))[:-1]


class FakeEnhancer(Enhancer):
    """Answers with `answers` in turn; an exception among them is raised."""

    name = "fake chat"

    def __init__(self, *answers: str | Exception | Callable[[], str]) -> None:
        super().__init__()
        self.answers, self.tasks = list(answers), []

    def enhance(self, task) -> str:
        self.tasks.append(task)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer


BUSY = BackendError("The chat server is busy.", retry=True)
