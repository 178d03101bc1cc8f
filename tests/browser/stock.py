"""Kept pictures and collections for browser tests, made over the API in no time."""

from playwright.sync_api import Page

from tests.live.processes import until

PROMPT = "Slate roofs above a winter harbour"


class Stock:
    """What the signed-in user of `page` keeps. Pictures stay for the next test."""

    def __init__(self, page: Page) -> None:
        cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
        self.headers = {"X-CSRFToken": cookies["csrftoken"]}
        self.request = page.request

    def pictures(self, prompt: str, count: int = 3) -> list[str]:
        """The ids of kept pictures with exactly this prompt, the newest first."""
        if len(found := self._kept(prompt)) < count:
            wanted = {"prompt": prompt, "batch_size": 3}
            job = self._post("generate-content", wanted)["job_id"]
            until(lambda: self._is_done(job), "the pictures are made")
            self._post("workspace-actions", {"action": "save", "job_ids": [job]})
            found = self._kept(prompt)
        return found[:count]

    def collection(self, name: str, assets: list[str] = (), parent: str | None = None) -> str:
        """The id of a new collection."""
        made = self._post("collections", {"name": name, "parent_id": parent})["id"]
        if assets:
            self._send("put", f"collections/{made}/assets", {"asset_ids": list(assets)})
        return made

    def members(self, collection: str) -> list[str]:
        """Its assets in order."""
        address = f"/api/v1/collections/{collection}/assets"
        return [item["id"] for item in self.request.get(address).json()["items"]]

    def move_into(self, collection: str, parent: str | None) -> None:
        self._send("patch", f"collections/{collection}", {"parent_id": parent})

    def no_collections(self) -> None:
        """Delete all there are."""
        for item in self.request.get("/api/v1/collections?limit=100").json()["items"]:
            address = f"/api/v1/collections/{item['id']}"
            self.request.delete(address, headers=self.headers)  # gone with its parent: 404

    def _kept(self, prompt: str) -> list[str]:
        found = self.request.get("/api/v1/library/assets", params={"q": f'"{prompt}"'})
        return [item["id"] for item in found.json()["items"]]

    def _is_done(self, job: str) -> bool:
        return self.request.get(f"/api/v1/jobs/{job}").json()["status"] == "completed"

    def _post(self, path: str, data: dict) -> dict:
        return self._send("post", path, data)

    def _send(self, method: str, path: str, data: dict) -> dict:
        answer = getattr(self.request, method)(f"/api/v1/{path}", data=data, headers=self.headers)
        assert answer.ok, answer.text()
        return answer.json()
