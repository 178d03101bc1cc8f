"""Pages and fragments of the library."""

from django.urls import path

from library import asset_views, views
from library.search import views as search_views

app_name = "library"
urlpatterns = [
    path("", views.page, name="page"),
    path("completion/", search_views.completion, name="completion"),
    path("tags/completion/", search_views.tag_completion, name="tag_completion"),
    path("searches/", search_views.searches, name="searches"),
    path("searches/<uuid:search_id>/name/", search_views.search_name, name="search_name"),
    path(
        "searches/<uuid:search_id>/deletion/",
        search_views.search_deletion,
        name="search_deletion",
    ),
    path("trash/", views.trash_page, name="trash"),
    path("<uuid:asset_id>/", asset_views.asset, name="asset"),
    path("<uuid:asset_id>/panel/", asset_views.panel, name="panel"),
    path("<uuid:asset_id>/visibility/", asset_views.visibility, name="visibility"),
    path("<uuid:asset_id>/favourite/", asset_views.favourite, name="favourite"),
    path("<uuid:asset_id>/deletion/", views.deletion, name="deletion"),
    path("<uuid:asset_id>/restoration/", views.restoration, name="restoration"),
    path("<uuid:asset_id>/download/", views.download, name="download"),
    path("<uuid:asset_id>/download/plain/", views.plain_download, name="plain_download"),
]
