"""Compress what is text; pictures and clips are compressed already and served by ranges."""

from django.middleware.gzip import GZipMiddleware

TEXT = ("text/", "application/json", "application/problem+json")


class TextGZipMiddleware(GZipMiddleware):
    """Django's GZipMiddleware, for text only."""

    def process_response(self, request, response):
        if response.streaming or not response.get("Content-Type", "").startswith(TEXT):
            return response
        return super().process_response(request, response)
