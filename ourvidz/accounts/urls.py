"""Pages about the person at the keyboard."""

from django.urls import path

from ourvidz.accounts import views

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("profile/", views.profile, name="profile"),
    path("adulthood/", views.adulthood, name="adulthood"),
    path("password/", views.ChangePassword.as_view(), name="password_change"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:pk>/revocation/", views.token_revocation, name="token_revocation"),
]
