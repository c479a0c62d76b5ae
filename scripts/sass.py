#!/usr/bin/env python3
"""What the machine code of CUDA kernels says about their speed, without a GPU.

usage: sass.py [--check | --table] CODE...

CODE are object files or libraries made by nvcc; cuobjdump and nvdisasm are the PATH's or those that `./dev sass` installs.
Prints of every elementwise and gated kernel for every architecture registers, accesses of local memory, blocks on a
multiprocessor at a time and, an element, bytes and instructions by the unit that executes them, with what binds: memory, or
the unit that takes longer than memory does, so many times (below one: the share of memory's time). All of a kernel's body is
counted, branches that are rarely taken too, but not the functions it calls: the slow lane and divisions' rare cases.
--check says only which kernels have local memory, the functions that they call included, and fails if any does, with 77 where
there are no tools.
--table prints the table of docs/performance.md.
"""

import argparse
import collections
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

# Published rates: bytes a second, multiprocessors, Hz; and, a clock and multiprocessor, threads' instructions issued and those
# of each unit (CUDA C++ Programming Guide, "Throughput of Native Arithmetic Instructions"; data sheets of the cards).
Card = collections.namedtuple("Card", "name bandwidth processors clock issue fp32 fp64 mufu convert")
CARDS = {
    80: Card("A100 80 GB", 2.04e12, 108, 1.41e9, 128, 64, 32, 16, 16),
    90: Card("H200", 4.3e12, 132, 1.98e9, 128, 128, 64, 16, 16),
    100: Card("B200", 7.7e12, 148, 1.85e9, 128, 128, 64, 16, 16),
}
THREADS = 128  # of a block
WIDTH = {"f32": 4, "f64": 8, "f16": 2, "bf16": 2}
TYPES = ["f32", "f64", "f16", "bf16"]
# A thread's bytes of one tensor: kVectors of kVectorBytes (device_job.h).
LANE_BYTES = 32
UNITS = [
    ("fp64", re.compile(r"^D(ADD|MUL|FMA|SETP|MNMX)")),
    ("mufu", re.compile(r"^MUFU")),
    ("convert", re.compile(r"^(F2F|F2I|I2F|FRND)\S*64")),
    ("fp32", re.compile(r"^(F(ADD|MUL|FMA|SETP|SET|MNMX|SEL|CHK)|F2F\b|F2FP|HADD2)")),
]
KERNEL = re.compile(r"WarpKernel<activation::cuda::(?:\(anonymous namespace\)::)?(\w+)<(.*)> ?>")


ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INSTALLED = os.path.join(ROOT, "build/cuda-disassembler/lib/python3*/site-packages/nvidia/cu13/bin")
SKIPPED = 77


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def find_tools():
    """The folder of cuobjdump and nvdisasm, or None."""
    found = shutil.which("cuobjdump")
    folders = [os.path.dirname(found)] if found else []
    return next((folder for folder in folders + glob.glob(INSTALLED) if os.path.exists(os.path.join(folder, "nvdisasm"))), None)


