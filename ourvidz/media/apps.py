from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "ourvidz.media"
    label = "media"

    def ready(self) -> None:
        from ourvidz.media import departure  # noqa: F401 - connects it
