"""Review lists and culling, mounted in the library's own namespace."""

from django.urls import path

from library.organising import culling_views, views

urlpatterns = [
    path("organise/", views.page, {"kind": "duplicates"}, name="organise"),
    path("organise/tags/", views.page, {"kind": "tag"}, name="organise_tags"),
    path("organise/prompts/", views.page, {"kind": "prompts"}, name="organise_prompts"),
    path("cull/", culling_views.page, name="cull"),
    path("cull/assets/", culling_views.assets, name="cull_assets"),
    path("cull/standing/", culling_views.standing, name="cull_standing"),
    path("cull/commit/", culling_views.commit, name="cull_commit"),
]
