"""Pages and fragments of collections."""

from django.urls import path

from . import views

app_name = "collections"
urlpatterns = [
    path("", views.page, name="page"),
    path("<uuid:collection_id>/", views.collection, name="collection"),
    path("<uuid:collection_id>/deletion/", views.deletion, name="deletion"),
    path("<uuid:collection_id>/restoration/", views.restoration, name="restoration"),
    path("<uuid:collection_id>/order/", views.order, name="order"),
    path("<uuid:collection_id>/cover/", views.cover, name="cover"),
    path("<uuid:collection_id>/removal/", views.removal, name="removal"),
    path("<uuid:collection_id>/return/", views.put_back, name="put_back"),
]
