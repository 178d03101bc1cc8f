"""What another process does in between, done just there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def just_before(statement: str, act: Callable[[], object]) -> Iterator[None]:
    """Within the block, `act` once, before the first query that begins with `statement`."""
    acts = [act]

    def run(execute, sql, params, many, context):
        if acts and sql.startswith(statement):
            acts.pop()()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(run):
        yield
    assert not acts, f"no query began with {statement}"
