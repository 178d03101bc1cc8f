"""Calls of a worker on another machine, made by its token."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from generation.models import WorkerToken


class Caller:
    """A worker called `name`, with a token for `lanes`."""

    def __init__(self, name: str = "box-1", lanes=("sdxl", "wan", "chat"), token: str = "") -> None:
        if not token:
            self.row, token = WorkerToken.issue(f"token-{name}", lanes)
        self.name, self.token, self.lanes = name, token, list(lanes)
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def post(self, path: str, body: dict | None = None):
        body = json.dumps(body or {})
        return self.client.post(f"/api/v1/{path}", body, content_type="application/json")

    def claim(self, **changes):
        body = {"worker": self.name, "lanes": self.lanes, "wait_seconds": 0, **changes}
        return self.post("worker/claim", {"backends": {"sdxl": "fake"}, **body})

    def claimed(self, **changes) -> dict:
        answer = self.claim(**changes)
        assert answer.status_code == 200, answer.content
        return answer.json()["job"]

    def progress(self, job: dict, **told):
        return self.post(f"worker/jobs/{job['id']}/progress", {"fence": job["fence"], **told})

    def deliver(self, job: dict, index: int, content: bytes | None, **changes):
        form = {"fence": job["fence"], "index": index, "extension": "png", **changes}
        if content is not None:
            form["file"] = SimpleUploadedFile("0.png", content, "image/png")
        return self.client.post(f"/api/v1/worker/jobs/{job['id']}/outputs", form)

    def end(self, job: dict, status: str = "completed", **told):
        report = {"job_id": job["id"], "fence": job["fence"], "status": status, **told}
        return self.post("generation-complete", report)
