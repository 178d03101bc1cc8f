"""What the library announces, inside the transaction that makes it true, and asks for."""

from django.dispatch import Signal

# job_ids: set of the jobs whose outputs came into the library or left it for the trash
copies_changed = Signal()

# owner, kind, done (library.organising.done.Done): one commit of a review list or of a culling.
# The receiver that keeps it for undo answers with the id to undo it by.
organised = Signal()

# asset: one that is wanted in the workspace too. A receiver answers with why not, or with "".
copy_wanted = Signal()
