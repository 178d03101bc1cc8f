"""Database, files and secrets in one folder, and back: `manage.py backup` and `restore`.

The database is taken first, and with it, of the same moment, the list of the files that its rows
name; then those are copied. A file that was deleted meanwhile, with its row, is the reason to take
the database once more (`making`), so that no row of a backup names a file that it lacks.
"""
