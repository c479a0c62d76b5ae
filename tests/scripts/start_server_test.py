"""start_server of scripts/dev/lib/server.sh: the address that it finds is that of the server it started.

usage: start_server_test.py ROOT
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

LIBRARY = pathlib.Path(sys.argv[1]).resolve() / "scripts/dev/lib/server.sh"

# In the server's place: what matters is when its line comes.
SERVER = """#!/bin/sh
echo '{"event":"started","address":"127.0.0.1:2","http_address":"127.0.0.1:3"}'
exec sleep 60
"""
EARLIER = '{"event":"started","address":"127.0.0.1:1","http_address":"127.0.0.1:1"}\n'
SCRIPT = """
set -euo pipefail
die() { echo "$*" >&2; exit 1; }
source "$1"
start_server log
echo "$server_address $server_http_address"
stop_server || true
"""


class StartServerTest(unittest.TestCase):
    def start(self, log):
        """What it finds where the log was so before; None: there was none."""
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder) / "build/release/bin/activation-server"
            program.parent.mkdir(parents=True)
            program.write_text(SERVER, encoding="utf-8")
            program.chmod(0o755)
            if log is not None:
                (pathlib.Path(folder) / "log").write_text(log, encoding="utf-8")
            done = subprocess.run(
                ["bash", "-c", SCRIPT, "bash", LIBRARY], cwd=folder, capture_output=True, text=True, timeout=60
            )
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout

    # Who comes to the log first, the server or who reads, is a matter of luck: one in twenty was wrong.
    def test_a_log_that_is_not_there_yet_is_waited_for(self):
        for _ in range(30):
            self.assertEqual(self.start(None), "127.0.0.1:2 127.0.0.1:3\n")

    def test_the_line_of_an_earlier_run_is_not_taken(self):
        for _ in range(30):
            self.assertEqual(self.start(EARLIER), "127.0.0.1:2 127.0.0.1:3\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
