"""Files as a browser sends them."""

from django.core.files.uploadedfile import SimpleUploadedFile


def upload(content: bytes, name: str = "picture.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
