from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "ourvidz.media"
    label = "media"
