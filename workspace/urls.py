"""Pages and fragments of the workspace."""

from django.urls import path

from workspace import (
    ancestry,
    archive_views,
    comparing,
    enhancing,
    history_views,
    prompt_memory,
    queue_panel,
    recall_sources,
    selection_views,
    viewing,
    views,
)

app_name = "workspace"
urlpatterns = [
    path("workspace/", views.page, name="page"),
    path("workspace/jobs/", views.submit, name="jobs"),
    path("workspace/jobs/<uuid:job_id>/", views.job, name="job"),
    path("workspace/jobs/<uuid:job_id>/cancellation/", views.cancel, name="cancellation"),
    path("workspace/jobs/<uuid:job_id>/retry/", views.retry, name="retry"),
    path("workspace/jobs/<uuid:job_id>/regeneration/", views.regenerate, name="regeneration"),
    path("workspace/enhancements/", enhancing.ask, name="enhancements"),
    path("workspace/enhancements/<uuid:job_id>/", enhancing.show, name="enhancement"),
    path(
        "workspace/enhancements/<uuid:job_id>/cancellation/",
        enhancing.stop,
        name="enhancement_cancellation",
    ),
    path(
        "workspace/enhancements/<uuid:job_id>/difference/",
        enhancing.difference,
        name="difference",
    ),
    path("workspace/queue/", queue_panel.panel, name="queue"),
    path("workspace/queue/cancellation/", queue_panel.cancel_queued, name="queue_cancellation"),
    path("workspace/jobs/<uuid:job_id>/place/", queue_panel.place, name="place"),
    path("workspace/jobs/<uuid:job_id>/hold/", queue_panel.hold, name="hold"),
    path("workspace/jobs/<uuid:job_id>/prompt/", queue_panel.prompt, name="prompt"),
    path("workspace/memory/", prompt_memory.memory, name="memory"),
    path("workspace/memory/recall/assets/<uuid:asset_id>/", recall_sources.of_asset, name="recall"),
    path(
        "workspace/memory/recall/templates/<uuid:template_id>/",
        recall_sources.of_template,
        name="template_recall",
    ),
    path("workspace/memory/recall/file/", recall_sources.of_file, name="file_recall"),
    path("workspace/templates/", prompt_memory.save_template, name="templates"),
    path(
        "workspace/templates/<uuid:template_id>/deletion/",
        prompt_memory.delete_template,
        name="template_deletion",
    ),
    path("workspace/composition/", views.composition, name="composition"),
    path("workspace/assets/<uuid:asset_id>/", viewing.asset, name="asset"),
    path("workspace/assets/<uuid:asset_id>/candidates/", comparing.candidates, name="candidates"),
    path(
        "workspace/assets/<uuid:asset_id>/candidates/<uuid:before_id>/",
        comparing.candidates,
        name="older_candidates",
    ),
    path(
        "workspace/assets/<uuid:asset_id>/comparison/<uuid:other_id>/",
        comparing.comparison,
        name="comparison",
    ),
    path("workspace/assets/<uuid:asset_id>/lineage/", ancestry.lineage, name="lineage"),
    path("workspace/assets/<uuid:asset_id>/download/", views.download, name="download"),
    path("workspace/actions/", views.act, name="actions"),
    path("workspace/actions/latest/undo/", history_views.undo_latest, name="undo_latest"),
    path("workspace/actions/<uuid:action_id>/undo/", history_views.undo, name="undo"),
    path("workspace/selection/", selection_views.find, name="selection"),
    path("workspace/selection/check/", selection_views.check, name="selection_check"),
    path("workspace/selection/actions/", selection_views.act, name="selection_actions"),
    path("workspace/archives/running/", archive_views.running, name="archives_running"),
    path("workspace/archives/", archive_views.create, name="archives"),
    path("workspace/history/", history_views.page, name="history"),
]
