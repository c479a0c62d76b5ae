"""HAProxy, nginx or Envoy in front of three servers, run with the very file of deploy/proxies that people are given."""

import os
import re
import socket
import subprocess
import sys
import tempfile

from commands import ROOT
from processes import PATIENCE, eventually

sys.path.insert(0, os.path.join(ROOT, "tests/interop"))
from authority import Authority  # noqa: E402

# Brought by tests/interop/third_party.sh.
PROGRAMS = os.path.join(os.environ.get("ACTIVATION_THIRD_PARTY", os.path.join(ROOT, "build/third-party")), "bin")
FILES = {"haproxy": "haproxy.cfg", "nginx": "nginx.conf", "envoy": "envoy.yaml"}
# The servers that the files name.
HOSTS = ("127.0.0.2", "127.0.0.3", "127.0.0.4")


def program(kind):
    """The path of a proxy's program, or None where the machine has none."""
    path = os.path.join(PROGRAMS, kind)
    return path if os.access(path, os.X_OK) else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Proxy:
    """While the block runs: `endpoint` takes gRPC over TLS, with a certificate that `authority` has signed. `changes` are
    texts of the file and what stands in their place, as for shorter timeouts."""

    def __init__(self, kind, servers, changes=None):
        self._kind = kind
        self._changes = changes or {}
        self._folder = tempfile.TemporaryDirectory()
        folder = self._folder.name
        authority = Authority(folder, "authority")
        self.authority = authority.certificate
        certificate, key = authority.issue("tls")
        with open(os.path.join(folder, "tls.pem"), "w", encoding="utf-8") as both:
            for path in (certificate, key):
                with open(path, encoding="utf-8") as file:
                    both.write(file.read())
        self.endpoint = f"127.0.0.1:{free_port()}"
        config = os.path.join(folder, FILES[kind])
        with open(config, "w", encoding="utf-8") as file:
            file.write(self._configuration(servers))
        self._log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [program(kind), *self._arguments(config)], cwd=folder, stdout=self._log, stderr=subprocess.STDOUT
        )
        try:
            eventually(f"{kind} listens", self._listens)
        except RuntimeError:
            self.__exit__()
            raise

    def _configuration(self, servers):
        """The file with other addresses and another folder of certificates, and else as it stands."""
        with open(os.path.join(ROOT, "deploy/proxies", FILES[self._kind]), encoding="utf-8") as file:
            text = file.read()
        folder = self._folder.name
        changes = {"/etc/activation/": f"{folder}/"}
        for separator in (":", ", port_value: "):
            changes[f"0.0.0.0{separator}443"] = separator.join(self.endpoint.split(":"))
            for host, server in zip(HOSTS, servers, strict=True):
                changes[f"{host}{separator}50051"] = separator.join(server.address.split(":"))
        for server in servers:
            # HAProxy asks for health at another port.
            changes[f"{server.address} port 8080"] = f"{server.address} port {server.http_address.split(':')[1]}"
        if self._kind == "nginx":
            # Else folders that only the package's installation makes.
            names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            changes["http {\n"] = "http {\n" + "".join(f"{name}_temp_path {folder};\n" for name in names)
        for found in self._changes:
            if found not in text:
                raise RuntimeError(f"deploy/proxies/{FILES[self._kind]} has no '{found}'")
        for found, by in {**changes, **self._changes}.items():
            text = text.replace(found, by)
        left = re.search(r"\b(443|50051|8080)\b|/etc/\S*", text)
        if left:
            raise RuntimeError(f"deploy/proxies/{FILES[self._kind]} names what this does not know: {left[0]}")
        return text

    def _arguments(self, config):
        folder = self._folder.name
        if self._kind == "haproxy":
            return ["-db", "-f", config]
        if self._kind == "envoy":
            return ["-c", config, "--disable-hot-restart", "--concurrency", "2", "--log-level", "warning"]
        user = "user root; " if os.geteuid() == 0 else ""
        return ["-p", folder, "-c", config, "-e", "stderr", "-g", f"daemon off; pid {folder}/pid; {user}"]

    def _listens(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"{self._kind} ended: {self.log()}")
        host, port = self.endpoint.split(":")
        try:
            socket.create_connection((host, int(port)), timeout=PATIENCE).close()
        except ConnectionRefusedError:
            return False
        return True

    def log(self):
        with open(self._log.name, encoding="utf-8") as file:
            return file.read()[-3000:]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=PATIENCE)
        self._log.close()
        self._folder.cleanup()
