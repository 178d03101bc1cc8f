"""How long `bin/run` takes until it serves a page: `python benchmarks/startup.py [--install]`.

Twice in one fresh folder: the first start migrates and collects static files, the second finds
all of it done. With `--install` from a fresh clone, so that packages are installed as well.
"""

import argparse
import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = "/accounts/login/"
LONGEST_SECONDS = 600


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def page_is_served(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", PAGE)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def seconds_until_served(checkout: Path, folder: Path) -> float:
    port = free_port()
    environment = os.environ | {"OURVIDZ_VAR": str(folder), "PORT": str(port)}
    started = time.perf_counter()
    studio = subprocess.Popen(
        [checkout / "bin" / "run"], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        while not page_is_served(port):
            assert studio.poll() is None, "bin/run has ended"
            assert time.perf_counter() - started < LONGEST_SECONDS
            time.sleep(0.02)
        return time.perf_counter() - started
    finally:
        studio.send_signal(signal.SIGINT)
        studio.wait(20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--install", action="store_true", help="from a fresh clone")
    install = parser.parse_args().install
    with tempfile.TemporaryDirectory(prefix="ourvidz-startup-") as name:
        checkout, folder = ROOT, Path(name) / "var"
        if install:
            checkout = Path(name) / "clone"
            subprocess.run(["git", "clone", "--quiet", ROOT, checkout], check=True)
        for which in ("first", "second"):
            print(f"{which} start: {seconds_until_served(checkout, folder):.1f} s", flush=True)


if __name__ == "__main__":
    main()
