from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "ourvidz.operations"
    label = "operations"
