"""The two kinds of bucket: a folder, and an S3 bucket.

Both speak Django's storage interface and, on top of it, what `ourvidz.media.buckets` needs.
Every failure is an OSError: FileNotFoundError for a missing key, BucketError
(`ourvidz.media.bucket_errors`) for a store that refuses or does not answer.
"""

from typing import TYPE_CHECKING, TypeAlias, Union

from ourvidz.media.file_bucket import FileBucket

if TYPE_CHECKING:  # it brings boto, a tenth of what a process needs to start
    from ourvidz.media.s3_bucket import S3Bucket

__all__ = ["Bucket", "FileBucket"]

Bucket: TypeAlias = Union[FileBucket, "S3Bucket"]
