"""What the library announces, inside the transaction that makes it true."""

from django.dispatch import Signal

# job_ids: set of the jobs whose outputs came into the library or left it for the trash
copies_changed = Signal()
