"""A TCP link in front of a server that keeps replies back, and breaks."""

import contextlib
import select
import socket
import threading


class FaultyLink:
    """To host:port; takes one connection after the other."""

    def __init__(self, target):
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._holding = threading.Event()
        self._breaking = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def hold_replies(self):
        """From now on nothing that the server sends is handed on."""
        self._holding.set()

    def break_off(self):
        """Closes the connection of now at both ends; those after it are whole again."""
        self._breaking.set()

    def close(self):
        self._stopping.set()
        self._thread.join()
        self._listener.close()

    def _serve(self):
        while not self._stopping.is_set():
            if not select.select([self._listener], [], [], 0.02)[0]:
                continue
            client, _ = self._listener.accept()
            host, port = self._target.rsplit(":", 1)
            with client, contextlib.suppress(OSError):
                with socket.create_connection((host, int(port))) as server:
                    self._carry(client, server)

    def _carry(self, client, server):
        while not self._stopping.is_set():
            if self._breaking.is_set():
                self._holding.clear()
                self._breaking.clear()
                return
            ends = [client] if self._holding.is_set() else [client, server]
            for source in select.select(ends, [], [], 0.02)[0]:
                data = source.recv(1 << 16)
                if not data:
                    return
                (server if source is client else client).sendall(data)
