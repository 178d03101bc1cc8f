"""What generation announces, inside the transaction that makes it true."""

from django.dispatch import Signal

# job: Job (locked row, still running), outputs: list[generation.outputs.Output]
outputs_made = Signal()

# job: Job (locked row, ended just now)
job_completed = Signal()
