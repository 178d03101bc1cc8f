"""Staging takes in what generation announces."""

from django.dispatch import receiver

from generation.signals import outputs_made
from workspace.models import WorkspaceAsset


@receiver(outputs_made, dispatch_uid="workspace.stage_outputs")
def stage_outputs(sender, job, outputs, **kwargs) -> None:
    """Insert the outputs; one that is there already stays as it is."""
    WorkspaceAsset.objects.bulk_create(
        [
            WorkspaceAsset(
                job=job,
                index=output.index,
                owner_id=job.owner_id,
                prompt=job.composed_prompt,
                seed=output.seed,
                model=job.model,
                settings=job.settings,
                **output.media,
            )
            for output in outputs
        ],
        ignore_conflicts=True,
    )
