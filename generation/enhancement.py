"""What the chat lane is asked for a job, and what the job that waited makes of its answer."""

from generation.backends.base import BackendError, EnhancementTask
from generation.catalogue import chat_model
from generation.composition import compose
from generation.content import sexualises_minors
from generation.improving import improve
from generation.model_spec import ModelSpec
from generation.models import EnhancementPreset, Job
from generation.progress import ProgressReporter
from generation.requests import GenerationRequest
from generation.tasks import request_of
from generation.vocabulary import PROMPT_BUDGET, ContentMode

NO_PRESET = "No enhancement preset is active for this model and method. Ask the studio's operator."
NO_MODEL = "This studio has no chat model switched on. Ask its operator."
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
