"""A small server that speaks ComfyUI's protocol: its routes, its messages, its history.

Shapes and order after docs.comfy.org (comms_routes, comms_messages) and the server's own code:
the history is written after `execution_success` and before the last `executing`. It understands
one node, `Paint`, which paints noise out of its inputs, and takes as many steps as it is told.
"""

import asyncio
import hashlib
import io
import json
import re
import struct
import time
import uuid
from contextlib import suppress
from fractions import Fraction
from threading import Thread
from urllib.parse import parse_qs

import numpy as np
import uvicorn
from PIL import Image
from uvicorn.protocols.utils import ClientDisconnected

from ourvidz.media import encode


class ComfyServer:
    """Runs in a thread. `fault` is what goes wrong.

    refuse, error, memory (until it is freed), lose, silent, deaf (fails, and the socket ends
    before it is said), size, nothing.
    """

    def __init__(self, folder) -> None:
        self.folder, self.fault = folder, ""
        self.sockets, self.inputs, self.history, self.files = {}, {}, {}, {}
        self.running, self.cancelled, self.freed = [], set(), 0
        self.submitted: list[dict] = []

    def __enter__(self):
        config = uvicorn.Config(
            self.application,
            "127.0.0.1",
            0,
            log_level="error",
            lifespan="off",
            interface="asgi3",
            ws="websockets-sansio",
        )
        self.server = uvicorn.Server(config)
        self.thread = Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *error):
        self.server.should_exit = self.server.force_exit = True
        self.thread.join()

    async def application(self, scope, receive, send):
        if scope["type"] == "websocket":
            await self.socket(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        status, content = self.answer(scope, body)
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": content})

    async def socket(self, scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        client = parse_qs(scope["query_string"].decode())["clientId"][0]
        self.sockets[client] = send
        status = {"status": {"exec_info": {"queue_remaining": 0}}, "sid": client}
        await self.say(client, "status", status)
        while (await receive())["type"] != "websocket.disconnect":
            pass

    def answer(self, scope, body):
        path = scope["path"]
        if path == "/prompt":
            return self.queue(json.loads(body))
        if path == "/upload/image":
            name = re.search(rb'filename="(.*?)"', body)[1].decode()
            start = body.index(b"\x89PNG")
            self.inputs[name] = body[start : body.rindex(b"\r\n--")]
            return 200, {"name": name, "subfolder": "", "type": "input"}
        if path.startswith("/history/"):
            prompt_id = path.rpartition("/")[2]
            return 200, {prompt_id: self.history[prompt_id]} if prompt_id in self.history else {}
        if path == "/view":
            return 200, self.files[parse_qs(scope["query_string"].decode())["filename"][0]]
        if path == "/queue" and scope["method"] == "GET":
            running = [[0, prompt_id, {}, {}, []] for prompt_id in self.running]
            return 200, {"queue_running": running, "queue_pending": []}
        if path == "/interrupt":
            self.cancelled.add(json.loads(body)["prompt_id"])
        if path == "/free":
            assert json.loads(body) == {"unload_models": True, "free_memory": True}
            self.freed += 1
        return 200, b""

    def queue(self, asked):
        self.submitted.append(asked["prompt"])
        if self.fault == "refuse":
            error = {"type": "invalid_prompt", "message": "Cannot execute", "details": ""}
            return 400, {"error": error, "node_errors": {}}
        prompt_id = str(uuid.uuid4())
        self.running.append(prompt_id)
        self.task = asyncio.get_running_loop().create_task(
            self.execute(prompt_id, asked["client_id"], asked["prompt"])
        )
        return 200, {"prompt_id": prompt_id, "number": 1, "node_errors": {}}

    async def execute(self, prompt_id, client, prompt):
        inputs = prompt["1"]["inputs"]
        about = {"prompt_id": prompt_id, "node": "1"}
        await self.say(client, "execution_start", {"prompt_id": prompt_id, "timestamp": 1})
        await self.say(client, "execution_cached", {"nodes": [], "prompt_id": prompt_id})
        await self.say(client, "executing", {**about, "display_node": "1"})
        if self.fault == "lose":
            self.running.remove(prompt_id)
            await self.sockets[client]({"type": "websocket.close"})
            return
        if not await self.step(prompt_id, client, inputs["steps"]):
            await self.end(prompt_id, client, failed=("execution_interrupted", {}))
            return
        if failed := self.failure():
            await self.end(prompt_id, client, failed=failed)
            return
        name = f"{prompt_id}.{'mp4' if inputs.get('frames') else 'png'}"
        self.files[name] = self.paint(inputs, name)
        await self.end(prompt_id, client, name)

    async def step(self, prompt_id, client, steps):
        """As many steps as were asked for, each with a picture; False if it is interrupted."""
        preview = io.BytesIO()
        Image.new("RGB", (300, 200), (90, 20, 30)).save(preview, "JPEG")
        for step in range(1, steps + 1):
            await asyncio.sleep(0.005)
            if prompt_id in self.cancelled:
                return False
            about = {"prompt_id": prompt_id, "node": "1"}
            await self.say(client, "progress", {**about, "value": step, "max": steps})
            said = struct.pack(">II", 1, 1) + preview.getvalue()
            await self.send(client, bytes=said)
        return True

    def failure(self):
        """The message of what goes wrong in the node, if anything does."""
        wrong = {"exception_message": "a tensor is on fire", "exception_type": "ValueError"}
        if self.fault == "memory" and not self.freed:
            wrong = {"exception_message": "Allocation on device", "exception_type": "OutOfMemory"}
        elif self.fault not in {"error", "deaf"}:
            return None
        return "execution_error", {"node_id": "1", "node_type": "Paint", "executed": [], **wrong}

    async def end(self, prompt_id, client, name="", failed=None):
        """Say how it went, then write the history, then say that nothing runs any more."""
        about = {"prompt_id": prompt_id}
        kind, data = failed or ("execution_success", {"timestamp": 2})
        file = {"filename": name, "subfolder": "", "type": "output"}
        outputs = {"9": {"images": [file]}} if name and self.fault != "nothing" else {}
        if self.fault == "deaf":
            await self.sockets[client]({"type": "websocket.close"})
        elif self.fault != "silent":
            await self.say(client, "progress", {**about, "node": "9", "value": 1, "max": 4})
            await self.say(client, kind, {**about, **data})
        await asyncio.sleep(0.05)
        status = {
            "status_str": "error" if failed else "success",
            "completed": not failed,
            "messages": [["execution_start", about], [kind, {**about, **data}]],
        }
        self.running.remove(prompt_id)
        self.history[prompt_id] = {"prompt": [], "outputs": outputs, "status": status, "meta": {}}
        if self.fault not in {"silent", "deaf"}:
            await self.say(client, "executing", {"node": None, **about})

    def paint(self, inputs, name) -> bytes:
        seed = hashlib.sha256(json.dumps(inputs | {"image": ""}).encode()).digest()
        generator = np.random.default_rng(list(seed))
        size = (32, 32) if self.fault == "size" else (inputs["width"], inputs["height"])
        shape = (inputs.get("frames") or 1, size[1], size[0], 3)
        frames = generator.integers(0, 256, shape, np.uint8)
        if inputs.get("image"):
            source = Image.open(io.BytesIO(self.inputs[inputs["image"]]))
            frames = (frames // 2 + np.asarray(source.resize(size)) // 2).astype(np.uint8)
        path = self.folder / name
        if inputs.get("frames"):
            encode.write_mp4(frames, path, Fraction(50, 3), size, {})
        else:
            Image.fromarray(frames[0]).save(path)
        return path.read_bytes()

    async def say(self, client, kind, data):
        await self.send(client, text=json.dumps({"type": kind, "data": data}))

    async def send(self, client, **message):
        """To whom is still there."""
        with suppress(ClientDisconnected):
            await self.sockets[client]({"type": "websocket.send", **message})
