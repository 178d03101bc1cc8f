"""What is kept about workers that call over HTTP."""

from django.db import models


class CallbackNonce(models.Model):
    """A nonce that was used, kept as long as its timestamp would be accepted."""

    nonce = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.nonce
