"""What keeps the counts by hour true, whoever changes an asset and however.

Made after `migrate` wherever a trigger is missing, and then everything is counted anew: SQLite
drops triggers when a migration rebuilds the table.
"""

from django.db import DEFAULT_DB_ALIAS, connections, transaction

_HOUR = {
    "sqlite": "substr({row}created_at, 1, 13) || ':00:00'",
    "postgresql": "date_trunc('hour', {row}created_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'",
}
_COUNT_ALL = """
INSERT INTO library_hourcount (owner_id, hour, number)
SELECT owner_id, {hour}, COUNT(*) FROM library_libraryasset WHERE deleted_at IS NULL GROUP BY 1, 2
"""
_ADD_UP = """
WITH gone AS (
    DELETE FROM library_hourcount WHERE (owner_id, hour) IN (
        SELECT owner_id, hour FROM library_hourcount
        GROUP BY owner_id, hour HAVING COUNT(*) > 1 OR SUM(number) = 0
    ) RETURNING owner_id, hour, number
)
INSERT INTO library_hourcount (owner_id, hour, number)
SELECT owner_id, hour, SUM(number) FROM gone GROUP BY owner_id, hour HAVING SUM(number) <> 0
"""
_DROP_EMPTY = "DELETE FROM library_hourcount WHERE number = 0"


_SQLITE_ROW = f"""
    INSERT INTO library_hourcount (owner_id, hour, number)
    SELECT new.owner_id, {_HOUR["sqlite"].format(row="new.")}, 0 WHERE new.deleted_at IS NULL
    AND NOT EXISTS (
        SELECT 1 FROM library_hourcount
        WHERE owner_id = new.owner_id AND hour = {_HOUR["sqlite"].format(row="new.")}
    );
"""  # noqa: S608 - nothing of a user's is in it


def _sqlite_step(row: str, number: int) -> str:
    return f"""
        UPDATE library_hourcount SET number = number + ({number})
        WHERE {row}.deleted_at IS NULL
        AND owner_id = {row}.owner_id AND hour = {_HOUR["sqlite"].format(row=f"{row}.")};
    """  # noqa: S608 - likewise


# No upsert: what fires a trigger may change what it does about a conflict. And no row below
# nothing: where all tables are emptied, the counts may go before the assets.
_LESS, _MORE = _sqlite_step("old", -1), _SQLITE_ROW + _sqlite_step("new", 1)
_SQLITE = {
    "library_hours_inserted": f"AFTER INSERT ON library_libraryasset BEGIN {_MORE} END",
    "library_hours_deleted": f"AFTER DELETE ON library_libraryasset BEGIN {_LESS} END",
    "library_hours_updated": f"""
        AFTER UPDATE OF owner_id, created_at, deleted_at ON library_libraryasset
        BEGIN {_LESS} {_MORE} END
    """,
}


def _postgresql_step(row: str, number: int) -> str:
    hour = _HOUR["postgresql"].format(row=f"{row}.")
    return f"""
        IF {row}.deleted_at IS NULL THEN
            INSERT INTO library_hourcount (owner_id, hour, number)
            VALUES ({row}.owner_id, {hour}, {number});
        END IF;
    """  # noqa: S608 - likewise


_FUNCTION = f"""
CREATE OR REPLACE FUNCTION library_count_hours() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' THEN {_postgresql_step("OLD", -1)} END IF;
    IF TG_OP <> 'DELETE' THEN {_postgresql_step("NEW", 1)} END IF;
    RETURN NULL;
END $$
"""
_EACH = "FOR EACH ROW {when} EXECUTE FUNCTION library_count_hours()"
_COUNTED = "({row}.owner_id, {row}.created_at, {row}.deleted_at)"
_DIFFERS = f"{_COUNTED.format(row='OLD')} IS DISTINCT FROM {_COUNTED.format(row='NEW')}"
_POSTGRESQL = {
    "library_hours_changed": f"""
        AFTER INSERT OR DELETE ON library_libraryasset {_EACH.format(when="")}
    """,
    "library_hours_updated": f"""
        AFTER UPDATE OF owner_id, created_at, deleted_at ON library_libraryasset
        {_EACH.format(when=f"WHEN ({_DIFFERS})")}
    """,
}
_TRIGGERS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
_KNOWN = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'library_libraryasset'::regclass",
}
_DROP = {
    "sqlite": "DROP TRIGGER IF EXISTS {name}",
    "postgresql": "DROP TRIGGER IF EXISTS {name} ON library_libraryasset",
}


def create_missing(sender, using: str = DEFAULT_DB_ALIAS, **kwargs) -> None:
    """Receiver of post_migrate."""
    connection = connections[using]
    triggers = _TRIGGERS.get(connection.vendor, {})
    with transaction.atomic(using), connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        if not {"library_hourcount", "library_libraryasset"} <= set(tables):
            return  # migrations were taken back to before the counts
        cursor.execute(_KNOWN[connection.vendor])
        if not triggers.keys() - {name for (name,) in cursor.fetchall()}:
            return
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for name, action in triggers.items():
            cursor.execute(_DROP[connection.vendor].format(name=name))
            cursor.execute(f"CREATE TRIGGER {name} {action}")
        _count_all(cursor, connection.vendor)


def _count_all(cursor, vendor: str) -> None:
    """Writers wait: PostgreSQL makes them as soon as there is a new trigger, SQLite has one."""
    cursor.execute("DELETE FROM library_hourcount")
    cursor.execute(_COUNT_ALL.format(hour=_HOUR[vendor].format(row="")))


def compact(using: str = DEFAULT_DB_ALIAS) -> int:
    """Make it one row for each hour that has assets; how many rows fewer there are than before.

    Right beside changes and beside itself: what it adds up is what it took away.
    """
    with transaction.atomic(using), connections[using].cursor() as cursor:
        before = _rows(cursor)
        cursor.execute(_ADD_UP if connections[using].vendor == "postgresql" else _DROP_EMPTY)
        return before - _rows(cursor)


def _rows(cursor) -> int:
    cursor.execute("SELECT COUNT(*) FROM library_hourcount")
    return cursor.fetchone()[0]
