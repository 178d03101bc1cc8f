"""What a user wrote before: the prompts of their jobs, and templates saved by name."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from generation.models import Job, PromptTemplate, Reference
from generation.models.template import SETTINGS_VERSION, TemplateReference
from generation.references import gathered
from generation.requests import GenerationRequest, from_form, validate
from generation.submission import settings_of
from ourvidz.errors import LimitError, RequestError
from ourvidz.http import PageRequest
from ourvidz.reading import moment_of
from workspace import prompt_bar
from workspace.recalling import PLACEHOLDER

PAGE_SIZE = 40
TEMPLATES_PER_USER = 100
NAME_CHARACTERS = PromptTemplate._meta.get_field("name").max_length or 80
NO_NAME = f"Give the template a name of at most {NAME_CHARACTERS} characters."
TOO_MANY = f"You have {TEMPLATES_PER_USER} templates. Delete one that you no longer use."


@login_required
@require_GET
def memory(request: PageRequest) -> HttpResponse:
    """Templates and earlier prompts that have every word of `q`; older ones from `before` on."""
    words = request.GET.get("q", "").replace("\0", " ").split()
    before = _moment(request.GET.get("before", ""))
    prompts = list(prompts_of(request.user, words, before)[: PAGE_SIZE + 1])
    context = {
        "prompts": prompts[:PAGE_SIZE],
        "next": prompts[PAGE_SIZE - 1]["last"] if len(prompts) > PAGE_SIZE else None,
        "templates": [] if before else templates_of(request.user, words),
        "query": " ".join(words),
        "older": before is not None,
    }
    return render(request, "workspace/_memory.html", context)


def prompts_of(user, words: list[str], before: datetime | None) -> QuerySet:
    """Rows of `original_prompt` and `last`, when it was used, each prompt once, newest first."""
    jobs = Job.objects.owned_by(user).order_by()
    for word in words:
        jobs = jobs.filter(original_prompt__icontains=word)
    prompts = jobs.values("original_prompt").annotate(last=Max("created_at"))
    if before:
        prompts = prompts.filter(last__lt=before)
    return prompts.order_by("-last", "original_prompt")


def templates_of(user, words: list[str]) -> QuerySet[PromptTemplate]:
    templates = PromptTemplate.objects.owned_by(user)
    for word in words:
        templates = templates.filter(name__icontains=word)
    return templates


@login_required
@require_POST
def save_template(request: PageRequest) -> HttpResponse:
    """Keep the bar's controls under a name; the same name again replaces them."""
    name = " ".join(request.POST.get("template_name", "").replace("\0", " ").split())
    if not 0 < len(name) <= NAME_CHARACTERS:
        return _refused(request, NO_NAME)
    try:
        replaced = keep_template(request.user, name, _request_in(request))
    except RequestError as error:
        found = prompt_bar.labelled(error.errors).items()
        return _refused(request, " ".join(f"{key}: {' '.join(text)}" for key, text in found))
    except LimitError as error:
        return _refused(request, str(error), 429)
    text = f"Template {name} {'replaced' if replaced else 'saved'}"
    return render(request, "workspace/_template_saved.html", {"text": text})


@login_required
@require_POST
def delete_template(request: PageRequest, template_id) -> HttpResponse:
    template = get_object_or_404(PromptTemplate.objects.owned_by(request.user), pk=template_id)
    template.delete()
    text = f"Template {template.name} deleted"
    return render(request, "workspace/_template_saved.html", {"text": text})


def keep_template(owner, name: str, asked: GenerationRequest) -> bool:
    """Save every control of `asked`, with own copies of its references; whether it replaced one."""
    templates = PromptTemplate.objects.owned_by(owner)
    if templates.exclude(name=name).count() >= TEMPLATES_PER_USER:
        raise LimitError(TOO_MANY)
    with gathered(owner, asked) as references, transaction.atomic():
        template, made = templates.update_or_create(
            owner=owner, name=name, defaults={"version": SETTINGS_VERSION}
        )
        _keep_references(template, list(references.values()))
        template.settings = _settings(asked, references)
        template.save()
    return not made


def _settings(asked: GenerationRequest, references: dict[str, Reference]) -> dict:
    """The controls; without a seed where none was set, without the stand-in for a prompt."""
    kept = settings_of(asked, asked.seed or 0, references)
    if asked.seed is None:
        del kept["seed"]
    if asked.prompt == PLACEHOLDER:
        del kept["prompt"]
    return kept


def _keep_references(template: PromptTemplate, references: list[Reference]) -> None:
    template.references.all().delete()  # type: ignore[attr-defined]
    for reference in {reference.pk: reference for reference in references}.values():
        if reference._state.adding:
            reference.save()
        TemplateReference.objects.create(template=template, reference=reference)


def _request_in(request: PageRequest) -> GenerationRequest:
    data = from_form(request.POST)
    data.pop("template_name", None)
    return validate({"prompt": PLACEHOLDER, **data})


def _moment(text: str) -> datetime | None:
    try:
        return moment_of(text)
    except ValueError:
        return None


def _refused(request: PageRequest, text: str, status: int = 422) -> HttpResponse:
    context = {"text": text, "error": True}
    return render(request, "workspace/_template_saved.html", context, status=status)
