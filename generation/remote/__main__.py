"""`python -m generation.remote --server URL`: the same as `manage.py remote_worker`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ourvidz.settings")
    execute_from_command_line(["manage.py", "remote_worker", *sys.argv[1:]])
