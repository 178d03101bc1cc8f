"""The OpenAPI document tells the truth, and its page keeps our content security policy."""

import re
from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from ninja import Schema
from pydantic import TypeAdapter

from library.transfer.documents import PART_TYPE

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


@pytest.fixture(scope="module")
def document() -> dict:
    """As anybody gets it; putting it together takes a second."""
    return Client().get("/api/v1/openapi.json").json()


def schemas(of: type) -> Iterator[type]:
    for schema in of.__subclasses__():
        yield schema
        yield from schemas(schema)


def is_ours(schema: type) -> bool:
    return schema.__module__.partition(".")[0] in {"generation", "library", "ourvidz", "workspace"}


def bodies(document: dict) -> Iterator[tuple[dict, bool]]:
    """The schema of each JSON that the apps but generation take or answer, and which it is."""
    for calls in document["paths"].values():
        for call in calls.values():
            if {"workspace", "library", "collections"}.isdisjoint(call["tags"]):
                continue
            for body in (call.get("requestBody"), *call["responses"].values()):
                for kind, content in (body or {}).get("content", {}).items():
                    if kind == "application/json":
                        yield content["schema"], body is not call.get("requestBody")


def test_every_call_is_documented_with_its_errors(document):
    calls = {(path, method) for path, own in document["paths"].items() for method in own}

    assert calls >= OURS
    for path, method in OURS:
        call = document["paths"][path][method]
        assert call["description"]
        assert {"401", "422"} <= call["responses"].keys()
        assert {"BearerAuth": []} in call["security"]


def test_each_schema_has_a_name_of_its_own():
    """Of two with one name the document would have only one."""
    names = Counter(schema.__name__ for schema in set(schemas(Schema)) if is_ours(schema))

    assert [name for name, number in names.items() if number > 1] == []


def test_what_is_sent_and_answered_has_an_example(document):
    """Of what is staged, kept and collected; each has every field that an answer has."""
    known = {schema.__name__: schema for schema in schemas(Schema) if is_ours(schema)}
    for told, is_answer in bodies(document):
        name = told.get("items", told)["$ref"].rpartition("/")[2]
        shown = document["components"]["schemas"][name]
        (example,) = shown["examples"]
        for field, value in example.items():
            told_as = known[name].model_fields[field].rebuild_annotation()
            TypeAdapter(told_as).validate_python(value)
        assert not is_answer or example.keys() == shown["properties"].keys(), name


def test_errors_are_documented_as_they_are_sent(client, document):
    path = "/api/v1/library/assets/{asset_id}"
    told = document["paths"][path]["get"]["responses"]["404"]["content"]
    sent = client.get(path.format(asset_id=uuid4()))

    assert [*told] == [sent["Content-Type"]]
    assert told[sent["Content-Type"]]["example"] == sent.json()


def test_what_is_no_json_is_documented(document):
    paths = document["paths"]
    upload = paths["/api/v1/library/uploads/{upload_id}"]["patch"]
    archive = paths["/api/v1/library/exports"]["post"]

    assert PART_TYPE in upload["requestBody"]["content"]
    headers = {one["name"] for one in upload["parameters"] if one["in"] == "header"}
    assert headers == {"Tus-Resumable", "Upload-Offset"}
    assert "application/zip" in archive["responses"]["200"]["content"]


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
