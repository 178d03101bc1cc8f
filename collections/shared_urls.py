"""What strangers see of a collection."""

from django.urls import path

from . import shared_views

app_name = "shared"
urlpatterns = [
    path("<str:token>/", shared_views.page, name="page"),
    path("<str:token>/<int:place>/<str:variant>/", shared_views.file, name="file"),
]
