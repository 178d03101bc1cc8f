from django.apps import AppConfig


class CollectionsConfig(AppConfig):
    name = "ourvidz.collections"
    label = "collections"
