"""Tasks for enhancers, and jobs that they do."""

from generation.backends.base import EnhancementTask
from generation.models import Job
from generation.worker import run_next
from tests.factories import make_job


def make_enhancement(prompt="a fox", **changes) -> EnhancementTask:
    fields = {
        "prompt": prompt,
        "model": "sdxl",
        "mode": "image",
        "method": "instruct",
        "system_prompt": "You improve prompts.",
        "temperature": 0.7,
        "top_p": 0.9,
        "budget": 40,
        **changes,
    }
    return EnhancementTask(**fields)


def enhance(owner, **columns) -> Job:
    """A job that improves a prompt, done."""
    columns = {"model": "sdxl", "prompt": "a boat", **columns}
    settings = {
        "prompt": columns["prompt"],
        "model": columns["model"],
        "mode": columns.get("mode", "image"),
        "enhancement": "instruct",
        "enhancement_only": True,
    }
    job = make_job(owner, job_type="enhancement", **columns)
    Job.objects.filter(pk=job.pk).update(settings=settings, count=1)
    run_next(["chat"])
    return Job.objects.get(pk=job.pk)
