"""The media routes where ourvidz/urls.py mounts them, without the rest of the site."""

from django.urls import include, path

urlpatterns = [path("media/", include("ourvidz.media.routes"))]
