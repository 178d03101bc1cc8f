"""The OpenAPI document tells the truth, and its page keeps our content security policy."""

import re

import pytest

OURS = {
    ("/api/v1/generate-content", "post"),
    ("/api/v1/references", "post"),
    ("/api/v1/models", "get"),
    ("/api/v1/jobs", "get"),
    ("/api/v1/jobs/{job_id}", "get"),
    ("/api/v1/jobs/{job_id}", "patch"),
    ("/api/v1/jobs/{job_id}/cancellation", "post"),
    ("/api/v1/jobs/{job_id}/retry", "post"),
    ("/api/v1/workspace-actions", "post"),
    ("/api/v1/undo/{undo_id}", "post"),
    ("/api/v1/workspace/assets", "get"),
    ("/api/v1/library/assets", "get"),
    ("/api/v1/library/assets/{asset_id}", "get"),
    ("/api/v1/library/assets/{asset_id}", "patch"),
    ("/api/v1/library/assets/{asset_id}", "delete"),
    ("/api/v1/library/assets/{asset_id}/restoration", "post"),
    ("/api/v1/library/uploads", "options"),
    ("/api/v1/library/uploads", "post"),
    ("/api/v1/library/uploads", "get"),
    ("/api/v1/library/uploads/{upload_id}", "get"),
    ("/api/v1/library/uploads/{upload_id}", "head"),
    ("/api/v1/library/uploads/{upload_id}", "patch"),
    ("/api/v1/library/uploads/{upload_id}", "delete"),
    ("/api/v1/library/imports/{import_id}", "get"),
    ("/api/v1/library/imports/{import_id}/cancellation", "post"),
    ("/api/v1/library/exports", "post"),
    ("/api/v1/library/batches", "post"),
    ("/api/v1/library/batches", "get"),
    ("/api/v1/library/batches/{batch_id}", "get"),
    ("/api/v1/library/batches/{batch_id}/cancellation", "post"),
    ("/api/v1/library/batches/{batch_id}/undo", "post"),
    ("/api/v1/collections", "get"),
    ("/api/v1/collections", "post"),
    ("/api/v1/collections/{collection_id}", "get"),
    ("/api/v1/collections/{collection_id}", "patch"),
    ("/api/v1/collections/{collection_id}", "delete"),
    ("/api/v1/collections/{collection_id}/restoration", "post"),
    ("/api/v1/collections/{collection_id}/assets", "get"),
    ("/api/v1/collections/{collection_id}/assets", "put"),
    ("/api/v1/collections/{collection_id}/assets", "delete"),
}


@pytest.fixture
def document(client) -> dict:
    return client.get("/api/v1/openapi.json").json()


def test_every_call_is_documented_with_its_errors(document):
    calls = {(path, method) for path, own in document["paths"].items() for method in own}

    assert calls >= OURS
    for path, method in OURS:
        call = document["paths"][path][method]
        assert call["description"]
        assert {"401", "422"} <= call["responses"].keys()
        assert {"BearerAuth": []} in call["security"]


def test_the_request_is_documented_field_by_field(document):
    schema = document["components"]["schemas"]["GenerationRequest"]

    assert schema["required"] == ["prompt"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["steps"]["maximum"] == 100  # of any model; each has its own


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(client):
    page = client.get("/api/v1/docs").content.decode()

    scripts = re.findall(r"<script([^>]*)>", page)
    assert len(scripts) == 3
    assert all('src="/static/' in tag or 'type="application/json"' in tag for tag in scripts)
    assert not re.search(r"https?://|<style|\son\w+=|\sstyle=", page)
