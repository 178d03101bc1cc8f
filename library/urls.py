"""Pages and fragments of the library."""

from django.urls import include, path

from library import asset_views, grid_views, selection_views, views
from library.bulk import views as bulk_views
from library.search import views as search_views
from library.transfer import views as transfer_views

app_name = "library"
urlpatterns = [
    path("", views.page, name="page"),
    path("stretch/", grid_views.stretch, name="stretch"),
    path("months/", grid_views.months, name="months"),
    path("months/<str:month>/", grid_views.days, name="days"),
    path("selection/", selection_views.find, name="selection"),
    path("completion/", search_views.completion, name="completion"),
    path("tags/completion/", search_views.tag_completion, name="tag_completion"),
    path("searches/", search_views.searches, name="searches"),
    path("searches/<uuid:search_id>/name/", search_views.search_name, name="search_name"),
    path(
        "searches/<uuid:search_id>/deletion/",
        search_views.search_deletion,
        name="search_deletion",
    ),
    path("", include("library.organising.urls")),
    path("trash/", views.trash_page, name="trash"),
    path("uploads/", transfer_views.uploads_page, name="uploads"),
    path("uploads/<uuid:upload_id>/removal/", transfer_views.upload_removal, name="upload_removal"),
    path(
        "imports/<uuid:import_id>/cancellation/",
        transfer_views.import_cancellation,
        name="import_cancellation",
    ),
    path("exports/", transfer_views.export, name="export"),
    path("exports/<slug:token>/", transfer_views.export_progress, name="export_progress"),
    path("batches/", bulk_views.batches, name="batches"),
    path(
        "batches/<uuid:batch_id>/cancellation/",
        bulk_views.cancellation,
        name="batch_cancellation",
    ),
    path("batches/<uuid:batch_id>/closing/", bulk_views.closing, name="batch_closing"),
    path("batches/<uuid:batch_id>/undo/", bulk_views.undo, name="batch_undo"),
    path("<uuid:asset_id>/", asset_views.asset, name="asset"),
    path("<uuid:asset_id>/panel/", asset_views.panel, name="panel"),
    path("<uuid:asset_id>/visibility/", asset_views.visibility, name="visibility"),
    path("<uuid:asset_id>/favourite/", asset_views.favourite, name="favourite"),
    path("<uuid:asset_id>/rating/", asset_views.rating, name="rating"),
    path("<uuid:asset_id>/deletion/", views.deletion, name="deletion"),
    path("<uuid:asset_id>/restoration/", views.restoration, name="restoration"),
    path("<uuid:asset_id>/download/", views.download, name="download"),
    path("<uuid:asset_id>/download/plain/", views.plain_download, name="plain_download"),
]
