"""The worker API alone, with the answers that the whole API gives."""

from django.urls import path
from ninja import NinjaAPI

from generation.worker_api import worker_router
from ourvidz.problems import register

api = NinjaAPI(urls_namespace="worker-only")
register(api)
api.add_router("", worker_router)
urlpatterns = [path("api/v1/", api.urls)]
