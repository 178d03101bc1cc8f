"""Every URL of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from ourvidz.api import api
from ourvidz.health import healthz, readyz
from ourvidz.installable import manifest, offline, service_worker

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="workspace:page"), name="home"),
    path("", include("workspace.urls")),
    path("library/", include("library.urls")),
    path("collections/", include("ourvidz.collections.urls")),
    path("shared/", include("ourvidz.collections.shared_urls")),
    path("view/", include("library.public_urls")),
    path("accounts/", include("ourvidz.accounts.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("media/", include("ourvidz.media.routes")),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}img/mark.svg")),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("service-worker.js", service_worker, name="service_worker"),
    path("offline/", offline, name="offline"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
