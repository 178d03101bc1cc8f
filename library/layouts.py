"""How the library is laid out: three sizes of tiles or a list, remembered per browser."""

from django.http import HttpRequest, HttpResponse

# By name: what it is called and its icon. The first is taken where nothing is chosen.
LAYOUTS = {
    "medium": ("Medium tiles", "grid-2x2"),
    "small": ("Small tiles", "grid-3x3"),
    "large": ("Large tiles", "square"),
    "list": ("List", "list"),
}
ORDER = ("small", "medium", "large", "list")
COOKIE = "library_layout"
YEAR = 365 * 24 * 60 * 60  # seconds


def layout_of(request: HttpRequest) -> str:
    """One of LAYOUTS: what the URL asks for, else what this browser chose last."""
    wanted = (request.GET.get("layout"), request.COOKIES.get(COOKIE))
    return next((name for name in wanted if name in LAYOUTS), next(iter(LAYOUTS)))


def remember(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """Keep a choice that stands in the URL for the next visits."""
    if request.GET.get("layout") in LAYOUTS:
        response.set_cookie(COOKIE, request.GET["layout"], max_age=YEAR, samesite="Lax")
    return response


def choices() -> list[dict[str, str]]:
    """For the control, from small to large."""
    return [{"name": name, "label": LAYOUTS[name][0], "icon": LAYOUTS[name][1]} for name in ORDER]
