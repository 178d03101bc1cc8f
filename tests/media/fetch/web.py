"""A server that stands for the whole public web, and what it says."""

import socket
import socketserver
import threading

PUBLIC = "93.184.215.14"
REFUSED = "That address cannot be used"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npixels"


class Web:
    """A server on 127.0.0.1 that stands for the whole public web.

    `answers` gives the raw reply by host and path; a callable may write it to the socket
    itself. `asked` are the requests as they came, `connected` the addresses that were dialled.
    """

    def __init__(self):
        self.answers, self.names = {}, {}
        self.asked: list[str] = []
        self.connected: list[tuple[str, int]] = []
        web = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                web.handle(self.request)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()

    def handle(self, connection):
        request = b""
        while b"\r\n\r\n" not in request:
            if not (block := connection.recv(4096)):
                return
            request += block
        self.asked.append(request.decode())
        path = request.split(b" ", 2)[1].decode()
        answer = self.answers.get(path, b"HTTP/1.1 404 Not Found\r\n\r\n")
        if callable(answer):
            answer(connection)
        else:
            connection.sendall(answer)

    def resolve(self, host, port):
        return self.names.get(host, [PUBLIC])

    def connect(self, address, port, seconds):
        self.connected.append((address, port))
        return socket.create_connection(self.server.server_address, seconds)


def moved(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
