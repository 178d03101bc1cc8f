"""The two kinds of bucket: a folder, and an S3 bucket.

Both speak Django's storage interface and, on top of it, what `ourvidz.media.buckets` needs.
Every failure is an OSError: FileNotFoundError for a missing key, BucketError for a store
that refuses or does not answer.
"""

from ourvidz.media.file_bucket import FileBucket
from ourvidz.media.s3_bucket import BucketError, S3Bucket

__all__ = ["BucketError", "FileBucket", "S3Bucket"]
