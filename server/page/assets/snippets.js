// How to get these numbers in one's own program.

import {givenParameters} from "/page/settings.js";

const X = ["-1", "0", "1", "2"];

// A decimal point or an exponent, so that C++ and Python read a floating-point number.
const real = (value) => (Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value));
const list = (entries, separator) => entries.join(separator);
const weightOf = ({function: {kind}, companion}) => (kind === "per_channel" ? companion : null);

export function commandLine(settings, address) {
  const parameters = givenParameters(settings).map(([name, value]) => ` --param ${name}=${value}`);
  const weight = weightOf(settings);
  const flags =
    `--address=${address} --function=${settings.function.name}${list(parameters, "")}` +
    (weight === null ? "" : ` --weight=${weight}`);
  return (
    `activation-client forward ${flags} ${list(X, ",")}\n` +
    `activation-client gradient ${flags} ${list(X, ",")}\n`
  );
}

export function python(settings, address) {
  const {
    function: {name},
  } = settings;
  const parameters = givenParameters(settings).map(([key, value]) => `"${key}": ${real(value)}`);
  const given = parameters.length > 0 ? `, parameters={${list(parameters, ", ")}}` : "";
  const weight = weightOf(settings);
  const inputs = weight === null ? "[x]" : "[x, weight]";
  return `# pip install tritonclient[grpc]
import numpy, tritonclient.grpc as triton

client = triton.InferenceServerClient("${address}")
x = triton.InferInput("x", [${X.length}], "FP32")
x.set_data_from_numpy(numpy.array([${list(X, ", ")}], numpy.float32))
${
  weight === null
    ? ""
    : `weight = triton.InferInput("weight", [1], "FP32")
weight.set_data_from_numpy(numpy.array([${weight}], numpy.float32))
`
}print(client.infer("${name}", ${inputs}${given}).as_numpy("y"))
print(client.infer("${name}_gradient", ${inputs}${given}).as_numpy("dx"))
`;
}

export function cpp(settings, address) {
  const {
    function: {name, kind},
  } = settings;
  const parameters = givenParameters(settings).map(([key, value]) => `{"${key}", ${real(value)}}`);
  const activation =
    `{.function = "${name}"` + (parameters.length > 0 ? `, .parameters = {${list(parameters, ", ")}}}` : "}");
  const start = `#include <activation/client.h>

#include <iostream>

int main() {
  activation::client::Client client({.endpoint = "${address}"});
  const std::vector<float> x = {${list(X, ", ")}};
`;
  const end = `  if (!status.ok()) return std::cerr << status << "\\n", 1;
  for (const float value : y) std::cout << value << "\\n";
}
`;
  if (kind === "elementwise") {
    return `${start}  std::vector<float> y(x.size());
  const absl::Status status =
      client.Forward(${activation}, x, absl::MakeSpan(y));
${end}`;
  }
  const weight = weightOf(settings);
  const size = kind === "gated" ? X.length / 2 : X.length;
  const more = [
    `.activation = ${activation}`,
    `.x = {.shape = {${X.length}}, .data = x.data()}`,
    ".y = y.data()",
    ...(kind === "gated" ? [`.y_shape = {${size}}`] : []),
    ...(weight === null ? [] : [".weight = {.shape = {1}, .data = &weight}"]),
  ];
  return `${start}${weight === null ? "" : `  const float weight = ${real(weight)};\n`}  std::vector<float> y(${size});
  const activation::client::ForwardItem item = {${list(more, ",\n                                                ")}};
  const absl::Status status = client.Forward({&item, 1});
${end}`;
}
