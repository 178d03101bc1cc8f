"""`{% url %}` gives what Django's gives, whatever it remembers."""

from uuid import uuid4

import pytest
from django.template import Context, Template
from django.template.engine import Engine
from django.test import RequestFactory
from django.urls import NoReverseMatch, resolve, set_script_prefix

ROW = uuid4()
ADDRESSES = [
    "{% url 'library:page' %}",
    "{% url 'library:asset' row %}",
    "{% url 'library:asset' asset_id=row %}",
    "{% url 'library:asset' text %}",
    "{% url name row %}",
    "{% url 'library:asset' row as address %}{{ address }}",
    "{% url 'library:months' %}",
    "{% url 'library:days' '2026-10' %}",
    "{% url 'admin:accounts_user_change' 7 %}",
    "{% url 'admin:library_libraryasset_change' row %}",
]


def django_s(source: str, context: Context) -> str:
    return Engine().from_string(source).render(context)


@pytest.fixture
def context():
    request = RequestFactory().get("/library/")
    request.resolver_match = resolve("/library/")
    found = Context({"row": ROW, "text": str(ROW), "name": "library:download"})
    found.request = request
    return found


@pytest.fixture
def below():
    """The whole site under /studio/."""
    set_script_prefix("/studio/")
    yield
    set_script_prefix("/")


@pytest.mark.parametrize("source", ADDRESSES)
def test_it_is_django_s_address_the_second_time_too(source, context):
    expected = django_s(source, context)

    assert expected
    assert [Template(source).render(context) for _ in range(2)] == [expected] * 2


@pytest.mark.parametrize("source", ADDRESSES)
def test_a_site_in_a_folder_has_its_own(source, context, below):
    found = Template(source).render(context)

    assert found.startswith("/studio/")
    assert found == django_s(source, context)


def test_another_row_has_another_address(context):
    other = uuid4()
    both = Template("{% url 'library:asset' row %}{% url 'library:asset' other %}")

    assert both.render(Context({"row": ROW, "other": other})).count(str(other)) == 1


def test_no_such_address(context):
    for source in ("{% url 'library:nowhere' %}", "{% url 'library:page' row %}"):
        with pytest.raises(NoReverseMatch):
            Template(source).render(context)
