"""The operators' view of jobs, references, presets and the queues."""

from generation.admin import history, jobs, presets, queues, references

__all__ = ["history", "jobs", "presets", "queues", "references"]