def sections(tools, path):
    """(architecture, kernel's mangled name, registers, instructions of its body) of every kernel of a file."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([os.path.join(tools, "cuobjdump"), "-xelf", "all", os.path.abspath(path)], check=True, cwd=folder,
                       capture_output=True)
        for cubin in sorted(os.listdir(folder)):
            found = re.search(r"\.sm_(\d+)", cubin)
            if found:
                text = run(os.path.join(tools, "nvdisasm"), "-c", os.path.join(folder, cubin))
                usage = run(os.path.join(tools, "cuobjdump"), "-res-usage", os.path.join(folder, cubin))
                registers = dict(re.findall(r"Function (\S+):\s+REG:(\d+)", usage))
                for name, body in bodies(text):
                    if name in registers:
                        yield int(found[1]), name, int(registers[name]), body


def bodies(text):
    """Each kernel's instructions, without the functions it calls: the slow lane and divisions' rare cases."""
    name, body = None, []
    for line in text.splitlines():
        label = re.match(r"\.text\.(\S+):", line)
        if label or line.startswith(("$", "//-----")):
            if name:
                yield name, body
            name, body = (label[1] if label else None), []
        elif name:
            instruction = re.search(r"/\*[0-9a-f]{4,}\*/\s+(@\S+\s+)?([A-Z][A-Z0-9_.]*)", line)
            if instruction:
                body.append(instruction[2])
            elif re.match(r"\.L_", line):
                body.append("label")
    if name:
        yield name, body


def blocks(body):
    """Basic blocks."""
    block = []
    for opcode in body:
        if opcode != "label":
            block.append(opcode)
        if opcode == "label" or opcode.startswith(("BRA", "EXIT", "CALL", "RET", "BRX")):
            if block:
                yield block
            block = []
    if block:
        yield block


def unit_of(opcode):
    return next((unit for unit, pattern in UNITS if pattern.match(opcode)), None)


def counts(body):
    """Instructions by unit, and all those of blocks in which numbers are computed."""
    found = collections.Counter()
    for block in blocks(body):
        units = collections.Counter(unit for unit in map(unit_of, block) if unit)
        found.update(units)
        if units:
            found["issue"] += len(block)
    found["local"] = sum(opcode.startswith(("LDL", "STL")) for opcode in body)
    found["loads"] = sum(bool(re.match(r"LDG\S*\.128", opcode)) for opcode in body)
    found["stores"] = sum(bool(re.match(r"STG\S*\.128", opcode)) for opcode in body)
    return found


def catalogue():
    """The name of the function of each struct."""
    names = {}
    for path in glob.glob(os.path.join(ROOT, "src/functions/definitions/*.h")):
        with open(path, encoding="utf-8") as definitions:
            # A struct's own name is the first after it.
            for struct in re.split(r"^struct ", definitions.read(), flags=re.M)[1:]:
                name = re.search(r'\.name = "(\w+)"', struct)
                if name:
                    names[re.match(r"\w+", struct)[0]] = name[1]
    return names


def describe(name, functions):
    """(function, direction, type, tier, tensors moved) of an elementwise or gated kernel; None of others."""
    found = KERNEL.search(name)
    if not found:
        return None
    tile, arguments = found.groups()
    function = re.search(r"activation::cuda::(\w+)(?:,|>|$)", arguments.replace("ElementFormula<", ""))
    values = [int(v) for v in re.findall(r"\(activation::\w+\)(\d)", arguments)]
    if tile == "ElementTile":
        backward = "true" in arguments.split(">")[0]
        tier, dtype = values
        tensors = 3 if backward else 2
    elif tile == "GateTile":
        backward = values[0] == 1
        tier, dtype = values[1:]
        tensors = 5 if backward else 3
    else:
        return None
    return functions[function[1]], "gradient" if backward else "forward", TYPES[dtype], "fast" if tier else "exact", tensors


Row = collections.namedtuple("Row", "arch function direction type tier registers local occupancy bytes loads stores units shares")


def rows(tools, paths):
    found = [section for path in paths for section in sections(tools, path)]
    names = subprocess.run(["c++filt"], input="\n".join(name for _, name, _, _ in found), check=True, capture_output=True,
                           text=True).stdout.split("\n")
    functions = catalogue()
    for (arch, _, registers, body), name in zip(found, names):
        what = describe(name, functions)
        if what is None or arch not in CARDS:
            continue
        yield row_of(arch, what, registers, counts(body))


def row_of(arch, what, registers, count):
    card = CARDS[arch]
    function, direction, dtype, tier, tensors = what
    elements = LANE_BYTES // WIDTH[dtype]
    moved = tensors * WIDTH[dtype]
    units = {unit: count[unit] / elements for unit in ("fp32", "fp64", "mufu", "convert", "issue")}
    memory = moved / card.bandwidth
    shares = {unit: units[unit] / (getattr(card, unit) * card.processors * card.clock) / memory for unit in units}
    allocated = (registers + 7) // 8 * 8
    occupancy = min(2048, 65536 // (allocated * THREADS) * THREADS) // THREADS
    return Row(arch, function, direction, dtype, tier, registers, count["local"], occupancy, moved, count["loads"],
               count["stores"], units, shares)


def bound(row):
    unit = max(row.shares, key=row.shares.get)
    return ("memory", row.shares[unit]) if row.shares[unit] <= 1 else (unit, row.shares[unit])


def print_all(found):
    print(f"{'arch':5}{'function':20}{'direction':10}{'type':6}{'tier':7}{'regs':>5}{'local':>6}{'blocks':>7}{'bytes':>6}{'fp32':>7}"
          f"{'fp64':>7}{'mufu':>6}{'conv':>6}{'all':>7}  bound by")
    for row in found:
        unit, share = bound(row)
        print(f"{row.arch:<5}{row.function:20}{row.direction:10}{row.type:6}{row.tier:7}{row.registers:5}{row.local:6}"
              f"{row.occupancy:7}{row.bytes:6}{row.units['fp32']:7.1f}{row.units['fp64']:7.1f}{row.units['mufu']:6.1f}"
              f"{row.units['convert']:6.1f}{row.units['issue']:7.1f}  {unit} ({share:.2f})")


QUOTE = {"forward": "", "gradient": "'"}


def print_table(found):
    """Of an H200 or, without code for it, of the newest card there is code for: for every kernel what binds, and the most that
    any unit needs of memory's time."""
    arch = 90 if any(row.arch == 90 for row in found) else max(row.arch for row in found)
    print(f"{CARDS[arch].name}, code for sm_{arch}:\n")
    columns = [("f32", "fast"), ("f32", "exact"), ("f64", "exact"), ("f16", "exact"), ("bf16", "exact")]
    cells = {(row.function, row.direction, row.type, row.tier): row for row in found if row.arch == arch}
    print("| function | " + " | ".join(dtype + (" FAST" if tier == "fast" else " EXACT" if dtype == "f32" else "")
                                       for dtype, tier in columns) + " |")
    print("|---|" + "---|" * len(columns))
    for function, direction in dict.fromkeys((key[0], key[1]) for key in sorted(cells)):
        line = []
        for dtype, tier in columns:
            row = cells.get((function, direction, dtype, tier))
            if row is None:
                line.append("")
                continue
            unit, share = bound(row)
            line.append(f"{share:.2f}" + ("" if unit == "memory" else f" {unit}") + f", {row.registers} r")
        print(f"| {function}{QUOTE[direction]} | " + " | ".join(line) + " |")
    print()
    for dtype, tier in columns:
        chosen = [row for key, row in sorted(cells.items()) if key[2:] == (dtype, tier)]
        if chosen:
            print(f"{dtype} {tier.upper()}: memory binds {sum(bound(row)[0] == 'memory' for row in chosen)} of {len(chosen)}.")


def check(tools, paths):
    """Fails where a kernel has a stack: that is where spills and arrays in local memory lie."""
    usage = "".join(run(os.path.join(tools, "cuobjdump"), "-res-usage", path) for path in paths)
    kernels = re.findall(r"Function (\S+):\s+REG:\d+ STACK:(\d+)", usage)
    with_stack = [name for name, stack in kernels if stack != "0"]
    for name in with_stack:
        print(f"local memory in {name}", file=sys.stderr)
    print(f"{len(kernels)} kernels, {len(with_stack)} with local memory")
    sys.exit(1 if with_stack or not kernels else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("code", nargs="+")
    options = parser.parse_args()
    tools = find_tools()
    if tools is None:
        print("sass.py: no cuobjdump and nvdisasm here; './dev sass' and './dev test' install them", file=sys.stderr)
        sys.exit(SKIPPED)
    if options.check:
        check(tools, options.code)
    found = sorted(rows(tools, options.code), key=lambda row: row[:5])
    if not found:
        sys.exit("sass.py: no kernels of an architecture it knows")
    if options.table:
        print_table(found)
    else:
        print_all(found)


main()
