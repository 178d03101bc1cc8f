"""The studio as an app that can be installed."""

import json
import re

from django.contrib.staticfiles import finders
from PIL import Image

from ourvidz.installable import ICONS, SHELL


def test_the_manifest_names_icons_of_their_true_size(client):
    reply = client.get("/manifest.webmanifest")
    assert reply["Content-Type"] == "application/manifest+json"
    content = json.loads(reply.content)
    assert content["start_url"] == "/workspace/"
    assert content["scope"] == "/"
    assert {icon["purpose"] for icon in content["icons"]} == {"any", "maskable"}
    for name, sizes, _ in ICONS:
        with Image.open(finders.find(name)) as image:
            assert f"{image.width}x{image.height}" == sizes


def test_the_service_worker_serves_the_whole_site_and_is_asked_for_anew(client):
    reply = client.get("/service-worker.js")
    assert reply["Content-Type"] == "text/javascript"
    assert "no-cache" in reply["Cache-Control"]
    kept = re.search(r"const SHELL = \[(.*?)\];", reply.content.decode())[1]
    assert kept.count('"') == 2 * (1 + len(SHELL))
    assert "worker-src 'self'" in reply["Content-Security-Policy"]


def test_the_offline_page_has_everything_that_it_needs_in_the_shell(client):
    page = client.get("/offline/").content.decode()
    needed = re.findall(r'(?:href|src)="/static/([^"]+)"', page)
    assert set(needed) == set(SHELL)
    assert "csrf" not in page.lower()


def test_signed_in_pages_say_whose_they_are(client, creator):
    assert f'data-user="{creator.pk}"' in client.get("/workspace/").content.decode()
    client.logout()
    page = client.get("/accounts/login/").content.decode()
    assert "data-user" not in page
    assert 'rel="manifest" href="/manifest.webmanifest"' in page
