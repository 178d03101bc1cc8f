"""The operators' view of jobs, references, presets, templates, workers and the queues."""

from generation.admin import (
    history,
    jobs,
    models,
    presets,
    queues,
    references,
    templates,
    workers,
)

__all__ = [
    "history",
    "jobs",
    "models",
    "presets",
    "queues",
    "references",
    "templates",
    "workers",
]
