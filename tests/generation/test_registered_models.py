"""The registry of models: what it starts with, what it refuses, and what jobs make of it."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from generation import worker
from generation.backends.diffusers_sdxl import SdxlBackend
from generation.backends.preview import PreviewBackend
from generation.backends.registry import backend_for, options_of, path_of
from generation.catalogue import active_models, chat_model, find, visual_models
from generation.model_spec import BUILT_IN, ModelSpec
from generation.models import RegisteredModel
from generation.requests import RequestError, validate
from generation.submission import submit
from tests.factories import make_user
from tests.generation.fake_backends import FakeBackend

pytestmark = pytest.mark.django_db
TURBO = {
    "name": "turbo",
    "label": "Turbo",
    "lane": "sdxl",
    "defaults": {"steps": {"fast": 4, "high": 8}, "guidance": 1},
    "limits": {"steps": [1, 8], "sizes": {"1:1": [768, 768]}},
}


def register(**columns) -> RegisteredModel:
    """A model as the admin saves it: checked first."""
    model = RegisteredModel(**{**TURBO, **columns})
    model.full_clean()
    model.save()
    return model


def errors_of(**columns) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refusal:
        register(**columns)
    return refusal.value.message_dict


def test_it_starts_with_what_settings_say():
    rows = list(RegisteredModel.objects.all())

    assert tuple(row.spec for row in rows) == BUILT_IN
    assert all(row.active for row in rows)
    assert isinstance(backend_for(find("sdxl")), PreviewBackend)


def test_an_empty_registry_is_as_the_studio_comes():
    RegisteredModel.objects.all().delete()

    assert tuple(active_models()) == BUILT_IN
    assert validate({"prompt": "a boat"}).model == "sdxl"


def test_with_every_model_switched_off_a_request_says_so():
    RegisteredModel.objects.update(active=False)

    assert visual_models() == []
    assert chat_model() is None
    with pytest.raises(RequestError, match="no model switched on"):
        validate({"prompt": "a boat"})


def test_a_spec_goes_through_json():
    spec = register().spec

    assert ModelSpec(**spec.as_dict()) == spec


def test_a_model_says_what_a_request_starts_with():
    register()
    request = validate({"prompt": "a boat", "model": "turbo", "quality": "high"})

    assert (request.steps, request.guidance, request.size) == (8, 1.0, (768, 768))
    assert (request.job_type.name, request.job_type.lane) == ("sdxl_image_high", "sdxl")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("steps", 9, "from 1 to 8"),
        ("steps", "many", "from 1 to 8"),
        ("aspect_ratio", "16:9", "Choose one of 1:1."),
        ("model", "nothing", "Choose one of sdxl, wan, turbo."),
    ],
)
def test_its_limits_bound_a_request(field, value, says):
    register(order=9)
    with pytest.raises(RequestError) as refusal:
        validate({"prompt": "a boat", "model": "turbo", field: value})

    assert list(refusal.value.errors) == [field]
    assert says in refusal.value.errors[field][0]


def test_a_model_for_short_clips_or_for_none():
    register(name="short", lane="wan", defaults={}, limits={"frames": 83})
    register(name="still", lane="wan", defaults={}, limits={"frames": 1})

    assert find("short").lengths == [5]
    assert find("still").modes == ["image"]
    with pytest.raises(RequestError, match="5 seconds"):
        validate({"prompt": "a", "mode": "video", "model": "short", "length_seconds": 10})
    with pytest.raises(RequestError, match="images only"):
        validate({"prompt": "a", "mode": "video", "model": "still"})


@pytest.mark.parametrize(
    ("columns", "field", "says"),
    [
        ({"name": "sdxl"}, "name", "already exists"),
        ({"name": "no spaces"}, "name", "slug"),
        ({"lane": "films"}, "lane", "not a valid choice"),
        ({"backend": "torch"}, "backend", "not a valid choice"),
        ({"backend": "transformers"}, "backend", "preview, comfyui, diffusers"),
        ({"defaults": {"steps": "many"}}, "defaults", "Give whole numbers from 1 to 100."),
        ({"defaults": {"steps": {"slow": 4}}}, "defaults", "steps"),
        ({"defaults": {"colour": 4}}, "defaults", "colour: There is no such setting."),
        ({"defaults": {"guidance": 0.3}}, "defaults", "guidance: Give 1 to 20"),
        ({"defaults": {"steps": 40}}, "defaults", "within the limits, 1 to 8"),
        ({"defaults": [4]}, "defaults", "object"),
        ({"limits": {"steps": [8, 1]}, "defaults": {}}, "limits", "the fewest steps and then"),
        ({"limits": {"steps": [0, 900]}}, "limits", "from 1 to 100"),
        ({"limits": {"sizes": {"1:1": [1000, 1000]}}}, "limits", "divisible by 16"),
        ({"limits": {"sizes": {"4:3": [1024, 768]}}}, "limits", "the ratios are 16:9, 1:1"),
        ({"limits": {"sizes": {}}}, "limits", "sizes"),
        ({"limits": {"frames": 83}, "defaults": {}}, "limits", "makes pictures"),
        ({"limits": {"frames": 0}, "lane": "wan", "defaults": {}}, "limits", "1 for pictures"),
        ({"options": {"schedule": "x"}}, "options", "no option schedule. There are: batch"),
        ({"options": {"batch": "3"}}, "options", "batch has to be a whole number"),
        ({"options": {"tiling": 1}}, "options", "tiling has to be true or false"),
        ({"options": {"scheduler": "magic"}}, "options", "scheduler can be dpm++, euler"),
        ({"options": {"dtype": "int8"}}, "options", "dtype can be auto, float16"),
        ({"options": ["tiling"]}, "options", "Give an object"),
        ({"options": {"key": "x"}, "lane": "chat"}, "options", "no option key"),
        ({"lane": "chat"}, "limits", "chat lane makes text"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(columns, field, says):
    assert says in " ".join(errors_of(**columns)[field])


def test_a_model_sets_up_its_backend():
    spec = register(
        backend="diffusers", location=" /models/turbo ", options={"scheduler": "euler"}
    ).spec

    backend = backend_for(spec)

    assert isinstance(backend, SdxlBackend)
    assert (backend.settings.model, backend.settings.scheduler) == ("/models/turbo", "euler")
    assert backend_for(spec) is backend
    assert path_of(find("sdxl")) == "generation.backends.preview.PreviewBackend"


def test_the_location_of_comfyui_is_a_folder_of_workflows():
    options = options_of(register(backend="comfyui", location="/flows").spec)

    assert options["comfyui_workflows"] == "/flows"


def test_a_job_keeps_its_model_and_how_people_called_it(creator, serve):
    register()
    job = submit(creator, validate({"prompt": "a boat", "model": "turbo", "batch_size": 1}))
    backend = serve(FakeBackend())

    worker.run_next(["sdxl"])

    assert (job.model, job.lane, job.model_name) == ("turbo", "sdxl", "Turbo")
    (task,) = backend.tasks
    assert (task.model, task.width, task.height, task.steps) == ("turbo", 768, 768, 4)


def test_a_job_whose_model_was_removed_says_so(creator, serve):
    model = register()
    job = submit(creator, validate({"prompt": "a boat", "model": "turbo"}))
    model.delete()
    backend = serve(FakeBackend())

    worker.run_next(["sdxl"])

    job.refresh_from_db()
    assert (job.status, job.error) == (
        "failed",
        "This studio no longer has the model Turbo. Choose another one.",
    )
    assert backend.tasks == []


def test_operators_edit_it_in_admin(client):
    client.force_login(make_user("operator", is_staff=True, is_superuser=True))
    address = reverse("admin:generation_registeredmodel_add")
    form = {"name": "own", "label": "Own", "lane": "sdxl", "order": 3, "active": "on"}
    sent = {**form, "defaults": '{"steps": 12}', "limits": '{"steps": 3}', "options": "{}"}

    refused = client.post(address, sent)
    client.post(address, {**sent, "limits": ""})

    assert "Give whole numbers from 1 to 100." in refused.content.decode()
    assert find("own").starting_at("image", "high")["steps"] == 12
