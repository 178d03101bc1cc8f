"""The operators' view of jobs, references, presets, templates and the queues."""

from generation.admin import history, jobs, models, presets, queues, references, templates

__all__ = ["history", "jobs", "models", "presets", "queues", "references", "templates"]
