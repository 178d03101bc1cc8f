"""Every page, fragment and list: the same number of SQL queries for one row and for thirty.

All routes are walked; what a route's address needs is found in the rows that `fill` makes. What
does not answer a bare GET with 200 is no list.
"""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver
from django.utils import timezone
from ourvidz.collections.models import Collection

from generation.models import Job, PromptTemplate
from library.bulk.models import Batch
from library.models import LibraryAsset, SavedSearch
from library.tagging import set_tags
from library.transfer.models import Upload
from ourvidz.accounts.models import ApiToken
from ourvidz.collections import changes, membership
from tests.factories import make_job, make_library_asset, make_user, make_workspace_asset
from workspace.journal import Journal
from workspace.models import Action, WorkspaceAsset

MOST_QUERIES = 12
MANY = 30
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
ELSEWHERE = re.compile(r"\(|download|django_rq")  # files, and what lies in Redis
LISTS = {
    *("workspace/", "workspace/queue/", "workspace/memory/", "workspace/history/"),
    *("library/", "library/stretch/", "library/months/", "library/trash/"),
    *("library/uploads/", "library/batches/", "library/organise/", "library/cull/"),
    *("collections/", "collections/deleted/"),
    *("collections/<uuid:collection_id>/", "accounts/profile/", "admin/generation/job/"),
    *("api/v1/jobs", "api/v1/workspace/assets", "api/v1/library/assets", "api/v1/collections"),
}
pytestmark = pytest.mark.django_db


def fill(owner, numbers: range) -> None:
    """A row of everything that a user has, for each number."""
    collection, _ = Collection.objects.get_or_create(owner=owner, name="All of them")
    for number in numbers:
        name = f"Number {number}"
        running = make_job(owner, status=Job.Status.RUNNING)
        done = make_job(owner, status=Job.Status.COMPLETED, parent=running)
        make_job(owner, prompt=f"a boat, {name}")
        asset = make_workspace_asset(done, 0)
        kept = make_library_asset(owner, title=name, source_asset_id=asset.pk)
        set_tags(kept, [f"tag {number}", "boat"])
        make_library_asset(owner, deleted_at=timezone.now())
        inner = changes.create(owner, name=name, parent_id=collection.pk)
        changes.delete(changes.create(owner, name=f"Gone {number}"))
        membership.add(inner, [kept.pk])
        membership.add(collection, [kept.pk])
        PromptTemplate.objects.create(owner=owner, name=name, settings=done.settings)
        SavedSearch.objects.create(owner=owner, name=name, query="boat")
        Upload.objects.create(owner=owner, name=name, length=10, purpose="asset")
        Batch.objects.create(owner=owner, action=Batch.Action.TAG, query="boat")
        ApiToken.issue(owner, name)
        Journal(removed=[asset.pk]).write(owner, Action.Kind.DISMISS)


def addresses(owner) -> dict[str, str]:
    """An address for each route, the pages', the API's, and of the admin the lists."""
    found = {}
    for route, name in _walked(get_resolver().url_patterns):
        if not route.startswith("admin/") or name.endswith("_changelist"):
            known = _rows(owner, route)
            with suppress(KeyError):  # what it needs is not of these rows: it is no list
                found[route] = "/" + PLACE.sub(lambda part, known=known: known[part[1]], route)
    return found


def _walked(patterns, prefix: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walked(pattern.url_patterns, route)
        elif not ELSEWHERE.search(route):
            yield route, pattern.name or ""


def _rows(owner, route: str) -> dict[str, str]:
    """What stands for a placeholder of `route`: the first row of the kind that is meant."""
    is_staged = "workspace" in route and "copies" not in route
    models = {
        "job_id": Job.objects.filter(status=Job.Status.COMPLETED),
        "asset_id": WorkspaceAsset.objects if is_staged else LibraryAsset.objects,
        "collection_id": Collection.objects.filter(name="All of them"),
        "template_id": PromptTemplate.objects,
        "search_id": SavedSearch.objects,
        "upload_id": Upload.objects,
        "batch_id": Batch.objects,
    }
    ids = {name: rows.filter(owner=owner).first().pk for name, rows in models.items()}
    return {name: str(pk) for name, pk in ids.items()} | {"month": f"{timezone.now():%Y-%m}"}


def counts(client: Client, addresses: dict[str, str]) -> dict[str, int]:
    """The SQL queries of every route that answers; asked twice, for what is remembered."""
    found = {}
    for route, address in addresses.items():
        if client.get(address).status_code == 200:
            with CaptureQueriesContext(connection) as captured:
                client.get(address).getvalue()
            found[route] = len(captured)
    return found


def test_no_page_costs_more_queries_for_more_rows(client):
    owner = make_user("operator", is_staff=True, is_superuser=True)
    client.force_login(owner)
    fill(owner, range(1))
    asked = addresses(owner)
    few = counts(client, asked)
    fill(owner, range(1, MANY))
    many = counts(client, asked)

    assert few.keys() >= LISTS
    assert {route: (few[route], many[route]) for route in few if few[route] != many[route]} == {}
    assert {route: number for route, number in many.items() if number > MOST_QUERIES} == {}
