"""What an asset was made from, and what was made with it: one recursive query each time.

Jobs are the nodes. An edge is a row of `Lineage` (an asset of one job went into another) or
`Job.parent` (a job was done again). Assets are known by the id that they had in staging, so
the way goes on through what only the library still has.
"""

from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connection

from generation.models import Job, Lineage

MOST_STEPS = 12
MOST_RELATIVES = 60
AGAIN = "again"  # the role of an edge of `Job.parent`

# The start's NULLIF is a NULL of the type that ids have on either database.
_QUERY = """
WITH RECURSIVE edge (parent, child, role, asset) AS (
    SELECT COALESCE({source_jobs}), lineage.job_id, CAST(lineage.role AS text),
           lineage.parent_asset_id
    FROM {lineage} lineage
    JOIN {job} job ON job.id = lineage.job_id AND job.owner_id = %(owner)s
    {source_joins}
    UNION ALL
    SELECT parent_id, id, CAST(%(again)s AS text), NULL
    FROM {job} WHERE owner_id = %(owner)s AND parent_id IS NOT NULL
),
ancestor (job, steps, role, asset) AS (
    SELECT id, 0, CAST('' AS text), NULLIF(id, id)
    FROM {job} WHERE id = %(job)s AND owner_id = %(owner)s
    UNION
    SELECT edge.parent, ancestor.steps + 1, edge.role, edge.asset
    FROM ancestor JOIN edge ON edge.child = ancestor.job
    WHERE ancestor.steps < %(most_steps)s AND edge.parent IS NOT NULL
),
descendant (job, steps, role, asset) AS (
    SELECT id, 0, CAST('' AS text), NULLIF(id, id)
    FROM {job} WHERE id = %(job)s AND owner_id = %(owner)s
    UNION
    SELECT edge.child, descendant.steps + 1, edge.role, edge.asset
    FROM descendant JOIN edge ON edge.parent = descendant.job
    WHERE descendant.steps < %(most_steps)s
      AND (descendant.steps > 0 OR edge.asset IS NULL OR edge.asset = %(asset)s)
)
SELECT -steps, job, role, asset FROM ancestor WHERE steps > 0
UNION ALL
SELECT steps, job, role, asset FROM descendant WHERE steps > 0
"""


@dataclass(frozen=True)
class Relative:
    """A job on the way to or from an asset.

    `steps` is negative for ancestors. `asset_id` is the asset that went along the edge: of an
    ancestor its own, of a descendant the one that it was made with; None where a job was
    done again.
    """

    job_id: UUID
    steps: int
    role: str
    asset_id: UUID | None

    @property
    def role_label(self) -> str:
        return "Done again" if self.role == AGAIN else Lineage.Role(self.role).label


def relatives(owner, job_id: UUID, asset_id: UUID) -> list[Relative]:
    """Ancestors and descendants of the owner's asset, the nearest first, each once."""
    with connection.cursor() as cursor:
        cursor.execute(_sql(), _parameters(owner, job_id, asset_id))
        found = [_relative(*row) for row in cursor.fetchall()]
    nearest: dict[tuple[UUID, bool], Relative] = {}
    for relative in sorted(found, key=lambda found: (abs(found.steps), str(found.job_id))):
        nearest.setdefault((relative.job_id, relative.steps < 0), relative)
    return list(nearest.values())[:MOST_RELATIVES]


def made_with(owner, asset_id: UUID) -> list[Relative]:
    """The owner's jobs that an asset which no job made went into, such as an upload."""
    rows = Lineage.objects.filter(parent_asset_id=asset_id, job__owner=owner)
    found = rows.order_by("-job__created_at", "job_id").values_list("job_id", "role")
    nearest = {
        job_id: Relative(job_id, 1, role, asset_id) for job_id, role in found[:MOST_RELATIVES]
    }
    return list(nearest.values())


def went_into(owner, job_id: UUID) -> list[Relative]:
    """By the asset that went into the owner's job, whatever made it; `job_id` is the job's own."""
    rows = Lineage.objects.filter(job=job_id, job__owner=owner).order_by("pk")
    found = rows.values_list("role", "parent_asset_id")[:MOST_RELATIVES]
    return [Relative(job_id, -1, role, asset_id) for role, asset_id in found]


def _sql() -> str:
    """The query over this project's tables; each kind of asset is one more join."""
    joins, jobs = [], []
    for number, label in enumerate(settings.ASSET_SOURCES):
        model = apps.get_model(label)
        names = {field.name for field in model._meta.get_fields()}
        key = "source_asset_id" if "source_asset_id" in names else "id"
        joins.append(
            f"LEFT JOIN {model._meta.db_table} source{number}"
            f" ON source{number}.{key} = lineage.parent_asset_id"
        )
        jobs.append(f"source{number}.job_id")
    return _QUERY.format(
        lineage=Lineage._meta.db_table,
        job=Job._meta.db_table,
        source_joins="\n    ".join(joins),
        source_jobs=", ".join(jobs),
    )


def _parameters(owner, job_id: UUID, asset_id: UUID) -> dict:
    """As the database in use writes ids."""
    field = Job._meta.pk
    ids = {"job": job_id, "asset": asset_id}
    values = {name: field.get_db_prep_value(value, connection) for name, value in ids.items()}
    return {**values, "owner": owner.pk, "again": AGAIN, "most_steps": MOST_STEPS}


def _relative(steps: int, job_id, role: str, asset_id) -> Relative:
    return Relative(
        job_id=UUID(str(job_id)),
        steps=steps,
        role=role,
        asset_id=UUID(str(asset_id)) if asset_id else None,
    )
