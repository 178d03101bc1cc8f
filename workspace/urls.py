"""Pages and fragments of the workspace."""

from django.urls import path

from workspace import viewing, views

app_name = "workspace"
urlpatterns = [
    path("workspace/", views.page, name="page"),
    path("workspace/jobs/", views.submit, name="jobs"),
    path("workspace/jobs/<uuid:job_id>/", views.job, name="job"),
    path("workspace/jobs/<uuid:job_id>/cancellation/", views.cancel, name="cancellation"),
    path("workspace/jobs/<uuid:job_id>/retry/", views.retry, name="retry"),
    path("workspace/jobs/<uuid:job_id>/regeneration/", views.regenerate, name="regeneration"),
    path("workspace/composition/", views.composition, name="composition"),
    path("workspace/assets/<uuid:asset_id>/", viewing.asset, name="asset"),
    path("workspace/assets/<uuid:asset_id>/download/", views.download, name="download"),
    path("workspace/actions/", views.act, name="actions"),
    path("workspace/actions/<uuid:action_id>/undo/", views.undo, name="undo"),
]
