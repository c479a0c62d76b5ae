"""When the long runs of ./dev faults count as good: a load that was not sent proves nothing. And which files count as
written by people.

usage: goals_test.py ROOT
"""

import os
import sys
import tempfile
import unittest

sys.path[:0] = [os.path.join(sys.argv[1], "scripts/faults"), os.path.join(sys.argv[1], "scripts")]
import overload  # noqa: E402
import release_goals  # noqa: E402
import soak  # noqa: E402

OVERLOAD = {
    "peak": 70.0, "offered": 700.0, "due": 14000.0, "sent": 13900, "goodput": 0.97, "answered": 1350, "refused": 12550,
    "unsent": 100, "refusal_p50_ms": 0.4, "refusal_p99_ms": 4.0, "answer_p50_ms": 95.0, "answer_p99_ms": 130.0, "wrong": 0,
    "codes": {"OK": 1350, "RESOURCE_EXHAUSTED": 12550}, "reasons": {"work": 12550},
}  # fmt: skip

SOAK = {
    "minutes": 20, "load": 0.8, "rates": {"unary": 1000.0}, "p99_ms": {"unary": 2.0}, "answered": 1000000, "failed": 0,
    "failures": {}, "wrong": 0, "unsent": 0, "most_bytes": 1 << 28, "resting_bytes": 1 << 25, "grown_bytes": 1 << 20,
    "grows": False,
}  # fmt: skip


class GoalsTest(unittest.TestCase):
    def bad(self, script, found, **changes):
        with self.subTest(script.__name__, **changes):
            self.assertFalse(script.is_good({**found, **changes}))

    def test_what_a_script_writes_may_be_long(self):
        for head, counted in (("// What it is.\n", 501), ("// Written by a script; do not edit.\n", 0)):
            with self.subTest(head), tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
                file.write(head + "int x;\n" * 500)
                file.flush()
                self.assertEqual(release_goals.lines(file.name), counted)

    def test_overload(self):
        self.assertTrue(overload.is_good(OVERLOAD))
        # Six times instead of ten.
        self.bad(overload, OVERLOAD, sent=8533)
        self.bad(overload, OVERLOAD, goodput=0.89)
        self.bad(overload, OVERLOAD, refusal_p50_ms=1.0)
        self.bad(overload, OVERLOAD, refusal_p50_ms=float("nan"))
        self.bad(overload, OVERLOAD, answer_p99_ms=201.0)
        self.bad(overload, OVERLOAD, wrong=1)
        self.bad(overload, OVERLOAD, refused=1000)

    def test_overload_says_what_was_sent(self):
        self.assertIn("13,900 of 14,000 calls due were sent", overload.text(OVERLOAD))
        self.assertIn("refused in 0.40 ms (p50)", overload.text(OVERLOAD))
        self.assertIn("130 ms (p99)", overload.text(OVERLOAD))

    def test_soak(self):
        self.assertTrue(soak.is_good(SOAK))
        self.assertTrue(soak.is_good({**SOAK, "unsent": 1000}))
        self.bad(soak, SOAK, unsent=1002)
        self.bad(soak, SOAK, failed=1)
        self.bad(soak, SOAK, wrong=1)
        self.bad(soak, SOAK, grows=True)
        self.bad(soak, SOAK, answered=0)

    def test_soak_says_what_was_sent(self):
        self.assertIn("1,000,000 of 1,000,500 calls due were sent", soak.text({**SOAK, "unsent": 500}))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
