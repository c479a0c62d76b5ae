"""The live panels of the status page, in a browser: what /metrics says."""

import os
import subprocess
import time

from page_case import PageCase, main

BIN = os.environ["ACTIVATION_BIN"]


class PanelsTest(PageCase):
    def test_panels_show_what_clients_do(self):
        self.page.open(self.url())
        client = [
            os.path.join(BIN, "activation-client"),
            "forward",
            f"--address={self.server.address}",
            "--function=tanh",
            "-1,0,1",
        ]
        self.page.wait_for("document.querySelectorAll('.tile').length === 5")
        shown = "[...document.querySelectorAll('.bar-name')].some((name) => name.textContent === 'tanh')"
        end = time.monotonic() + 60
        while not self.page.evaluate(shown):
            self.assertLess(time.monotonic(), end, "no panel shows tanh")
            subprocess.run(client, check=True, stdout=subprocess.DEVNULL)
        self.assertEqual(
            self.page.evaluate("document.getElementById('state').textContent"), "serving"
        )

    def test_readings_of_metrics(self):
        self.page.open(self.url())
        self.page.wait_for("document.querySelectorAll('.card').length > 40")
        figures = self.page.evaluate(METRICS)
        self.assertEqual(figures["calls"], 50)
        self.assertEqual(figures["byFunction"], [["gelu", 1000]])
        self.assertAlmostEqual(figures["median"], 1.5e-4)
        self.assertAlmostEqual(figures["p99"], 1.99e-4)
        self.assertEqual(figures["batches"], [["1", 0], ["8", 10], ["Infinity", 0]])
        self.assertEqual(figures["inflight"], 12)
        self.assertEqual(figures["restarted"], 7)


# Two readings two seconds apart: 100 calls, all between 100 and 200 us.
METRICS = """import('/page/rates.js').then(async ({rates}) => {
    const {parseMetrics, growth} = await import('/page/metrics.js');
    const reading = (time, calls) => ({time, samples: parseMetrics(`# HELP x y
grpc_server_handled_total{grpc_method="Forward",grpc_code="OK"} ${calls}
grpc_server_handling_seconds_bucket{grpc_method="Forward",le="0.0001"} 0
grpc_server_handling_seconds_bucket{grpc_method="Forward",le="0.0002"} ${calls}
grpc_server_handling_seconds_bucket{grpc_method="Forward",le="+Inf"} ${calls}
grpc_server_handling_seconds_bucket{grpc_method="Stream",le="+Inf"} 99
activation_elements_total{function="gelu",dtype="f32",backend="cpu"} ${20 * calls}
activation_batch_jobs_bucket{backend="cuda",le="1"} 0
activation_batch_jobs_bucket{backend="cuda",le="8"} ${calls / 10}
activation_batch_jobs_bucket{backend="cuda",le="+Inf"} ${calls / 10}
activation_inflight_bytes 12`)});
    const found = rates(reading(0, 10), reading(2000, 110));
    return {calls: found.calls, byFunction: [...found.byFunction], median: found.latency[0], p99: found.latency[2],
            batches: found.batches.map(({bound, count}) => [String(bound), count]), inflight: found.inflightBytes,
            restarted: growth(new Map([['a', 50]]), new Map([['a', 7]])).get('a')};
})"""

if __name__ == "__main__":
    main()
