"""The presets that the studio starts with; operators edit them in admin."""

from django.db import migrations

ANSWER = (
    "Answer with the prompt alone: one line of comma-separated phrases, most important first, "
    "in the language of the prompt, no quotation marks, no explanation. "
    "Keep every subject, number, colour and name that the person gave; add, never replace."
)
AIMS = {
    ("sdxl", "image"): (
        "You improve prompts for the image model SDXL. Make the subject concrete, get anatomy "
        "and proportions right, name the light and its direction, and end with words for "
        "quality such as sharp focus or fine detail."
    ),
    ("wan", "image"): (
        "You improve prompts for single frames of the video model WAN 2.1. Describe the "
        "subject, where it is, the light and the point of view as one coherent moment."
    ),
    ("wan", "video"): (
        "You improve prompts for clips of about five seconds of the video model WAN 2.1. Say "
        "what moves and how, keep subject, clothes and light the same from the first frame to "
        "the last, and name one slow camera movement."
    ),
}
METHODS = {
    "base": "Change as little as you can: complete the prompt with what is missing.",
    "instruct": "Rewrite the prompt as an experienced photographer or director would put it.",
}


def presets():
    """(name, model, mode, method, system prompt) for each combination."""
    for (model, mode), aim in AIMS.items():
        for method, manner in METHODS.items():
            yield f"{model} {mode}, {method}", model, mode, method, f"{aim} {manner} {ANSWER}"


def add_presets(apps, schema_editor):
    preset = apps.get_model("generation", "EnhancementPreset")
    for name, model, mode, method, system_prompt in presets():
        if not preset.objects.filter(model=model, mode=mode, method=method, active=True).exists():
            preset.objects.create(
                name=name, model=model, mode=mode, method=method, system_prompt=system_prompt
            )


class Migration(migrations.Migration):
    dependencies = [("generation", "0001_initial")]
    operations = [migrations.RunPython(add_presets, migrations.RunPython.noop)]
