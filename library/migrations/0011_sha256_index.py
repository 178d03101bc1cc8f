"""A file that is dropped on the prompt bar is looked up by its sum."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0010_emptying_trash")]

    operations = [
        migrations.AddIndex(
            model_name="libraryasset",
            index=models.Index(fields=["sha256"], name="library_sha256"),
        ),
    ]
