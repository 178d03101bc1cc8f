"""What strangers see of an asset that is not private."""

from django.urls import path, re_path

from library import public_views

app_name = "public"
urlpatterns = [
    re_path(r"^(?P<token>[\w-]{22})/$", public_views.page, name="page"),
    re_path(
        r"^(?P<token>[\w-]{22})/(?P<variant>original|poster)/$", public_views.file, name="file"
    ),
    path("<path:address>", public_views.closed, name="closed"),
]
