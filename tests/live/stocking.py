"""A small studio's stock, made in a process with its settings.

`manage.py shell -c "from tests.live.stocking import stock; stock()"`
"""

from generation.models import Job
from ourvidz.collections import changes, membership
from tests.factories import make_job, make_user, make_workspace_asset
from workspace.actions import perform


def stock(username: str = "keeper") -> None:
    """Somebody with a job, its three pictures, two of them kept, and these in a collection."""
    owner = make_user(username)
    job = make_job(owner, status=Job.Status.COMPLETED, seed=0)  # so that its files are as its rows
    staged = [make_workspace_asset(job, index, stored=True) for index in range(3)]
    saved = perform(owner, "save", asset_ids=[asset.pk for asset in staged[:2]], tags=["sea"])
    kept = [result.library_asset_id for result in saved.results]
    membership.add(changes.create(owner, name="Boats"), kept)
