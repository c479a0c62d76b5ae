// What happened between two readings of /metrics.

import {buckets, growth, quantile, sum, sumBy} from "/page/metrics.js";

// Calls that evaluate; a stream's time is that of its connection.
const EVALUATING = new Set(["Forward", "Gradient", "ModelInfer"]);
const evaluates = ({grpc_method}) => EVALUATING.has(grpc_method);

// A reading is {time, samples}, in milliseconds; what was counted is given a second.
export function rates(before, now) {
  const seconds = (now.time - before.time) / 1000;
  const per = (map) => new Map([...map].map(([key, value]) => [key, value / seconds]));
  const grown = (name, label) =>
    per(growth(sumBy(before.samples, name, label), sumBy(now.samples, name, label)));
  const total = (map) => [...map.values()].reduce((a, b) => a + b, 0);
  const times = buckets(before.samples, now.samples, "grpc_server_handling_seconds", evaluates);
  const byFunction = grown("activation_elements_total", "function");
  return {
    calls: total(grown("grpc_server_handled_total", "")),
    latency: [0.5, 0.9, 0.99].map((share) => quantile(times, share)),
    elements: total(byFunction),
    items: total(grown("activation_stream_items_total", "")),
    inflightBytes: sum(now.samples, "activation_inflight_bytes"),
    inflightCalls: sum(now.samples, "activation_inflight_calls"),
    byFunction,
    byBackend: grown("activation_elements_total", "backend"),
    batches: buckets(before.samples, now.samples, "activation_batch_jobs"),
  };
}
