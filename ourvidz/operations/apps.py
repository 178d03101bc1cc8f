from django.apps import AppConfig
from django.db.backends.signals import connection_created


class OperationsConfig(AppConfig):
    name = "ourvidz.operations"
    label = "operations"

    def ready(self) -> None:
        from ourvidz.operations import sqlite_anchor, sqlite_parameters

        connection_created.connect(sqlite_anchor.keep, dispatch_uid="sqlite anchor")
        connection_created.connect(sqlite_parameters.raise_limit, dispatch_uid="sqlite parameters")
