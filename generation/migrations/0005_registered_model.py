"""The registry of models, with those that the studio had: by settings, so nothing changes."""

from django.db import migrations, models

MODELS = (("sdxl", "SDXL", "sdxl"), ("wan", "WAN 2.1", "wan"), ("chat", "Chat", "chat"))


def add_models(apps, schema_editor):
    registered = apps.get_model("generation", "RegisteredModel")
    for order, (name, label, lane) in enumerate(MODELS):
        registered.objects.get_or_create(
            name=name, defaults={"label": label, "lane": lane, "order": order}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0004_workers"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegisteredModel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.SlugField(
                        help_text="How jobs and the API call it. It stays, for jobs keep it.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        help_text="How people see it in the prompt bar.", max_length=60
                    ),
                ),
                (
                    "lane",
                    models.CharField(
                        choices=[("sdxl", "SDXL"), ("wan", "WAN 2.1"), ("chat", "Chat")],
                        help_text="The kind of model, and its workers' queue.",
                        max_length=8,
                    ),
                ),
                (
                    "backend",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("comfyui", "comfyui"),
                            ("diffusers", "diffusers"),
                            ("openai", "openai"),
                            ("preview", "preview"),
                            ("rules", "rules"),
                            ("transformers", "transformers"),
                        ],
                        help_text="What does the work; empty: what the lane's setting, such as SDXL_BACKEND, says.",
                        max_length=20,
                    ),
                ),
                (
                    "location",
                    models.CharField(
                        blank=True,
                        help_text="Folder, safetensors file or hub id on the workers (of comfyui: the folder of workflows); empty: what the lane's setting, such as SDXL_MODEL, says.",
                        max_length=500,
                    ),
                ),
                (
                    "defaults",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='What the prompt bar starts with, such as {"steps": {"fast": 4, "high": 8}, "guidance": 1}. A number alone is for both qualities.',
                    ),
                ),
                (
                    "limits",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='What may be asked for, such as {"steps": [1, 8], "sizes": {"1:1": [768, 768]}, "frames": 83}.',
                    ),
                ),
                (
                    "options",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='Options of the backend in place of the settings\', such as {"scheduler": "euler"}.',
                    ),
                ),
                ("active", models.BooleanField(default=True, help_text="Offered to creators.")),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="The smallest comes first."
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "model",
                "ordering": ["order", "name"],
            },
        ),
        migrations.AddField(
            model_name="job",
            name="model_label",
            field=models.CharField(
                blank=True,
                help_text="What people called it then; it outlives the model.",
                max_length=60,
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="model",
            field=models.CharField(help_text="The name of a registered model.", max_length=40),
        ),
        migrations.RunPython(add_models, migrations.RunPython.noop),
    ]
