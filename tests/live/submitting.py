"""Submitting jobs to a live studio, from a process with its settings.

`manage.py shell -c "from tests.live.submitting import submit_images; submit_images(3)"`
"""

from django.contrib.auth import get_user_model

from generation.requests import validate
from generation.submission import submit

REQUEST = {"prompt": "a boat at dawn", "mode": "image", "model": "sdxl", "batch_size": 1}


def person(name: str = "creator"):
    return get_user_model().objects.get_or_create(username=name)[0]


def submit_images(jobs: int, **changes) -> None:
    """Submit so many image jobs."""
    for _ in range(jobs):
        submit(person(), validate({**REQUEST, **changes}))
