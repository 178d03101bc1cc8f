"""Three sizes and a list: chosen by URL, remembered by the browser, right at first paint."""

import pytest

PAGE = "/library/"


@pytest.mark.parametrize("layout", ["small", "medium", "large", "list"])
def test_a_choice_is_drawn_and_remembered(client, kept, layout):
    client.get(PAGE, {"layout": layout})
    page = client.get(PAGE).content.decode()

    assert f'class="shelf shelf--{layout}" id="shelf"' in page
    assert page.count('aria-current="true"') == 1
    assert ('<article class="row"' in page) == (layout == "list")


@pytest.mark.parametrize("layout", ["", "huge", "\0"])
def test_anything_else_is_medium_and_forgotten(client, kept, layout):
    reply = client.get(PAGE, {"layout": layout})

    assert 'class="shelf shelf--medium"' in reply.content.decode()
    assert "library_layout" not in reply.cookies


def test_a_stretch_and_what_comes_back_are_drawn_alike(client, kept):
    client.get(PAGE, {"layout": "list"})
    client.post(f"/library/{kept.pk}/deletion/")
    back = client.post(f"/library/{kept.pk}/restoration/", headers={"HX-Request": "true"})

    assert '<article class="row"' in back.content.decode()
    assert '<article class="row"' in client.get("/library/stretch/").content.decode()


def test_a_row_says_what_it_is(client, kept):
    page = client.get(PAGE, {"layout": "list"}).content.decode()

    assert f'href="/library/{kept.pk}/"' in page
    assert f"{kept.width} \N{MULTIPLICATION SIGN} {kept.height}" in page
    assert 'hx-target="closest .row"' in page
