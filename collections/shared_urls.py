"""What strangers see of a collection."""

from django.urls import path

from . import shared_views

app_name = "shared"
urlpatterns = [path("<str:token>/", shared_views.page, name="page")]
