"""What creators may ask for now: what workers announce, and what a backend cannot honour."""

import pytest

from generation import announcements
from generation.announcements import Announcement
from generation.models import RegisteredModel
from generation.offers import offers
from generation.requests import RequestError, validate
from tests.generation.test_registered_models import register

pytestmark = pytest.mark.django_db
UPLOAD = {"upload_id": "00000000-0000-4000-8000-000000000000"}
SDXL = {"style": "No style adapter.", "character": "No character adapter."}
WAN = {"start+end": "Remove one of the two frames."}


@pytest.fixture
def workers():
    """`workers(lanes, models, unavailable)`: what the living workers say."""
    said: list[Announcement] = []
    source = lambda: said[-1] if said else None  # noqa: E731 - the same object is taken off
    announcements.listen_to(source)
    yield lambda *about: said.append(Announcement(*about))
    announcements.stop_listening_to(source)


def offer_of(name: str):
    return next(offer for offer in offers() if offer.model.name == name)


def errors_of(**data) -> dict[str, list[str]]:
    with pytest.raises(RequestError) as refusal:
        validate({"prompt": "a boat", **data})
    return refusal.value.errors


def test_without_any_announcement_all_active_models_are_offered():
    register(active=False)

    assert [offer.model.name for offer in offers()] == ["sdxl", "wan"]
    assert all(not offer.reason and not offer.waits for offer in offers())


def test_loras_are_offered_by_the_words_that_switch_them_on(tmp_path, workers):
    for name in ("Water_Colour.safetensors", "ink.safetensors", "old.ckpt"):
        (tmp_path / name).touch()
    register(backend="diffusers", options={"loras": str(tmp_path)})
    assert offer_of("turbo").words == ("water colour", "ink")

    workers({"sdxl"}, {"turbo": ""}, {"turbo": {}})
    assert offer_of("turbo").words == ("water colour", "ink")
    assert offer_of("sdxl").words == ()


def test_so_are_those_of_a_folder_that_only_workers_have(workers):
    workers({"sdxl"}, {"sdxl": ""}, {}, {"sdxl": ["ink", "water colour"]})
    assert offer_of("sdxl").words == ("ink", "water colour")
    assert offer_of("wan").words == ()


def test_a_model_that_no_worker_has_is_refused_at_its_field(workers):
    register(order=9)
    workers({"sdxl", "wan"}, {"sdxl": "", "wan": "", "turbo": "Its files are not complete."})

    assert offer_of("turbo").reason == "Its files are not complete."
    assert errors_of(model="turbo") == {"model": ["Its files are not complete."]}
    assert validate({"prompt": "a boat"}).model == "sdxl"


def test_a_model_that_no_worker_spoke_of_is_refused_too(workers):
    workers({"sdxl"}, {})

    assert errors_of(model="sdxl") == {
        "model": ["No worker of this studio has SDXL. Choose another model, or ask its operator."]
    }


def test_what_a_request_starts_with_can_be_used(workers):
    register(order=9, limits={}, defaults={})
    workers({"sdxl"}, {"turbo": ""})

    assert validate({"prompt": "a boat"}).model == "turbo"


def test_a_lane_whose_workers_are_away_takes_jobs_that_wait(workers):
    workers({"chat"}, {})

    assert "waits until one is back" in offer_of("sdxl").waits
    assert validate({"prompt": "a boat"}).model == "sdxl"


def test_a_refused_kind_of_reference_is_named(workers):
    workers({"sdxl"}, {"sdxl": ""}, {"sdxl": SDXL})

    assert errors_of(reference=UPLOAD) == {"reference.kind": [SDXL["style"]]}
    assert errors_of(reference={**UPLOAD, "kind": "character"}) == {
        "reference.kind": [SDXL["character"]]
    }
    assert errors_of(style_reference=UPLOAD) == {"style_reference": [SDXL["style"]]}
    assert validate({"prompt": "a", "reference": {**UPLOAD, "kind": "composition"}})
    assert "style_reference" not in offer_of("sdxl").controls("image")
    assert "reference" in offer_of("sdxl").controls("image")


