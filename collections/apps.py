from django.apps import AppConfig


class CollectionsConfig(AppConfig):
    name = "ourvidz.collections"
    label = "collections"

    def ready(self) -> None:
        from . import receivers  # noqa: F401 - connects them
