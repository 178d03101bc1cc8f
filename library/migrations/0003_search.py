"""Columns that the search reads, filled for the assets that are there."""

from django.db import migrations, models

import library.search.columns
from library.search import derived

BATCH = 500


def fill(apps, schema_editor) -> None:
    assets = apps.get_model("library", "LibraryAsset").objects.using(schema_editor.connection.alias)
    batch = []
    for asset in assets.order_by("pk").iterator(chunk_size=BATCH):
        asset.search_text = derived.text_of(asset)
        asset.steps = derived.steps_of(asset)
        batch.append(asset)
        if len(batch) == BATCH:
            assets.bulk_update(batch, ["search_text", "steps"])
            batch = []
    assets.bulk_update(batch, ["search_text", "steps"])


class Migration(migrations.Migration):
    # PostgreSQL makes no index over rows that the same transaction has changed.
    atomic = False

    dependencies = [("library", "0002_filmstrip")]

    operations = [
        migrations.AddField(
            model_name="libraryasset",
            name="search_text",
            field=library.search.columns.SearchTextField(blank=True, editable=False),
        ),
        migrations.AddField(
            model_name="libraryasset",
            name="source",
            field=models.CharField(
                choices=[
                    ("generated", "Made here"),
                    ("upload", "Uploaded"),
                    ("import", "Imported"),
                ],
                default="generated",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="libraryasset",
            name="steps",
            field=library.search.columns.StepsField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="libraryasset",
            index=models.Index(fields=["owner", "seed"], name="library_seed"),
        ),
    ]