def test_with_every_kind_refused_the_reference_is(workers):
    workers({"sdxl"}, {"sdxl": ""}, {"sdxl": {**SDXL, "composition": "No workflow."}})

    assert errors_of(reference=UPLOAD)["reference"] == ["No workflow."]
    assert "reference" not in offer_of("sdxl").controls("image")


def test_two_frames_that_do_not_go_together(workers):
    workers({"wan"}, {"wan": ""}, {"wan": WAN})
    both = {"start_reference": UPLOAD, "end_reference": UPLOAD}

    assert errors_of(mode="video", **both) == {"end_reference": [WAN["start+end"]]}
    assert validate({"prompt": "a", "mode": "video", "end_reference": UPLOAD})


def test_any_other_control_can_be_refused_but_not_at_its_default(workers):
    workers({"sdxl"}, {"sdxl": ""}, {"sdxl": {"guidance": "It has its guidance inside."}})

    assert errors_of(guidance=9) == {"guidance": ["It has its guidance inside."]}
    assert validate({"prompt": "a boat", "guidance": "6.0"}).guidance == 6.0
    assert "guidance" not in offer_of("sdxl").controls("image")


def test_without_announcements_this_machine_s_settings_say_what_is_refused():
    RegisteredModel.objects.filter(name="sdxl").update(backend="diffusers")

    assert errors_of(style_reference=UPLOAD).keys() == {"style_reference"}
    assert "no style adapter" in offer_of("sdxl").refused["style_reference"]


def test_a_distilled_model_does_not_offer_what_it_has_inside():
    register(order=9, backend="diffusers", options={"distilled_steps": 4})

    assert {"steps", "guidance", "negative_prompt"} <= offer_of("turbo").refused.keys()
    assert errors_of(model="turbo", negative_prompt="fog").keys() == {"negative_prompt"}
    assert validate({"prompt": "a", "model": "turbo", "steps": 4}).steps == 4


def test_a_backend_that_is_not_there(settings):
    settings.BACKENDS = {**settings.BACKENDS, "wan": {"BACKEND": "nowhere.Backend"}}

    assert "cannot find what runs WAN 2.1" in errors_of(model="wan")["model"][0]


def test_the_api_lists_the_models(client, workers):
    register(order=9)
    unavailable = {"sdxl": SDXL, "wan": WAN}
    workers({"sdxl", "wan"}, {"sdxl": "", "wan": "", "turbo": "It is gone."}, unavailable)

    sdxl, wan, turbo = client.get("/api/v1/models").json()["items"]

    assert (sdxl["name"], sdxl["modes"], sdxl["available"]) == ("sdxl", ["image"], True)
    assert sdxl["refused"]["reference.kind=style"] == SDXL["style"]
    assert "style_reference" not in sdxl["controls"]["image"]
    assert (wan["modes"], wan["length_seconds"]) == (["image", "video"], [5, 10])
    assert wan["refused"] == {"start_reference+end_reference": WAN["start+end"]}
    assert (turbo["available"], turbo["note"]) == (False, "It is gone.")
    assert (turbo["steps"], turbo["sizes"]) == ([1, 8], {"1:1": [768, 768]})


def test_the_api_refuses_by_field(client, workers):
    workers({"sdxl", "wan"}, {"sdxl": "", "wan": "The weights are missing."}, {"sdxl": SDXL})
    address = "/api/v1/generate-content"

    for body, field in [
        ({"model": "wan"}, "model"),
        ({"style_reference": UPLOAD}, "style_reference"),
    ]:
        answer = client.post(address, {"prompt": "x", **body}, content_type="application/json")
        assert answer.status_code == 422
        assert list(answer.json()["errors"]) == [field]
