"""The operators' view of jobs, references, presets, templates and the queues."""

from generation.admin import history, jobs, presets, queues, references, templates

__all__ = ["history", "jobs", "presets", "queues", "references", "templates"]
