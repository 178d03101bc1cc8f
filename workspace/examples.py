"""Examples for the OpenAPI document."""

from ourvidz.schemas import URLS_EXAMPLE

STAGED_ID = "3f0a9c52-7e0b-4b7e-9d2c-5b8c1f6f0a11"
KEPT_ID = "6f1c2a5e-0d1d-4a59-8a55-3f7e5f2b9c10"

ACTION = {
    "action": "save",
    "asset_ids": [STAGED_ID],
    "job_ids": [],
    "collection_id": None,
    "title": "Lighthouse",
    "tags": ["sea"],
}
RESULT = {"asset_id": STAGED_ID, "ok": True, "library_asset_id": KEPT_ID, "error": ""}
OUTCOME = {"results": [RESULT], "undo_id": "b7c1d5de-93c5-4b1c-9d53-1d8b6a2f7e44"}
STAGED_ASSET = {
    "id": STAGED_ID,
    "job_id": "9a4b1c1e-2f43-4c3d-8d07-7f1f3a0c5e21",
    "index": 0,
    "kind": "image",
    "mime_type": "image/png",
    "bytes": 1_482_310,
    "width": 1024,
    "height": 576,
    "duration_seconds": None,
    "frames_per_second": None,
    "prompt": "a lighthouse at dusk, wide shot, cinematic",
    "seed": 42,
    "model": "sdxl",
    "settings": {"aspect_ratio": "16:9", "steps": 30, "shot_type": "wide", "style": "cinematic"},
    "saved": False,
    "created_at": "2026-11-21T10:15:00Z",
    "expires_at": "2026-11-28T10:15:00Z",
    "urls": URLS_EXAMPLE,
}
