"""Workers: who is there, and with what token those of other machines call."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from generation.models import Worker, WorkerToken
from generation.vocabulary import Lane
from generation.worker_tokens import revoke
from ourvidz.admin import ReadOnlyAdmin, confirmed


class HealthFilter(admin.SimpleListFilter):
    title = "health"
    parameter_name = "health"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [("alive", "Alive"), ("silent", "Silent")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Worker]) -> QuerySet[Worker]:
        alive = Worker.objects.alive().values("pk")
        if self.value() == "alive":
            return queryset.filter(pk__in=alive)
        return queryset.exclude(pk__in=alive) if self.value() == "silent" else queryset


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    """Each row is what a worker last told; one that is silent for a day is forgotten."""

    list_display = [
        "name",
        "health",
        "kind",
        "serves",
        "loaded",
        "memory",
        "job",
        "version",
    ]
    list_filter = [HealthFilter, "kind", "version"]
    list_per_page = 50
    search_fields = ["name"]
    show_full_result_count = False

    class Media:
        css = {"all": ["css/admin.css"]}

    @admin.display(description="Health", ordering="seen_at")
    def health(self, worker: Worker) -> SafeString:
        if worker.is_alive:
            return format_html('<span class="health-alive">{}</span>', "Alive")
        return format_html(
            '<span class="health-silent">Silent for {}</span>', timesince(worker.seen_at)
        )

    @admin.display(description="Lanes")
    def serves(self, worker: Worker) -> str:
        return worker.lane_names

    @admin.display(description="Loaded model", ordering="loaded_model", empty_value="-")
    def loaded(self, worker: Worker) -> str | None:
        return worker.loaded_model or None

    @admin.display(description="Memory", ordering="memory_bytes", empty_value="-")
    def memory(self, worker: Worker) -> str | None:
        return None if worker.memory_bytes is None else filesizeformat(worker.memory_bytes)

    @admin.display(description="Last job", empty_value="-")
    def job(self, worker: Worker) -> SafeString | None:
        if worker.last_job is None:
            return None
        url = reverse("admin:generation_job_change", args=[worker.last_job])
        return format_html('<a href="{}">{}</a>', url, str(worker.last_job)[:8])


class WorkerTokenForm(forms.ModelForm):
    lanes = forms.MultipleChoiceField(
        choices=Lane.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Lane.SDXL, Lane.WAN],
        help_text="The lanes whose jobs it may take.",
    )

    class Meta:
        model = WorkerToken
        fields = ["name", "lanes"]


@admin.register(WorkerToken)
class WorkerTokenAdmin(admin.ModelAdmin):
    """A token is shown once, when it is made; afterwards it can only be revoked."""

    actions = ["revoke"]
    fields = ["name", "lanes", "created_at", "last_used_at", "revoked_at"]
    form = WorkerTokenForm
    list_display = ["name", "serves", "created_at", "last_used_at", "revoked_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter), "created_at"]
    readonly_fields = ["created_at", "last_used_at", "revoked_at"]
    search_fields = ["name"]

    def get_fields(self, request: HttpRequest, obj: WorkerToken | None = None) -> list[str]:
        return list(self.fields or ()) if obj else ["name", "lanes"]

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        """Revoked, it stays to tell whose jobs those were."""
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("generation.change_workertoken")

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs):
        context |= {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: WorkerToken, form: Any, change: bool) -> None:
        obj.text = obj.make_text()
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: WorkerToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The page that shows the token, in place of a message, which would be kept in a cookie."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"The token of {obj}",
            "opts": self.opts,
            "token": obj.text,
            "lanes": ",".join(obj.lanes),
            "server": request.build_absolute_uri("/").rstrip("/"),
        }
        return TemplateResponse(request, "admin/worker_token.html", context)

    @admin.display(description="Lanes")
    def serves(self, token: WorkerToken) -> str:
        return ", ".join(token.lanes)

    @admin.action(description="Revoke", permissions=["revoke"])
    @confirmed(
        "Revoke these tokens? Their workers are locked out at their next call, and what they "
        "are making goes to another worker."
    )
    def revoke(self, request: HttpRequest, queryset: QuerySet[WorkerToken]) -> None:
        self.message_user(request, f"{revoke(queryset)} revoked.")
