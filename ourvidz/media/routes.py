"""Mounted at `media/`."""

from django.urls import path

from ourvidz.media import delivery

app_name = "media"
urlpatterns = [path("<str:bucket>/<path:key>", delivery.file, name="file")]
