"""Examples for the OpenAPI document."""

from ourvidz.schemas import URLS_EXAMPLE

ASSET_ID = "6f1c2a5e-0d1d-4a59-8a55-3f7e5f2b9c10"
COLLECTION_ID = "1e7d3c0a-5b64-4a0f-9c3e-8a2d6f4b1c77"
BATCH_ID = "4d2f8b16-0c59-4e8a-b1a7-6e3c9d5f7a02"

ASSET = {
    "id": ASSET_ID,
    "kind": "image",
    "mime_type": "image/png",
    "bytes": 1_482_310,
    "width": 1024,
    "height": 576,
    "duration_seconds": None,
    "frames_per_second": None,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "source_asset_id": "3f0a9c52-7e0b-4b7e-9d2c-5b8c1f6f0a11",
    "job_id": "9a4b1c1e-2f43-4c3d-8d07-7f1f3a0c5e21",
    "index": 0,
    "original_prompt": "a lighthouse at dusk",
    "enhanced_prompt": "",
    "composed_prompt": "a lighthouse at dusk, wide shot, cinematic",
    "negative_prompt": "",
    "seed": 42,
    "model": "sdxl",
    "quality": "fast",
    "lane": "sdxl",
    "backend": "preview",
    "settings": {"aspect_ratio": "16:9", "steps": 30, "shot_type": "wide", "style": "cinematic"},
    "title": "Lighthouse",
    "tags": ["sea"],
    "favourite": True,
    "rating": 4,
    "visibility": "unlisted",
    "public_path": "/view/q3vYdM0fXb2hT9sWnZ1eKg/",
    "made_at": "2026-11-21T10:15:00Z",
    "created_at": "2026-11-21T10:17:00Z",
    "deleted_at": None,
    "urls": URLS_EXAMPLE,
}
ASSET_CHANGES = {"title": "Lighthouse", "tags": ["sea", "dusk"], "rating": 5}

BATCH_IN = {"action": "tag", "q": "lighthouse -draft", "tags": ["sea"]}
BATCH = {
    "id": BATCH_ID,
    "action": "tag",
    "query": "lighthouse -draft",
    "parameters": {"tags": ["sea"]},
    "status": "completed",
    "total": 312,
    "done": 312,
    "changed": 309,
    "failed": 1,
    "error": "",
    "undoes_id": None,
    "created_at": "2026-11-21T10:20:00Z",
    "ended_at": "2026-11-21T10:20:02Z",
}
FAILURE = {
    "asset_id": ASSET_ID,
    "name": "Lighthouse",
    "reason": "It would have more than 30 tags.",
}

UPLOAD = {
    "id": "8c5e2d71-64f0-4b0a-93d5-0a7f1b3e6c28",
    "name": "harbour.png",
    "purpose": "asset",
    "length": 4_820_112,
    "offset": 4_820_112,
    "status": "completed",
    "error": "",
    "asset_id": ASSET_ID,
    "import_id": None,
    "created_at": "2026-11-21T10:25:00Z",
}
IMPORT = {
    "id": "2b9d4f63-1a7c-4e35-8f0b-5c6e7d8a9b14",
    "status": "running",
    "phase": "checking",
    "done": 120,
    "total": 600,
    "error": "",
    "made": 0,
    "known": 0,
    "restored": 0,
    "collections_made": 0,
    "missing": 0,
    "created_at": "2026-11-21T10:30:00Z",
    "ended_at": None,
}
EXPORT_IN = {"collection_id": COLLECTION_ID}
