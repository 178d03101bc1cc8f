"""What was in the trash long enough goes for good, with its files; and what must stay."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from library import trash
from library.models import PURGED, LibraryAsset
from library.tagging import set_tags
from ourvidz.media import buckets
from tests.factories import make_library_asset


@pytest.fixture
def overdue(creator):
    past = timezone.now() - timedelta(days=31)
    return make_library_asset(creator, stored=True, deleted_at=past)


@pytest.fixture
def purge(django_capture_on_commit_callbacks):
    """Run the command as a process of its own would; what it says."""

    def run(*options: str) -> str:
        said = StringIO()
        with django_capture_on_commit_callbacks(execute=True):
            call_command("purge_trash", *options, stdout=said)
        return said.getvalue()

    return run


def files() -> set[str]:
    return set(buckets.each_key("user-library"))


def test_it_takes_what_is_overdue_with_its_files(overdue, purge):
    purge()

    assert not LibraryAsset.objects.exists()
    assert files() == set()


def test_tags_go_with_their_last_asset(creator, overdue, purge):
    set_tags(overdue, ["sea", "old"])
    set_tags(make_library_asset(creator), ["sea"])

    purge()

    assert [tag.name for tag in creator.tags.all()] == ["sea"]


def test_it_leaves_what_is_kept_or_can_come_back(creator, purge):
    kept = make_library_asset(creator, stored=True)
    trashed = make_library_asset(
        creator, stored=True, deleted_at=timezone.now() - timedelta(days=29)
    )

    purge()

    assert set(LibraryAsset.objects.all()) == {kept, trashed}
    assert files() == {*kept.keys, *trashed.keys}


def test_a_dry_run_only_says_what_would_go(overdue, purge):
    assert "Would purge 1 assets" in purge("--dry-run")
    assert LibraryAsset.objects.get() == overdue
    assert files() == set(overdue.keys)


def test_a_store_that_fails_leaves_it_for_the_next_run(overdue, purge, monkeypatch):
    def broken(bucket, keys):
        raise OSError("the store is away")

    with monkeypatch.context() as patch:
        patch.setattr(buckets, "remove", broken)
        purge()
    assert LibraryAsset.objects.get().deleted_at == PURGED
    assert not LibraryAsset.objects.present().exists()

    purge()

    assert not LibraryAsset.objects.exists()
    assert files() == set()


def test_what_is_being_purged_does_not_come_back(overdue, settings):
    settings.TRASH_DAYS = 36_500
    trash.purge(LibraryAsset.objects.filter(pk=overdue.pk))

    assert trash.restore(LibraryAsset.objects.all()) == 0


def test_files_go_with_their_owners_account(creator, stranger, django_capture_on_commit_callbacks):
    make_library_asset(creator, stored=True)
    theirs = make_library_asset(stranger, stored=True)

    with django_capture_on_commit_callbacks(execute=True):
        creator.delete()

    assert files() == set(theirs.keys)
