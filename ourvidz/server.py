"""The web server: uvicorn with the limits that the studio wants; `python -m ourvidz.server`.

benchmarks/README.md has the measurements behind the choice.
"""

import gc
import os

import uvicorn

from ourvidz import environment as env
from ourvidz.slow_clients import ImpatientProtocol

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ourvidz.settings")

LARGEST_FRAME = 64 * 1024  # bytes of one websocket message
SECONDS_TO_FINISH = 5  # for open requests once the server is told to stop


def options() -> dict:
    """Arguments for uvicorn.run, from the environment."""
    proxies = env.text("TRUSTED_PROXIES")
    return {
        "host": env.text("HOST", "127.0.0.1"),
        "port": env.number("PORT", 8000, 1),
        "http": ImpatientProtocol,
        "loop": "uvloop",
        "ws": "websockets-sansio",
        "lifespan": "off",
        "ws_max_size": LARGEST_FRAME,
        "server_header": False,
        "proxy_headers": bool(proxies),
        "forwarded_allow_ips": proxies,
        "access_log": env.flag("ACCESS_LOG", False),
        "timeout_graceful_shutdown": SECONDS_TO_FINISH,
        "log_config": None,  # Django's LOGGING has the format
    }


def main() -> None:
    from ourvidz.asgi import application
    from ourvidz.warming import warm

    warm()
    # What is loaded by now stays for good, so the collector need not look at it again.
    gc.collect()
    gc.freeze()
    uvicorn.run(application, **options())


if __name__ == "__main__":
    main()
