"""Pages and fragments of the workspace."""

from django.urls import path

from workspace import archive_views, history_views, selection_views, views

app_name = "workspace"
urlpatterns = [
    path("workspace/", views.page, name="page"),
    path("workspace/jobs/", views.submit, name="jobs"),
    path("workspace/jobs/<uuid:job_id>/", views.job, name="job"),
    path("workspace/jobs/<uuid:job_id>/cancellation/", views.cancel, name="cancellation"),
    path("workspace/jobs/<uuid:job_id>/retry/", views.retry, name="retry"),
    path("workspace/jobs/<uuid:job_id>/regeneration/", views.regenerate, name="regeneration"),
    path("workspace/composition/", views.composition, name="composition"),
    path("workspace/assets/<uuid:asset_id>/", views.asset, name="asset"),
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
