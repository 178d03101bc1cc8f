"""Jobs: what became of them, and what an operator can do about it."""

from collections import Counter
from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from generation import purging, submission, transitions
from generation.editing import PRIORITY_MAXIMUM, JobChanges, edit
from generation.models import Job, JobReference, Lineage
from generation.models.job import JobQuerySet, Status
from ourvidz.admin import SHORT_PROMPT, ReadOnlyInline, confirmed, thumbnail, thumbnails
from ourvidz.errors import LimitError, RequestError, StateError

SHOWN_THUMBNAILS = 3
COLUMNS = [field.name for field in Job._meta.fields if field.name != "previews"]
EDITABLE = ("priority", "held")


class JobReferenceInline(ReadOnlyInline):
    model = JobReference
    fields = ["picture", "reference", "role", "kind", "strength"]
    readonly_fields = ["picture"]
    verbose_name_plural = "references"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("reference")

    @admin.display(description="Picture")
    def picture(self, use: JobReference) -> SafeString:
        return thumbnail(use.reference)


class LineageInline(ReadOnlyInline):
    model = Lineage
    fields = ["role", "parent_asset_id"]
    verbose_name_plural = "made from"


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    """Everything is read-only but the place in the queue, and that only while it is queued."""

    actions = ["requeue", "cancel", "purge"]
    date_hierarchy = "created_at"
    fields = ["pictures", *COLUMNS]
    inlines = [JobReferenceInline, LineageInline]
    list_display = ["pictures", "short_prompt", "owner", "state", "lane", "job_type", "created_at"]
    list_display_links = ["short_prompt"]
    list_filter = ["status", "lane", "job_type", "created_at"]
    list_per_page = 50
    ordering = ["-created_at", "-id"]
    list_select_related = ["owner"]
    readonly_fields = ["pictures", *(name for name in COLUMNS if name not in EDITABLE)]
    search_fields = ["original_prompt", "composed_prompt", "owner__username", "id", "error"]
    show_full_result_count = False

    class Media:
        css = {"all": ["css/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        # Previews are pictures in the row; a list of jobs has no use for them.
        return super().get_queryset(request).defer("previews").prefetch_related("assets")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        waiting = obj is None or obj.status == Status.QUEUED
        return waiting and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        """Deleting the row alone would leave its files: that is what purge is for."""
        return False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("generation.change_job")

    def has_purge_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("generation.delete_job")

    def formfield_for_dbfield(self, db_field, request: HttpRequest, **kwargs):
        if db_field.name == "priority":
            kwargs.update(min_value=-PRIORITY_MAXIMUM, max_value=PRIORITY_MAXIMUM)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Job, form, change: bool) -> None:
        """Write only what was edited, and only while it is queued: a worker may be at it."""
        edited = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            edit(obj, JobChanges(**edited))
        except StateError as error:
            self.message_user(request, str(error), messages.ERROR)

    @admin.display(description="Outputs")
    def pictures(self, job: Job) -> SafeString | str:
        shown = [asset for asset in job.assets.all() if asset.removed_at is None]
        return thumbnails(shown[:SHOWN_THUMBNAILS])

    @admin.display(description="Prompt", ordering="original_prompt")
    def short_prompt(self, job: Job) -> str:
        return Truncator(job.original_prompt).chars(SHORT_PROMPT) or "(no prompt)"

    @admin.display(description="Status", ordering="status")
    def state(self, job: Job) -> SafeString | str:
        if not job.error:
            return job.get_status_display()
        return format_html('<span title="{}">{}</span>', job.error, job.get_status_display())

    @admin.action(description="Requeue failed or cancelled jobs", permissions=["operate"])
    @confirmed("Queue these jobs again, each as a new job with the same seed?")
    def requeue(self, request: HttpRequest, queryset: JobQuerySet) -> None:
        self._report(request, "queued again", _each(queryset, _retry))

    @admin.action(description="Cancel queued or running jobs", permissions=["operate"])
    @confirmed("Cancel these jobs? What they made so far stays in the workspace.")
    def cancel(self, request: HttpRequest, queryset: JobQuerySet) -> None:
        self._report(request, "cancelled", _each(queryset, transitions.request_cancel))

    @admin.action(description="Purge ended jobs", permissions=["purge"])
    @confirmed(
        "Remove these jobs and everything they made that was not saved to the library? "
        "This cannot be undone."
    )
    def purge(self, request: HttpRequest, queryset: JobQuerySet) -> None:
        asked = queryset.count()
        purged = purging.purge(queryset)
        self._report(request, "purged", Counter({True: purged, False: asked - purged}))

    def _report(self, request: HttpRequest, done: str, outcome: Counter[bool]) -> None:
        self.message_user(request, f"{outcome[True]} {done}.", messages.SUCCESS)
        if outcome[False]:
            left = f"{outcome[False]} left as they are: their state or a limit does not allow it."
            self.message_user(request, left, messages.WARNING)


def _each(jobs: JobQuerySet, change: Callable[[Job], bool]) -> Counter[bool]:
    return Counter(change(job) for job in jobs)


def _retry(job: Job) -> bool:
    if job.status not in (Status.FAILED, Status.CANCELLED):
        return False
    try:
        submission.retry(job)
    except (RequestError, LimitError, StateError):
        return False
    return True
