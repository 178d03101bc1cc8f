"""The operators' view of people, and the admin's own name and door."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from ourvidz.accounts.forms import AdminLoginForm
from ourvidz.accounts.models import ApiToken, LoginAttempt, User
from ourvidz.admin import ReadOnlyMixin, confirmed

admin.site.site_header = admin.site.site_title = "OurVidz"
admin.site.index_title = "Administration"
admin.site.login_form = AdminLoginForm


@admin.register(User)
class StudioUserAdmin(UserAdmin):
    """Whoever has jobs or assets is deactivated, not deleted: their files would stay behind."""

    fieldsets = (
        *(UserAdmin.fieldsets or ()),
        ("Studio", {"fields": ("role", "time_zone", "adult_confirmed_at")}),
    )
    list_display = [
        "username",
        "email",
        "first_name",
        "role",
        "is_staff",
        "is_active",
        "last_login",
    ]
    list_filter = ["role", "is_staff", "is_superuser", "is_active"]


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """Tokens are made by their owner or by `create_token`; here they can be revoked."""

    actions = ["revoke"]
    exclude = ["digest"]
    list_display = ["name", "user", "created_at", "expires_at", "last_used_at", "revoked_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter), "created_at", "expires_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_apitoken")

    @admin.action(description="Revoke", permissions=["revoke"])
    @confirmed("Revoke these tokens? What uses them is locked out at once.")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        revoked = queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
        self.message_user(request, f"{revoked} revoked.")


@admin.register(LoginAttempt)
class LoginAttemptAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """Delete a row to let its user try again at once."""

    list_display = ["username", "address", "failures", "blocked_until", "updated_at"]
    list_filter = ["updated_at"]
    search_fields = ["username", "address"]

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return request.user.has_perm("accounts.delete_loginattempt")
