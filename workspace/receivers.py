"""What the workspace does when something happens elsewhere."""

from itertools import groupby
from operator import itemgetter
from uuid import UUID

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from generation.models import Job
from generation.signals import job_completed, outputs_made
from library.signals import copies_changed, copy_wanted, organised
from ourvidz.errors import StateError
from ourvidz.live import announce_session
from workspace.copying import NOT_COPIED, copy_to_workspace
from workspace.journal import Journal
from workspace.models import Action, WorkspaceAsset
from workspace.visibility import take_out_empty_groups, tell


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


@receiver(job_completed, dispatch_uid="workspace.retire_emptied_group")
def retire_emptied_group(sender, job, **kwargs) -> None:
    """All that it made was taken out while it ran: nothing is left to show."""
    if job.assets.exists() and take_out_empty_groups([job.pk], timezone.now()):
        tell(job.owner_id, [job.pk])


@receiver(copies_changed, dispatch_uid="workspace.renew_saved_marks")
def renew_saved_marks(sender, job_ids, **kwargs) -> None:
    """Tiles say whether they are saved."""
    jobs = Job.objects.filter(pk__in=job_ids).values_list("owner_id", "pk")
    for owner_id, rows in groupby(sorted(jobs), key=itemgetter(0)):
        tell(owner_id, [pk for _, pk in rows])


@receiver(copy_wanted, dispatch_uid="workspace.copy_from_library")
def copy_from_library(sender, asset, **kwargs) -> str:
    """Why there is no copy in the workspace now; '' where there is."""
    try:
        copy_to_workspace(asset)
    except StateError as error:
        return str(error)
    except OSError:
        return NOT_COPIED
    return ""


@receiver(organised, dispatch_uid="workspace.keep_for_undo")
def keep_for_undo(sender, owner, kind, done, **kwargs) -> UUID:
    """What was organised in the library stands in the history like any action."""
    return Journal(organised=done).write(owner, Action.Kind(kind)).pk


@receiver(user_logged_out, dispatch_uid="workspace.close_sockets_after_logout")
def check_sockets_after_logout(sender, user, **kwargs) -> None:
    """Sockets of the session that ended close."""
    if user is not None:
        announce_session(user.pk)


@receiver(
    post_save, sender=settings.AUTH_USER_MODEL, dispatch_uid="workspace.check_sockets_of_user"
)
def check_sockets_of_user(sender, instance, created, update_fields, **kwargs) -> None:
    """A changed password or a deactivated account closes sockets; a sign-in does not."""
    if not created and set(update_fields or ()) != {"last_login"}:
        announce_session(instance.pk)
