"""Installs into a fresh prefix and builds the quickstart against it as a stranger would: once with
find_package, once with pkg-config and the compiler alone. Runs both against a real server."""

import argparse
import os
import pathlib
import re
import select
import subprocess
import sys
import tempfile
import time

STARTUP_SECONDS = 60
EXPECTED = ["gelu(-1) = -0.158655", "gelu(0) = 0", "gelu(1) = 0.841345"]


def run(*command, **kwargs):
    """Runs a command; shows what it printed only if it fails."""
    done = subprocess.run(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kwargs
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


def check_prefix(prefix):
    """No installed text may lead back to the build or source tree, and no header needs gRPC."""
    headers = list((prefix / "include").rglob("*.h"))
    assert len(headers) >= 3, headers
    for header in headers:
        assert not re.search(r"#include.*(grpc|protobuf|\.pb\.h)", header.read_text()), header


def build_with_cmake(args, prefix, work):
    """find_package(activation CONFIG REQUIRED)"""
    build = work / "cmake-build"
    run(
        args.cmake, "-S", args.consumer, "-B", build, "-G", "Ninja",
        f"-DCMAKE_PREFIX_PATH={prefix}", f"-DQUICKSTART={args.quickstart}",
        f"-DCMAKE_CXX_COMPILER={args.compiler}", f"-DCMAKE_CXX_FLAGS={args.flags}",
    )  # fmt: skip
    run(args.cmake, "--build", build)
    return build / "consumer"


def build_with_pkg_config(args, prefix, work):
    """g++ quickstart.cc $(pkg-config --cflags --libs activation)"""
    found = list(prefix.rglob("activation.pc"))
    assert len(found) == 1, found
    environment = {**os.environ, "PKG_CONFIG_PATH": str(found[0].parent)}
    flags = run("pkg-config", "--cflags", "--libs", "activation", env=environment).split()
    binary = work / "quickstart"
    run(args.compiler, *args.flags.split(), "-std=c++20", "-o", binary, args.quickstart, *flags)
    return binary


def start_server(server, socket):
    """Starts the server on a unix socket and waits until the socket is there."""
    process = subprocess.Popen(
        [server, f"--address=unix:{socket}", "--http-address=127.0.0.1:0"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    deadline = time.monotonic() + STARTUP_SECONDS
    output = b""
    while not socket.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            sys.exit(f"the server did not start:\n{(output + process.stdout.read()).decode()}")
        if select.select([process.stdout], [], [], 0.05)[0]:
            output += os.read(process.stdout.fileno(), 65536)
    return process


def check_against_server(server, socket, binaries):
    """Both programs print what GELU is."""
    process = start_server(server, socket)
    try:
        for binary in binaries:
            printed = run(binary, f"unix:{socket}").splitlines()
            assert printed == EXPECTED, (binary, printed)
    finally:
        process.terminate()
        process.communicate(timeout=STARTUP_SECONDS)


def check_without_server(binaries):
    """A dead endpoint is an error that says what and where."""
    for binary in binaries:
        done = subprocess.run([binary, "unix:/nonexistent/activation.sock"], capture_output=True, text=True)
        assert done.returncode == 1, done
        assert "UNAVAILABLE" in done.stderr and "/nonexistent/activation.sock" in done.stderr, done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("cmake", "build-dir", "consumer", "quickstart", "compiler"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--flags", default="", help="compiler flags every program here needs (sanitizers)")
    parser.add_argument("--server", help="activation-server to run the programs against")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        prefix = work / "prefix"
        run(args.cmake, "--install", args.build_dir, "--prefix", prefix, "--component", "library")
        check_prefix(prefix)
        binaries = [build_with_cmake(args, prefix, work), build_with_pkg_config(args, prefix, work)]
        check_without_server(binaries)
        if args.server:
            check_against_server(args.server, work / "s", binaries)


if __name__ == "__main__":
    main()
