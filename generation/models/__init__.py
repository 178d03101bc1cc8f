"""The rows of generation: jobs and what belongs to them."""

from generation.models.enhancement import EnhancementPreset
from generation.models.job import Job
from generation.models.lineage import Lineage
from generation.models.reference import JobReference, Reference
from generation.models.registered_model import RegisteredModel
from generation.models.template import PromptTemplate, TemplateReference
from generation.models.usage import UsageEntry
from generation.models.worker import CallbackNonce, Worker, WorkerToken

__all__ = [
    "CallbackNonce",
    "EnhancementPreset",
    "Job",
    "JobReference",
    "Lineage",
    "PromptTemplate",
    "Reference",
    "RegisteredModel",
    "TemplateReference",
    "UsageEntry",
    "Worker",
    "WorkerToken",
]
