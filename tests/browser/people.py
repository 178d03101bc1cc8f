"""The people of a browser test's studio: each test has one of its own, already signed in."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError

from tests.live.processes import Studio, until
from tests.live.program import Program

PASSWORD = "a password for the browser tests"
SESSION_COOKIE = "sessionid"


@dataclass(frozen=True)
class Person:
    """Somebody with a session for browsers and a token for programs."""

    pk: int
    name: str
    session: str
    api: Program

    def submit(self, **wanted: Any) -> str:
        """The id of a new job."""
        return self.api.call("POST", "generate-content", wanted)["job_id"]

    def make(self, *wanted: dict[str, Any]) -> list[str]:
        """The ids of new jobs, in that order, which are completed."""
        jobs = [self.submit(**one) for one in wanted]
        until(lambda: all(map(self.has_completed, jobs)), "all is made", 60)
        return jobs

    def has_completed(self, job_id: str) -> bool:
        return self.api.call("GET", f"jobs/{job_id}")["status"] == "completed"

    def keep(self, *wanted: dict[str, Any]) -> list[str]:
        """Have what is wanted in the library; the ids of the assets."""
        saving = {"action": "save", "job_ids": self.make(*wanted)}
        results = self.api.call("POST", "workspace-actions", saving)["results"]
        return [result["library_asset_id"] for result in results]

    def collect(self, name: str, assets: list[str]) -> str:
        """The id of a new collection of `assets`."""
        collection = self.api.call("POST", "collections", {"name": name})["id"]
        if assets:
            self.api.call("PUT", f"collections/{collection}/assets", {"asset_ids": assets})
        return collection

    def members(self, collection: str) -> list[str]:
        """The ids of its assets in order."""
        items = self.api.call("GET", f"collections/{collection}/assets")["items"]
        return [item["id"] for item in items]

    def cancel_all(self) -> None:
        """Nothing that is queued or made holds up the next test."""
        for job in self.api.call("GET", "jobs?limit=100")["items"]:
            if job["status"] in ("queued", "running"):
                self._cancel(job["id"])

    def _cancel(self, job: str) -> None:
        try:
            self.api.call("POST", f"jobs/{job}/cancellation")
        except HTTPError as error:
            if error.code != 409:  # done meanwhile
                raise


def invite(studio: Studio, count: int) -> list[Person]:
    """`count` new people of `studio`."""
    code = f"from tests.browser.people import admit; admit({count})"
    people = json.loads(studio.manage("shell", "--verbosity", "0", "-c", code).splitlines()[-1])
    return [
        Person(pk, name, session, Program(studio.url, token)) for pk, name, session, token in people
    ]


def admit(count: int) -> None:
    """In a process of the studio: print what `invite` wants to know."""
    from django.contrib.auth.hashers import make_password
    from django.db import transaction

    password = make_password(PASSWORD)
    with transaction.atomic():
        people = [_admitted(f"creator{number}", password) for number in range(1, count + 1)]
    print(json.dumps(people))  # noqa: T201 - for the process that asks


def _admitted(name: str, password: str) -> tuple[int, str, str, str]:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from ourvidz.accounts.models import ApiToken, User

    user = User.objects.create(username=name, email=f"{name}@example.com", password=password)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    session.save()
    return user.pk, name, session.session_key, ApiToken.issue(user, "browser tests")[1]
