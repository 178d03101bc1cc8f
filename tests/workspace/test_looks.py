"""The built-in looks and the weights of terms, as the bar sends them."""

import pytest

from generation.composition import compose
from generation.controls import LANE_CONTROLS
from generation.models import Job
from generation.requests import validate
from workspace.looks import LOOKS

pytestmark = pytest.mark.django_db
FIELDS = {"lighting", "composition", "colour_grading", "texture"}


def test_they_are_the_five_that_creators_know():
    assert [look.label for look in LOOKS] == [
        "Portrait",
        "Landscape",
        "Product",
        "Artistic",
        "Commercial",
    ]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.label)
@pytest.mark.parametrize(("model", "mode"), LANE_CONTROLS)
def test_each_sets_these_controls_in_every_lane(look, model, mode):
    request = validate({"prompt": "a boat", "model": model, "mode": mode, **look.controls})
    assert look.controls.keys() >= FIELDS
    assert "none" not in {look.controls[name] for name in FIELDS}
    assert compose(request).dropped == ()


def test_no_two_are_the_same():
    assert len({tuple(look.controls.items()) for look in LOOKS}) == len(LOOKS)


@pytest.mark.django_db
def test_weights_of_terms_arrive(client):
    form = {"prompt": "a boat at golden hour", "term_weights.golden hour": "1.3"}
    assert client.post("/workspace/jobs/", form).status_code == 200
    assert Job.objects.get().settings["term_weights"] == {"golden hour": 1.3}


@pytest.mark.django_db
def test_the_token_budget_is_a_meter(client):
    text = client.post("/workspace/composition/", {"prompt": "a boat"}).content.decode()
    assert 'max="75"' in text
