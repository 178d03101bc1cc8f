from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LibraryConfig(AppConfig):
    name = "library"

    def ready(self) -> None:
        from library import receivers  # noqa: F401
        from library.counting import triggers
        from library.search import indexes

        post_migrate.connect(indexes.create_missing, sender=self)
        post_migrate.connect(triggers.create_missing, sender=self)
