"""The HTTP API under /api/v1/: mounts each app's router and says who may call it."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from generation.api import router as generation_router
from generation.worker_api import worker_router
from library.api import router as library_router
from ourvidz import problems
from ourvidz.accounts.authentication import BearerAuth, SessionAuth
from ourvidz.collections.api import router as collections_router
from ourvidz.json_bodies import JsonParser
from workspace.api import router as workspace_router


class DocumentedAPI(NinjaAPI):
    """Whose OpenAPI document has the errors as they are sent."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        problems.document(schema)
        return schema


api = DocumentedAPI(
    title="OurVidz",
    version="1",
    description="Generate images and videos, and keep what is worth keeping.",
    urls_namespace="api",
    auth=[BearerAuth(), SessionAuth()],
    parser=JsonParser(),
)
problems.register(api)
api.add_router("", generation_router)
api.add_router("", worker_router)
api.add_router("", workspace_router)
api.add_router("", library_router)
api.add_router("", collections_router)
