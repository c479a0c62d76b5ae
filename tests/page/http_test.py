"""All that the status page is made of, fetched from a real server: types, headers, refusals."""

import http.client
import json
import math
import re
import socket
import unittest

from server import Server

KINDS_OF_CONTENT = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}


class HttpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)

    def ask(self, path, method="GET"):
        connection = http.client.HTTPConnection(self.server.http_address, timeout=30)
        self.addCleanup(connection.close)
        connection.request(method, path)
        response = connection.getresponse()
        return response, response.read()

    def test_without_the_page_there_are_metrics_and_health_alone(self):
        with Server("--page=off") as server:
            connection = http.client.HTTPConnection(server.http_address, timeout=30)
            self.addCleanup(connection.close)
            paths = ("/", "/page/style.css", "/api/functions", "/api/curve?function=relu", "/api/figures?function=relu")
            for code, asked in ((404, paths), (200, ("/metrics", "/healthz", "/readyz"))):
                for path in asked:
                    with self.subTest(path):
                        connection.request("GET", path)
                        response = connection.getresponse()
                        response.read()
                        self.assertEqual(response.status, code)

    def json(self, path, code=200):
        response, body = self.ask(path)
        self.assertEqual(response.status, code, body)
        self.assertEqual(response.headers["Content-Type"], "application/json")
        return json.loads(body)

    def is_strict(self, response):
        policy = response.headers["Content-Security-Policy"]
        self.assertTrue(policy.startswith("default-src 'none'"), policy)
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertNotRegex(policy, r"unsafe|\*|http|data:")
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(response.headers["Cross-Origin-Resource-Policy"], "same-origin")
        self.assertEqual(response.headers["Cross-Origin-Opener-Policy"], "same-origin")
        self.assertIn("camera=()", response.headers["Permissions-Policy"])
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def raw(self, request):
        """The answer to bytes that no HTTP library would send."""
        host, port = self.server.http_address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            try:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                return b"".join(iter(lambda: connection.recv(65536), b""))
            except OSError:
                return b""  # refused before it was read

    def test_every_file_that_is_named_is_there(self):
        response, body = self.ask("/")
        self.assertEqual(response.headers["Content-Type"], "text/html; charset=utf-8")
        self.is_strict(response)
        names = set(re.findall(r'(?:href|src)="(/page/[^"]+)"', body.decode()))
        seen = set()
        while names - seen:
            name = (names - seen).pop()
            seen.add(name)
            response, body = self.ask(name)
            self.assertEqual(response.status, 200, name)
            self.is_strict(response)
            extension = name[name.rindex(".") :]
            self.assertEqual(response.headers["Content-Type"], KINDS_OF_CONTENT[extension], name)
            names |= set(re.findall(r'from "(/page/[^"]+)"', body.decode()))
        self.assertGreater(len(seen), 10)

    def test_the_page_may_run_only_this_servers_scripts(self):
        response, body = self.ask("/")
        policy = response.headers["Content-Security-Policy"]
        for directive in (
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "form-action 'none'",
        ):
            self.assertIn(directive, policy)
        # Nothing in it that the policy would not let run.
        self.assertNotRegex(body.decode(), r"<script(?![^>]* src=)|<style| style=| on\w+=")

    def test_every_function_has_a_curve(self):
        catalogue = self.json("/api/functions")
        self.assertGreater(len(catalogue["functions"]), 40)
        self.assertEqual(catalogue["server"]["address"], self.server.address)
        for function in catalogue["functions"]:
            curve = self.json(f"/api/curve?function={function['name']}&from=-3&to=3&points=13")
            self.assertEqual(curve["x"], [i / 2 - 3 for i in range(13)])
            self.assertEqual([len(curve["y"]), len(curve["derivative"])], [13, 13])

    def test_a_curve_is_the_function(self):
        curve = self.json("/api/curve?function=elu&parameters.alpha=0.5&from=-4&to=4&points=17")
        for x, y, slope in zip(curve["x"], curve["y"], curve["derivative"]):
            self.assertAlmostEqual(y, x if x > 0 else 0.5 * math.expm1(x), places=6)
            self.assertAlmostEqual(slope, 1 if x > 0 else 0.5 * math.exp(x), places=6)

    def test_a_wrong_field_is_named(self):
        for query, field in {
            "": "function",
            "function=nosuch": "function",
            "function=gelu&points=1": "points",
            "function=gelu&points=2002": "points",
            "function=gelu&from=3&to=2": "to",
            "function=gelu&from=NaN": "from",
            "function=elu&parameters.alpha=1e99": 'parameters["alpha"]',
            "function=gelu&function=relu": "query",
            "function=%zz": "query",
            "function=gelu&nosuch=1": "query",
            "function=softmax&other=x": "other",
        }.items():
            error = self.json(f"/api/curve?{query}", 400)["error"]
            self.assertEqual(error["field"], field, query)
            self.assertIn(field, error["message"])

    def test_no_input_comes_back_as_markup(self):
        response, body = self.ask("/api/curve?function=%3Cscript%3Ealert(1)%3C/script%3E")
        self.assertEqual(response.status, 400)
        self.assertEqual(response.headers["Content-Type"], "application/json")
        self.is_strict(response)
        for path in (
            "/%3Czebra%3E",
            "/?a=%3Czebra%3E",
            "/page/%3Czebra%3E",
            "/metrics?%3Czebra%3E",
        ):
            response, body = self.ask(path)
            self.assertNotIn(b"zebra", body, path)
            self.is_strict(response)

    def test_only_get_and_head(self):
        for path in ("/", "/page/main.js", "/api/curve?function=gelu", "/metrics"):
            for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
                response, _ = self.ask(path, method)
                self.assertEqual(response.status, 405, (method, path))
                self.assertEqual(response.headers["Allow"], "GET, HEAD")
            response, body = self.ask(path, "HEAD")
            self.assertEqual([response.status, body], [200, b""])
            self.assertGreater(int(response.headers["Content-Length"]), 0)

    def test_what_is_too_long_is_refused(self):
        response, _ = self.ask("/api/curve?function=" + "a" * 3000)
        self.assertEqual(response.status, 414)
        self.is_strict(response)
        answer = self.raw(b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertNotIn(b" 200 ", answer.split(b"\r\n")[0])
        self.assertEqual(self.ask("/healthz")[0].status, 200)

    def test_headers_that_are_too_long_are_refused(self):
        answer = self.raw(
            b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 20_000 + b"\r\n\r\n"
        )
        self.assertNotIn(b" 200 ", answer.split(b"\r\n")[0])
        self.assertEqual(self.ask("/healthz")[0].status, 200)

    def test_a_body_is_refused(self):
        for header in (b"Content-Length: 5", b"Transfer-Encoding: chunked"):
            answer = self.raw(
                b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + header + b"\r\n\r\nhello"
            )
            self.assertRegex(answer.split(b"\r\n")[0], rb"^HTTP/1\.1 413 ", header)

    def test_no_other_sites_name_leads_here(self):
        for host, code in ((b"rebound.example:8080", b"421"), (b"localhost", b"200")):
            answer = self.raw(b"GET /metrics HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
            self.assertIn(b" " + code + b" ", answer.split(b"\r\n")[0])

    def test_what_is_no_request_gets_strict_headers_too(self):
        for request in (
            b"nonsense\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET nowhere HTTP/1.1\r\n\r\n",
        ):
            answer = self.raw(request)
            if answer:
                self.assertRegex(answer.split(b"\r\n")[0], rb"^HTTP/1\.1 [45]\d\d ")
                self.assertIn(b"\r\nContent-Security-Policy: default-src 'none'", answer)

    def test_paths_lead_nowhere_else(self):
        for path in (
            "/page/",
            "/page/../main.cc",
            "/page/%2e%2e/%2e%2e/etc/passwd",
            "//etc/passwd",
            "/api",
        ):
            self.assertIn(self.ask(path)[0].status, (400, 404), path)

    def test_a_full_server_refuses_a_curve(self):
        with Server("--max-inflight-bytes=4KiB") as small:
            connection = http.client.HTTPConnection(small.http_address, timeout=30)
            connection.request("GET", "/api/curve?function=gelu&points=2001")
            response = connection.getresponse()
            # More than may ever be in flight: no other try can help.
            self.assertEqual(response.status, 400)
            self.assertEqual(json.loads(response.read())["error"]["code"], "INVALID_ARGUMENT")
            connection.close()


if __name__ == "__main__":
    unittest.main()
