"""Outputs of another size than was asked for, as a workflow or a model may make them.

They are kept as they are: they are made, somebody waited for them, and what is true of them is in
their rows. So that nobody takes them for what was asked for, the job says it.
"""

from collections.abc import Iterable

from generation.models import Job
from generation.outputs import Output

NOTE = "Made at {} x {} pixels, not at the {} x {} that were asked for."


def told(job: Job, outputs: Iterable[Output]) -> dict[str, str]:
    """The columns of `job` that say so; none where all is as it was asked for, or said already."""
    sizes = {(output.media["width"], output.media["height"]) for output in outputs}
    others = sorted(sizes - {(job.width, job.height)})
    if not others:
        return {}
    note = Job.objects.filter(pk=job.pk).values_list("note", flat=True).first() or ""
    words = [NOTE.format(*size, job.width, job.height) for size in others]
    return {"note": " ".join([note, *(word for word in words if word not in note)]).strip()}
