"""What of tus and of zips Ninja does not document: headers, and bodies that are no JSON."""

from typing import Any

PART_TYPE = "application/offset+octet-stream"
_BINARY = {"schema": {"type": "string", "format": "binary"}}


def _headers(**told: str) -> dict[str, Any]:
    """Required headers by their names (with _ for -) and what they say."""
    return {
        "parameters": [
            {
                "name": name.replace("_", "-"),
                "in": "header",
                "required": True,
                "description": description,
                "schema": {"type": "string"},
            }
            for name, description in {"Tus_Resumable": "1.0.0", **told}.items()
        ]
    }


OF_ONE = _headers()
CREATION = _headers(
    Upload_Length="Bytes of the whole file.",
    Upload_Metadata="filename and purpose (asset or archive), each with its value in base64: "
    "filename Ym9hdC5wbmc=,purpose YXNzZXQ=",
)
PART = _headers(Upload_Offset="Where these bytes begin.") | {
    "requestBody": {"required": True, "content": {PART_TYPE: _BINARY}}
}
ARCHIVE = {
    "responses": {
        200: {"description": "The archive", "content": {"application/zip": _BINARY}},
    }
}
