"""docs/flags.md has the flags that the server has, with what it says of them.

usage: flags_test.py ROOT, with the programs in ACTIVATION_BIN
"""

import os
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(sys.argv[1])
sys.path.append(str(ROOT / "scripts"))
import flags_page  # noqa: E402


class FlagsTest(unittest.TestCase):
    def setUp(self):
        server = os.path.join(os.environ["ACTIVATION_BIN"], "activation-server")
        self.help = subprocess.run(
            [server, "--help"], capture_output=True, text=True, timeout=60, check=True
        ).stdout

    def test_the_page_is_of_this_server(self):
        page = (ROOT / "docs/flags.md").read_text(encoding="utf-8")
        self.assertEqual(page, flags_page.page(self.help), "`./dev docs` makes it anew")

    def test_no_flag_is_left_out(self):
        names = {flag["flag"] for _, found in flags_page.flags(self.help) for flag in found}
        self.assertEqual(names, set(re.findall(r"^ +(?:-\w,)?(--[a-z-]+)", self.help, re.M)))
        self.assertGreater(len(names), 40)

    def test_lines_of_each_form_are_read(self):
        text = "Limits:\n  -h,--help    Help\n  --a-b N [5m]  How (so) long (1s to 1h)\n  --c off|on [on]\n" + " " * 40 + "Whether\n"
        found = dict(flags_page.flags(text))["Limits"]
        self.assertEqual(
            [flags_page.row(flag) for flag in found],
            [
                "| `--help` |  |  | Help |",
                "| `--a-b N` | `5m` | 1s to 1h | How (so) long |",
                "| `--c off\\|on` | `on` |  | Whether |",
            ],
        )


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
