"""Pages and fragments of collections."""

from django.urls import path

from . import link_views, membership_views, moving_views, picking_views, views

app_name = "collections"
urlpatterns = [
    path("", views.page, name="page"),
    path("membership/", membership_views.collections_of, name="membership"),
    path("picker/", picking_views.picker, name="picker"),
    path("filing/", picking_views.filing, name="filing"),
    path("targets/", moving_views.targets, name="targets"),
    path("deleted/", views.deleted, name="deleted"),
    path("of/<uuid:asset_id>/", membership_views.of_asset, name="of_asset"),
    path("<uuid:collection_id>/", views.collection, name="collection"),
    path("<uuid:collection_id>/deletion/", views.deletion, name="deletion"),
    path("<uuid:collection_id>/restoration/", views.restoration, name="restoration"),
    path("<uuid:collection_id>/purge/", views.purge, name="purge"),
    path("<uuid:collection_id>/additions/", moving_views.additions, name="additions"),
    path("<uuid:collection_id>/transfer/", moving_views.transfer, name="transfer"),
    path("<uuid:collection_id>/merge/", views.merge, name="merge"),
    path("<uuid:collection_id>/order/", views.order, name="order"),
    path("<uuid:collection_id>/cover/", views.cover, name="cover"),
    path("<uuid:collection_id>/removal/", views.removal, name="removal"),
    path("<uuid:collection_id>/return/", views.put_back, name="put_back"),
    path("<uuid:collection_id>/links/", link_views.links, name="links"),
    path(
        "<uuid:collection_id>/links/<int:pk>/revocation/", link_views.revocation, name="revocation"
    ),
]
