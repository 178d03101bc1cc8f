"""A prompt improved by a chat model: two tries of a minute each, cut to its budget."""

import time
from queue import Empty, SimpleQueue
from threading import Thread

from django.db import connections

from generation.backends.base import BackendError, EnhancementTask, Enhancer, ProcessBroken
from generation.backends.registry import enhancer_for
from generation.model_spec import ModelSpec
from generation.progress import ProgressReporter
from generation.residency import residents
from generation.tokens import fit
from ourvidz.stopping import stopping

ATTEMPTS = 2
ATTEMPT_SECONDS = 60
PAUSE_SECONDS = 2
LOOK_SECONDS = 0.2

TOO_SLOW = "The chat model took too long to answer."
NO_TEXT = "The chat model gave no text."


def improve(model: ModelSpec, task: EnhancementTask, reporter: ProgressReporter) -> str:
    """The improved prompt, on one line and within its budget; BackendError if there is none."""
    chat = enhancer_for(model)
    with residents.holding(model, chat, reporter):
        return _insist(chat, task, reporter, ATTEMPTS)


def _insist(
    chat: Enhancer, task: EnhancementTask, reporter: ProgressReporter, attempts: int
) -> str:
    try:
        return _attempt(chat, task, reporter)
    except ProcessBroken:
        raise
    except BackendError as error:
        if attempts == 1 or not error.retry:
            error.retry = False
            raise
    stopping.wait(PAUSE_SECONDS)
    reporter.go_on_or_raise()
    return _insist(chat, task, reporter, attempts - 1)


def _attempt(chat: Enhancer, task: EnhancementTask, reporter: ProgressReporter) -> str:
    """One answer within a minute, cut to the budget; a cancelled job does not wait for it."""
    answers: SimpleQueue[str | Exception] = SimpleQueue()
    Thread(target=_answer, args=(chat, task, answers), daemon=True).start()
    deadline = time.monotonic() + ATTEMPT_SECONDS
    while time.monotonic() < deadline:
        try:
            answer = answers.get(timeout=LOOK_SECONDS)
        except Empty:
            reporter.go_on_or_raise()
        else:
            return _checked(answer, task.budget)
    raise BackendError(TOO_SLOW, retry=True)


def _answer(chat: Enhancer, task: EnhancementTask, answers: SimpleQueue) -> None:
    try:
        answers.put(chat.enhance(task))
    except Exception as error:  # raised again where the answer is awaited
        answers.put(error)
    finally:
        connections.close_all()


def _checked(answer: str | Exception, budget: int) -> str:
    if isinstance(answer, Exception):
        raise answer
    text = fit(" ".join(answer.split()), budget)
    if not text:
        raise BackendError(NO_TEXT, retry=True)
    return text
