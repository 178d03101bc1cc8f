"""`python -m generation.remote --server URL`: `manage.py remote_worker` without a studio around.

With these settings it needs the packages of requirements-worker.txt and no others.
"""

import os
import sys

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "ourvidz.worker_settings"
    django.setup()
    from generation.management.commands.remote_worker import Command

    Command().run_from_argv(["python -m", "generation.remote", *sys.argv[1:]])
