"""Every URL of the site."""

from django.contrib import admin
from django.urls import path

from ourvidz.api import api
from ourvidz.health import healthz, readyz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
