from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ourvidz.accounts"
    label = "accounts"
