"""Improving prompts on the chat lane, and what the job that waited for it makes of it."""

import time
from queue import Empty, SimpleQueue
from threading import Thread

from django.db import connections

from generation.backends.base import BackendError, EnhancementTask, Enhancer, ProcessBroken
from generation.backends.registry import enhancer_for
from generation.catalogue import chat_model
from generation.composition import compose
from generation.content import sexualises_minors
from generation.model_spec import ModelSpec
from generation.models import EnhancementPreset, Job
from generation.progress import ProgressReporter
from generation.requests import GenerationRequest
from generation.residency import residents
from generation.tasks import request_of
from generation.tokens import count_tokens
from generation.vocabulary import PROMPT_BUDGET, ContentMode
from ourvidz.stopping import stopping

ATTEMPTS = 2
ATTEMPT_SECONDS = 60
PAUSE_SECONDS = 2
LOOK_SECONDS = 0.2

TOO_SLOW = "The chat model took too long to answer."
NO_PRESET = "No enhancement preset is active for this model and method. Ask the studio's operator."
NO_MODEL = "This studio has no chat model switched on. Ask its operator."
NO_TEXT = "The chat model gave no text."
NOTE = "This was made from the prompt as you typed it: "
NOTE_SLOW = NOTE + "enhancing it took too long."
NOTE_FAILED = NOTE + "it could not be enhanced."
NOTE_REFUSED = NOTE + "what enhancing it gave may not be made."


def enhance(job: Job, reporter: ProgressReporter) -> str:
    """The improved prompt of a chat job; BackendError, not to be retried, if there is none."""
    return improve(chat_spec(), task_for(job), reporter)


def chat_spec() -> ModelSpec:
    """The model that improves prompts; BackendError if none is switched on."""
    model = chat_model()
    if model is None:
        raise BackendError(NO_MODEL)
    return model


def improve(model: ModelSpec, task: EnhancementTask, reporter: ProgressReporter) -> str:
    """The improved prompt, on one line and within its budget; BackendError if there is none."""
    chat = enhancer_for(model)
    with residents.holding(model, chat, reporter):
        return _insist(chat, task, reporter, ATTEMPTS)


def task_for(job: Job) -> EnhancementTask:
    """What the chat model is asked, by the preset for the job's model, mode and method."""
    request = request_of(job)
    method = request.enhancement_method
    preset = EnhancementPreset.objects.filter(
        model=request.spec.lane, mode=job.mode, method=method, active=True
    ).first()
    if preset is None:
        raise BackendError(NO_PRESET)
    return EnhancementTask(
        prompt=job.original_prompt,
        model=request.spec.lane,
        mode=job.mode,
        method=method,
        system_prompt=preset.system_prompt,
        temperature=preset.temperature,
        top_p=preset.top_p,
        budget=_budget(request),
    )


def _budget(request: GenerationRequest) -> int:
    """Tokens that the answer may have: what the controls leave of the composed prompt.

    A longer answer would only be cut when it is composed.
    """
    controls = compose(request, "")
    return min(PROMPT_BUDGET[request.enhancement_method], controls.budget - controls.tokens)


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


def fit(text: str, budget: int) -> str:
    """`text` cut to `budget` tokens at a comma, or between words where there is none."""
    while text and count_tokens(text) > budget:
        separator = "," if "," in text else " "
        text = text.rpartition(separator)[0].rstrip(" ,")
    return text


def settled_prompt(job: Job) -> dict:
    """The columns that change when a job starts that waited for its enhancement.

    It waits no more afterwards, so that a second attempt uses the same prompt.
    """
    awaited = job.waits_for
    if awaited is None:
        return {}
    settled = {"waits_for": None, "waits_until": None}
    if not awaited.enhanced_prompt:
        return {**settled, "note": NOTE_FAILED if awaited.ended else NOTE_SLOW}
    mature = job.settings.get("content_mode") == ContentMode.NSFW
    if sexualises_minors(awaited.enhanced_prompt, mature=mature):
        return {**settled, "note": NOTE_REFUSED}
    composed = compose(request_of(job), awaited.enhanced_prompt)
    return {
        **settled,
        "enhanced_prompt": awaited.enhanced_prompt,
        "composed_prompt": composed.text,
    }
