"""Pages and fragments of the library."""

from django.urls import include, path

from library import views
from library.search import views as search_views

app_name = "library"
urlpatterns = [
    path("", views.page, name="page"),
    path("completion/", search_views.completion, name="completion"),
    path("searches/", search_views.searches, name="searches"),
    path("searches/<uuid:search_id>/name/", search_views.search_name, name="search_name"),
    path(
        "searches/<uuid:search_id>/deletion/",
        search_views.search_deletion,
        name="search_deletion",
    ),
    path("", include("library.organising.urls")),
    path("trash/", views.trash_page, name="trash"),
    path("<uuid:asset_id>/", views.asset, name="asset"),
    path("<uuid:asset_id>/favourite/", views.favourite, name="favourite"),
    path("<uuid:asset_id>/deletion/", views.deletion, name="deletion"),
    path("<uuid:asset_id>/restoration/", views.restoration, name="restoration"),
    path("<uuid:asset_id>/download/", views.download, name="download"),
    path("<uuid:asset_id>/download/plain/", views.plain_download, name="plain_download"),
]
