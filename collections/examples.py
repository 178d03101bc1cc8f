"""Examples for the OpenAPI document."""

from library.examples import ASSET_ID, COLLECTION_ID
from ourvidz.schemas import URLS_EXAMPLE

NEW = {"name": "Coast", "description": "For the autumn issue.", "parent_id": None}
CHANGES = {"name": "The coast", "cover_id": ASSET_ID}
ASSET_IDS = {"asset_ids": [ASSET_ID]}
COLLECTION = {
    "id": COLLECTION_ID,
    "name": "Coast",
    "description": "For the autumn issue.",
    "parent_id": None,
    "cover_id": None,
    "cover_url": URLS_EXAMPLE["thumbnail"],
    "assets": 24,
    "collections": 2,
    "created_at": "2026-11-20T09:00:00Z",
}
MEMBERS_CHANGED = {"changed": 1, "assets": 25}
