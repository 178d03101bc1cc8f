"""What operators do to assets, tokens and locked-out users in admin."""

import pytest
from django.test import Client
from django.urls import reverse

from library.models import LibraryAsset
from ourvidz.accounts.models import ApiToken, LoginAttempt
from ourvidz.media import buckets
from tests.factories import PASSWORD, make_library_asset, make_user


@pytest.fixture
def operator(db):
    client = Client()
    client.force_login(make_user("operator", is_staff=True, is_superuser=True))
    return client


def act(operator, name, action, *rows, **fields):
    asked = {"action": action, "_selected_action": [row.pk for row in rows], **fields}
    return operator.post(reverse(f"admin:{name}_changelist"), asked, follow=True).content.decode()


def test_assets_go_to_the_trash_and_come_back(operator, creator):
    asset = make_library_asset(creator)

    assert "1 moved to trash." in act(operator, "library_libraryasset", "to_trash", asset)
    assert not LibraryAsset.objects.kept().exists()
    assert "1 restored." in act(operator, "library_libraryasset", "restore", asset)
    assert LibraryAsset.objects.kept().exists()


def test_a_purged_asset_takes_its_files_along(
    operator, creator, django_capture_on_commit_callbacks
):
    asset = make_library_asset(creator, stored=True)

    page = act(operator, "library_libraryasset", "purge", asset)
    assert "Are you sure?" in page
    assert LibraryAsset.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        page = act(operator, "library_libraryasset", "purge", asset, confirmed="yes")
    assert "1 purged." in page
    assert not LibraryAsset.objects.exists()
    assert not any(buckets.exists(asset.bucket, key) for key in asset.keys)


def test_a_confirmation_covers_what_is_on_other_pages_too(operator, creator):
    assets = [make_library_asset(creator) for _ in range(3)]
    across = {"select_across": "1", "confirmed": "yes"}

    assert "3 purged." in act(operator, "library_libraryasset", "purge", assets[0], **across)


def test_an_assets_provenance_cannot_be_rewritten(operator, creator):
    asset = make_library_asset(creator)
    page = reverse("admin:library_libraryasset_change", args=[asset.pk])

    operator.post(page, {"title": "Dawn", "rating": "4", "seed": "7", "owner": "99", "key": "x"})

    changed = LibraryAsset.objects.get()
    assert (changed.title, changed.rating) == ("Dawn", 4)
    assert (changed.seed, changed.owner, changed.key) == (asset.seed, creator, asset.key)


def test_a_revoked_token_is_dead_and_its_digest_is_never_shown(operator, creator):
    token, text = ApiToken.issue(creator, "render script")
    page = operator.get(reverse("admin:accounts_apitoken_change", args=[token.pk]))
    assert token.digest not in page.content.decode()

    act(operator, "accounts_apitoken", "revoke", token)
    assert ApiToken.objects.live().exists()
    act(operator, "accounts_apitoken", "revoke", token, confirmed="yes")

    assert not ApiToken.objects.live().exists()
    bearer = {"Authorization": f"Bearer {text}"}
    assert Client().get("/api/v1/library/assets", headers=bearer).status_code == 401


def test_deleting_the_attempts_lets_a_user_in_at_once(operator, creator):
    visitor, login = Client(), reverse("login")
    for _ in range(6):
        answer = visitor.post(login, {"username": "creator", "password": "wrong"})
    assert answer.status_code == 429

    attempt = LoginAttempt.objects.get()
    act(operator, "accounts_loginattempt", "delete_selected", attempt, post="yes")

    assert visitor.post(login, {"username": "creator", "password": PASSWORD}).status_code == 302
