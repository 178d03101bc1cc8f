"""What goes wrong with a bucket, beside a key that it does not have (FileNotFoundError)."""


class BucketError(OSError):
    """A bucket refuses or does not answer; the message says what to do."""
