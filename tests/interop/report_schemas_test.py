"""What `activation-client check` and `diagnose` write in JSON is what their report.schema.json say,
judged by another implementation of JSON Schema. No server is there."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import jsonschema

CLI = pathlib.Path(__file__).resolve().parents[2] / "client/cli"
CLIENT = os.path.join(os.environ["ACTIVATION_BIN"], "activation-client")


def validator(folder):
    schema = json.loads((CLI / folder / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


class SchemaCase(unittest.TestCase):
    def report(self, *arguments, code=0):
        done = subprocess.run(
            [CLIENT, arguments[0], "--json", *arguments[1:]],
            capture_output=True, text=True, timeout=120, check=False,
        )
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout)

    def expect_refused(self, judge, report, *path):
        """One value changed to what the schema does not allow."""
        place = report
        for key in path[:-1]:
            place = place[key]
        kept, place[path[-1]] = place[path[-1]], ["wrong"]
        self.assertFalse(judge.is_valid(report), path)
        place[path[-1]] = kept


class CheckTest(SchemaCase):
    def test_every_report_validates(self):
        judge = validator("check")
        with tempfile.TemporaryDirectory() as folder:
            every = pathlib.Path(folder, "y.bin")
            every.write_bytes(bytes(2 * 65536))
            reports = [
                self.report("check", "-f", "relu", "-1,0,1", "0,0,1"),
                self.report("check", "-f", "leaky_relu", "-p", "slope=0.5", "-2,3", "-1,3.0000005"),
                self.report("check", "-g", "-f", "gelu", "1,2", "3,4", "nan,inf"),
                self.report("check", "-f", "exp", "--dtype=f64", "1,nan,-inf", "2.7,1,inf"),
                self.report("check", "-f", "relu", "--max-ulp=1", "1,-inf", "2,nan", code=98),
                self.report("check", "-f", "relu", "--max-ulp=0.5", "1", "1"),
                self.report("check", "-f", "gelu", "--dtype=f16", "--all-inputs", str(every)),
            ]
        for report in reports:
            judge.validate(report)
            self.expect_refused(judge, report, "finite_inputs", "wrong")
            self.expect_refused(judge, report, "histogram")
        self.expect_refused(judge, reports[1], "worst", 0, "ulp")
        del reports[-2]["passed"]
        self.assertFalse(judge.is_valid(reports[-2]))


class DiagnoseTest(SchemaCase):
    def test_every_report_validates(self):
        judge = validator("diagnose")
        for arguments in (
            ("--normal", "0,1"),
            ("--normal", "0,400", "-f", "exp"),
            ("--normal", "0,1", "--sample=100", "--dtype=f16"),
            ("-1,0,1",),
            ("nan,inf", "-f", "relu"),
            ("0,0", "-f", "relu"),
        ):
            with self.subTest(arguments):
                report = self.report("diagnose", *arguments)
                judge.validate(report)
                self.expect_refused(judge, report, "functions", 0, "dead")
                self.expect_refused(judge, report, "input", "name")


if __name__ == "__main__":
    unittest.main()
