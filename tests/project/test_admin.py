"""Every page of the admin opens, for operators only, at a cost that does not grow."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from ourvidz.collections.models import Collection, Membership, SharedFile

from generation.models import (
    CallbackNonce,
    EnhancementPreset,
    Job,
    PromptTemplate,
    Reference,
    RegisteredModel,
    UsageEntry,
    Worker,
    WorkerToken,
)
from library.models import Batch, Import, PublicPage, SavedSearch, Settled, Tag, Upload
from ourvidz.accounts.models import ApiToken, LoginAttempt
from ourvidz.media.models import MediaFile
from tests.factories import make_job, make_library_asset, make_user, make_workspace_asset
from workspace.models import Action

OURS = {"accounts", "collections", "generation", "library", "workspace"}
MODELS = sorted(
    (model for model in admin.site._registry if model._meta.app_label in OURS),
    key=lambda model: model._meta.label,
)
NAMES = [model._meta.label for model in MODELS]
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
def operator(db):
    client = Client()
    client.force_login(make_user("operator", is_staff=True, is_superuser=True))
    return client


def fill(times: int = 1) -> None:
    """`times` rows more of everything, with hostile words where people write."""
    for _ in range(times):
        owner = make_user()
        job = make_job(owner, status=Job.Status.FAILED, prompt=HOSTILE, error=HOSTILE)
        staged = make_workspace_asset(job, prompt=HOSTILE)
        kept = make_library_asset(owner, title=HOSTILE, original_prompt=HOSTILE)
        kept.tags.add(Tag.objects.create(owner=owner, name=HOSTILE[:50]))
        SavedSearch.objects.create(owner=owner, name=HOSTILE[:80], query=HOSTILE)
        upload = Upload.objects.create(owner=owner, name=HOSTILE, length=1, error=HOSTILE)
        Import.objects.create(owner=owner, upload=upload, error=HOSTILE)
        Batch.objects.create(
            owner=owner, action="tag", query=HOSTILE, parameters={"tags": [HOSTILE]}
        )
        Settled.objects.create(owner=owner, kind=Settled.Kind.TAG, key=HOSTILE[:64])
        shelf = Collection.objects.create(owner=owner, name=HOSTILE)
        Membership.objects.create(collection=shelf, asset=kept)
        Action.objects.create(owner=owner, kind="delete", changes={"removed": [str(staged.pk)]})
        fill_generation(owner, job, kept)
        fill_accounts(owner)


def fill_generation(owner, job, picture) -> None:
    columns = {name: getattr(picture, name) for name in MediaFile.MEDIA_FIELDS}
    PublicPage.objects.create(asset=picture, **columns)
    SharedFile.objects.create(asset=picture, **columns)
    Reference.objects.create(owner=owner, source="upload", source_name=HOSTILE, **columns)
    UsageEntry.objects.create(
        owner=owner,
        job=job,
        job_type=job.job_type,
        status="failed",
        credits=1,
        seconds=2,
        outputs=0,
    )
    CallbackNonce.objects.create(nonce=owner.username)
    PromptTemplate.objects.create(owner=owner, name=HOSTILE[:80])
    token, _ = WorkerToken.issue(owner.username, ["sdxl"])
    told = {"loaded_model": HOSTILE[:80], "version": HOSTILE[:40], "last_job": job.pk}
    Worker.objects.create(name=f"{token}/{HOSTILE}", kind="remote", token=token, **told)
    EnhancementPreset.objects.create(
        name=HOSTILE, model="sdxl", mode="image", method="base", system_prompt="x", active=False
    )

    RegisteredModel.objects.create(name=owner.username, label=HOSTILE[:60], lane="sdxl")


def fill_accounts(owner) -> None:
    ApiToken.issue(owner, HOSTILE)
    LoginAttempt.objects.create(
        username=owner.username, address="::1", blocked_until=timezone.now()
    )


def address(model, page, *arguments) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def test_every_model_of_ours_is_there():
    registered = {model._meta.label for model in MODELS}

    assert registered >= {
        "accounts.ApiToken",
        "accounts.User",
        "collections.Collection",
        "generation.Job",
        "generation.Reference",
        "library.LibraryAsset",
        "workspace.WorkspaceAsset",
    }


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_the_list_and_a_row_open_and_words_of_people_stay_words(operator, model):
    fill()
    row = model._default_manager.order_by("pk").last()

    for page in (address(model, "changelist"), address(model, "change", row.pk)):
        answer = operator.get(page)
        text = answer.content.decode()
        assert answer.status_code == 200, page
        assert "<script>alert" not in text
        assert "<img src=x" not in text


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_the_list_can_be_searched(operator, model):
    fill()

    answer = operator.get(address(model, "changelist"), {"q": "nothing has this"})

    assert answer.status_code == 200


@pytest.mark.any_database
@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_the_list_costs_the_same_for_more_rows(operator, model):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert operator.get(address(model, "changelist")).status_code == 200
        return len(captured)

    fill(2)
    few = queries()
    fill(20)

    assert queries() <= few


def test_what_lies_in_a_collection_is_on_pages(operator, creator):
    shelf = Collection.objects.create(owner=creator, name="Shelf")
    assets = [make_library_asset(creator) for _ in range(60)]
    Membership.objects.bulk_create(
        Membership(collection=shelf, asset=asset, position=place)
        for place, asset in enumerate(assets)
    )

    page = operator.get(address(Collection, "change", shelf.pk)).content.decode()
    listed = address(Membership, "changelist") + f"?collection__id__exact={shelf.pk}"

    assert f'<a href="{listed}">60</a>' in page
    assert page.count("<img") < 10
    assert operator.get(listed).content.decode().count('class="thumbnail"') == 50


@pytest.mark.any_database
@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_a_creator_is_not_an_operator(client, model):
    answer = client.get(address(model, "changelist"))

    assert answer.headers["Location"].startswith(reverse("admin:login"))


def test_the_first_page_opens(operator):
    assert "Administration" in operator.get(reverse("admin:index")).content.decode()


def test_the_admins_door_is_throttled_too(db):
    make_user("operator", is_staff=True)
    visitor, wrong = Client(), {"username": "operator", "password": "wrong"}
    pages = [visitor.post(reverse("admin:login"), wrong).content.decode() for _ in range(6)]

    assert "Too many failed attempts" not in pages[0]
    assert "Too many failed attempts" in pages[-1]
