"""The operators' view of jobs, references, presets, templates, workers and the queues."""

from generation.admin import history, jobs, presets, queues, references, templates, workers

__all__ = ["history", "jobs", "presets", "queues", "references", "templates", "workers"]
