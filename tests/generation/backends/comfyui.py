"""A small server that speaks ComfyUI's protocol: its routes, its messages, its history.

Shapes after docs.comfy.org (comms_routes, comms_messages). It understands one node, `Paint`,
which paints noise out of its inputs, and takes as many steps as it is told.
"""

import asyncio
import hashlib
import io
import json
import re
import struct
import time
import uuid
from fractions import Fraction
from threading import Thread
from urllib.parse import parse_qs

import numpy as np
import uvicorn
from PIL import Image

from ourvidz.media import encode


class ComfyServer:
    """Runs in a thread. `fault` is what goes wrong: refuse, error, lose, silent, size, nothing."""

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
            self.freed += 1
        return 200, {}

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
        await self.say(client, "execution_start", {"prompt_id": prompt_id})
        await self.say(client, "executing", about)
        if self.fault == "lose":
            self.running.remove(prompt_id)
            await self.sockets[client]({"type": "websocket.close"})
            return
        preview = io.BytesIO()
        Image.new("RGB", (300, 200), (90, 20, 30)).save(preview, "JPEG")
        for step in range(1, inputs["steps"] + 1):
            await asyncio.sleep(0.005)
            if prompt_id in self.cancelled:
                return
            await self.say(client, "progress", {**about, "value": step, "max": inputs["steps"]})
            said = struct.pack(">II", 1, 1) + preview.getvalue()
            await self.sockets[client]({"type": "websocket.send", "bytes": said})
        if self.fault == "error":
            message = {"exception_message": "CUDA out of memory", "exception_type": "OOM"}
            await self.say(client, "execution_error", {**about, **message})
            return
        self.finish(prompt_id, inputs)
        if self.fault != "silent":
            await self.say(client, "progress", {**about, "value": 1, "max": 4})  # a later node
            await self.say(client, "executing", {"prompt_id": prompt_id, "node": None})

    def finish(self, prompt_id, inputs):
        name = f"{prompt_id}.{'mp4' if inputs.get('frames') else 'png'}"
        file = {"filename": name, "subfolder": "", "type": "output"}
        outputs = {} if self.fault == "nothing" else {"9": {"images": [file]}}
        self.files[name] = self.paint(inputs, name)
        self.running.remove(prompt_id)
        self.history[prompt_id] = {"outputs": outputs, "status": {"completed": True}}

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
        text = json.dumps({"type": kind, "data": data})
        await self.sockets[client]({"type": "websocket.send", "text": text})
