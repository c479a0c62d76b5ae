"""What activation-client says of values that are empty, that are given twice, or that are too many."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from cli_case import ToolTest


class EmptyValueTest(ToolTest):
    def test_as_an_argument_of_its_own_it_is_refused_as_behind_the_sign(self):
        for name, *arguments in (
            ("dy", "gradient", "-f", "relu", "1", "--dy"), ("weight", "forward", "-f", "relu", "1", "--weight"),
            ("weight", "forward", "-f", "relu", "1", "-w"), ("output", "forward", "-f", "relu", "1", "-o"),
            ("output", "plot", "gelu", "-o"), ("output", "plot", "gelu", "-go"), ("output", "bench", "-o"),
            ("dtype", "forward", "-f", "relu", "1", "--dtype"), ("param", "forward", "-f", "relu", "1", "-p"),
            ("svg", "check", "-f", "relu", "1", "1", "--svg"), ("mix", "bench", "--mix"),
            ("shape", "bench", "--elements"), ("service", "health", "--service"), ("tls-ca", "list", "--tls-ca"),
            ("token-file", "list", "--token-file"), ("address", "list", "-a"), ("config", "list", "--config"),
        ):
            with self.subTest(arguments):
                self.assertIn(f"--{name}: is empty\n", self.refusal(2, *arguments, ""))
                if arguments[-1].startswith("--"):
                    self.assertIn(": is empty\n", self.refusal(2, *arguments[:-1], arguments[-1] + "="))

    def test_the_shape_of_a_scalar_is_empty(self):
        request = self.answer("forward", "-f", "relu", "--shape", "", "--print-grpcurl", "1")
        self.assertNotIn(b'"shape"', request)
        self.assertIn(b'"shape"', self.answer("forward", "-f", "relu", "--print-grpcurl", "1"))

    def test_a_file_has_none(self):
        config = self.path("empty.conf", b'token-file = ""\n')
        self.assertIn("line 1: --token-file: is empty", self.refusal(2, "list", "--config", config))

    def test_a_variable_that_names_a_file_has_none(self):
        for name in ("CONFIG", "TLS_CA", "TLS_CERTIFICATE", "TLS_KEY", "TOKEN_FILE"):
            variable = f"ACTIVATION_CLIENT_{name}"
            self.assertIn(f"{variable}: is empty; leave it out",
                          self.refusal(2, "health", environment={variable: ""}))

    def test_what_ends_in_a_sign_is_not_empty(self):
        file = self.path("padded=", b"")
        self.assertIn(f"--token-file: {file} is empty",
                      self.refusal(2, "health", environment={"ACTIVATION_CLIENT_TOKEN_FILE": file}))

    def test_other_empty_variables_count_as_none(self):
        others = {"ACTIVATION_ADDRESS": "", "ACTIVATION_TLS_KEY": "", "ACTIVATION_CLIENT_SERVICE_HOST": "",
                  "ACTIVATION_CLIENT_ADDRESS": "", "ACTIVATION_CLIENT_DEADLINE": "", "ACTIVATION_CLIENT_JSON": "",
                  "ACTIVATION_CLIENT_TLS": "", "ACTIVATION_CLIENT_TLS_SERVER_NAME": ""}
        self.answer("check", "-f", "relu", "1", "1", environment=others)


class TooMuchTest(ToolTest):
    def test_an_option_that_is_given_twice(self):
        for name, *arguments in (("address", "list", "-a", "x:1", "--address=y:1"),
                                 ("function", "forward", "-f", "relu", "-f", "gelu", "1"),
                                 ("max-ulp", "check", "-f", "relu", "1", "1", *3 * ("--max-ulp=1",))):
            self.assertIn(f"--{name}: is given twice\n", self.refusal(2, *arguments))

    def test_elements_that_are_no_list(self):
        for command in (("forward", "-f", "gelu"), ("gradient", "-f", "gelu"), ("diagnose",)):
            for numbers, second, joined in ((("--", "-1", "-2"), "-2", "-1,-2"), (("-1", "-2"), "-2", "-1,-2"),
                                            (("1", "2", "-inf"), "2", "1,2,-inf")):
                self.assertIn(f"nothing takes the argument '{second}'; the elements of a tensor are one argument: "
                              f"{joined}\n", self.refusal(2, *command, *numbers))

    def test_what_is_no_element_has_no_such_hint(self):
        for arguments in (("list", "2"), ("list", "--", "2"), ("forward", "-f", "relu", "x.npy", "2"),
                          ("gradient", "-f", "relu", "1,2", "2")):
            self.assertIn("nothing takes the argument '2'\n", self.refusal(2, *arguments))
        self.assertIn("no flag --functon", self.refusal(2, "forward", "1", "-2", "--functon", "relu"))

    def test_a_negative_number_is_named_as_it_was_typed(self):
        self.assertIn("--rate: '-5' is no number", self.refusal(2, "bench", "--rate", "-5"))
        self.assertIn("'-1,2': it has 2", self.refusal(3, "forward", "-f", "relu", "-1,2", "--shape=3"))
        self.assertIn("no subcommand '-2'", self.refusal(2, "-2"))
        self.assertIn("no subcommand 'frob'", self.refusal(2, "--", "frob"))


if __name__ == "__main__":
    unittest.main()
