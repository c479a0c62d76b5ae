"""Each layer includes only what it may know.

usage: layers_test.py ROOT

The engine (src/) knows no transport, no flags and no metrics library; inside it
base <- functions <- backends <- (engine, diagnosis). The kernels of CUDA know nothing of their
host's side, which knows of them how they are launched and what jobs look like. The client library knows the contract
and not the engine; only the command-line tool may also use base, functions and
backends, to check replies. What server and client share (rpc/) knows neither. Public client
headers show neither gRPC nor protobuf.
"""

import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
TRANSPORT = r"grpc|google/protobuf|prometheus/|CLI/|civetweb|Civet|spdlog|.*\.pb\.h$|server/|client/|activation/"

# Folder, or files: what they must not include, as a pattern from the start.
FORBIDDEN = {
    "src/base": TRANSPORT + r"|src/(functions|backends|engine)/",
    "src/functions": TRANSPORT + r"|src/(backends|engine)/",
    "src/backends": TRANSPORT + r"|src/(diagnosis|engine)/",
    "src/backends/cuda/*.*": r"src/backends/cpu/|src/backends/cuda/kernels/(?!(launch|device_job|half_tables|tiles)\.h)",
    "src/backends/cuda/kernels": r"src/backends/(?!cuda/kernels/|(compensated_sum|half|sum_order)\.h)",
    "src/diagnosis": TRANSPORT + r"|src/engine/",
    "src/engine": TRANSPORT,
    "server": r"client/|activation/(client|options|types)\.h",
    "rpc": r"src/|server/|client/",
    "client/include": r"grpc|google/|.*\.pb\.h$|src/|server/|client/",
    "client/src": r"src/|server/|client/cli/",
    "client/cli": r"src/engine/|server/",
}


def main():
    root = pathlib.Path(sys.argv[1])
    wrong, files = [], 0
    for folder, pattern in FORBIDDEN.items():
        before = files
        for path in sorted((root / folder).rglob("*") if (root / folder).is_dir() else root.glob(folder)):
            if path.suffix not in (".h", ".cc", ".cu", ".cuh"):
                continue
            files += 1
            for include in INCLUDE.findall(path.read_text(encoding="utf-8")):
                if re.match(pattern, include):
                    wrong.append(f"{path.relative_to(root)} includes {include}")
        if files == before:
            wrong.append(f"{folder} has no source file")
    print(f"{files} files, {len(wrong)} faults: includes that a layer must not have, and layers without files")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
