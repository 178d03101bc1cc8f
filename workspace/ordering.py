"""Orders of job groups, each total, so that a job's place in it can be paged and synced by."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Q
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Lower

from generation.models import Job
from generation.models.job import JobQuerySet


@dataclass(frozen=True)
class Order:
    """By `key`, if there is one, then by time and id; `key` is annotated as `sort_key`."""

    key: BaseExpression | F | None = None
    key_descends: bool = False
    oldest_first: bool = False

    def of(self, jobs: JobQuerySet) -> JobQuerySet:
        names = [f"-{name}" if descends else name for name, descends in self._terms()]
        return self._keyed(jobs).order_by(*names)

    def after(self, jobs: JobQuerySet, job: Job) -> JobQuerySet:
        """Those of `jobs` behind `job`, in order."""
        return self.of(jobs).filter(self._beyond(job))

    def through(self, jobs: JobQuerySet, job: Job) -> JobQuerySet:
        """Those of `jobs` before `job`, and `job` itself, in order."""
        return self.of(jobs).filter(self._beyond(job, backwards=True) | Q(pk=job.pk))

    def between(self, jobs: JobQuerySet, one: Job, other: Job) -> JobQuerySet:
        """Those of `jobs` from `one` to `other`, both included, whichever comes first."""
        behind_one = self._beyond(one) & self._beyond(other, backwards=True)
        behind_other = self._beyond(other) & self._beyond(one, backwards=True)
        ends = Q(pk__in=[one.pk, other.pk])
        return self.of(jobs).filter(behind_one | behind_other | ends)

    def _terms(self) -> Iterator[tuple[str, bool]]:
        """Columns and whether each descends."""
        if self.key is not None:
            yield "sort_key", self.key_descends
        yield "created_at", not self.oldest_first
        yield "id", not self.oldest_first

    def _keyed(self, jobs: JobQuerySet) -> JobQuerySet:
        return jobs if self.key is None else jobs.annotate(sort_key=self.key)

    def _beyond(self, job: Job, *, backwards: bool = False) -> Q:
        """Rows on one side of `job`, compared column by column."""
        position = self._keyed(Job.objects.filter(pk=job.pk)).get()
        found, same = Q(), Q()
        for name, descends in self._terms():
            value = getattr(position, name)
            side = "lt" if descends != backwards else "gt"
            found |= same & Q(**{f"{name}__{side}": value})
            same &= Q(**{name: value})
        return found


ORDERS = {
    "": Order(),
    "oldest": Order(oldest_first=True),
    "prompt": Order(Lower("original_prompt")),
    "quality": Order(F("quality"), key_descends=True),
    "model": Order(F("model")),
}
