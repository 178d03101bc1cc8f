"""What a process does that serves requests by threads: `python -m tests.live.connections FILE`.

Each thread opens a connection to the SQLite file, uses it, and closes it, for SECONDS (4 unless
set). Prints how often the process had its lock on the file while a connection was open, and how
often it had none. With ANCHOR=off it does so without what this project adds.
"""

import os
import random
import sys
import time
from collections import Counter
from pathlib import Path
from threading import Thread

THREADS = 4


def main(path: str) -> None:
    import django
    from django.db import connection
    from django.db.backends.signals import connection_created

    django.setup()
    if os.environ.get("ANCHOR") == "off":
        connection_created.disconnect(dispatch_uid="sqlite anchor")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE seen (id integer primary key)")
    connection.close()
    seen: Counter[str] = Counter(after=is_locked(path))
    deadline = time.monotonic() + float(os.environ.get("SECONDS", "4"))
    threads = [Thread(target=come_and_go, args=(path, deadline, seen)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(int(seen["after"]), seen["locked"], seen["unlocked"])  # noqa: T201


def come_and_go(path: str, deadline: float, seen: Counter[str]) -> None:
    from django.db import connection

    while time.monotonic() < deadline:
        time.sleep(random.random() * 0.002)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM seen")
        # The list changes while it is read, so one look can miss a lock.
        locked = any(is_locked(path) for _ in range(3))
        seen["locked" if locked else "unlocked"] += 1
        connection.close()


def is_locked(path: str) -> bool:
    """Whether this process holds a lock of the file at `path`, as the kernel says."""
    inode, process = f":{os.stat(path).st_ino} ", f" {os.getpid()} "
    lines = Path("/proc/locks").read_text().splitlines()
    return any(inode in line and process in line for line in lines)


if __name__ == "__main__":
    main(sys.argv[1])
