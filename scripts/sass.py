#!/usr/bin/env python3
"""What the machine code of CUDA kernels says about their speed, without a GPU.

usage: sass.py [--check | --table] CODE...

CODE are object files or libraries made by nvcc; cuobjdump and nvdisasm are the PATH's or those that `./dev sass` installs.
Prints of every kernel for every architecture registers, shared memory, accesses of local memory, blocks on a multiprocessor at a
time, loads and stores and calls in its body. Of those whose warps do a tile each (elementwise, gated, per channel) also, an
element, bytes and instructions by the unit that executes them, with what binds: memory, or the unit that takes longer than
memory does, so many times (below one: the share of memory's time). All of such a body is counted where numbers are computed,
branches that are rarely taken too, but neither the functions it calls, the slow lane, divisions of 64 bits and divisions' rare
cases, nor what surrounds the calls, as does the loop that decides on elements in doubt.
Kernels whose blocks work together (rows, sums) are loops, of which machine code does not say how often they run.
--check says only which kernels have local memory, the functions that they call included, and fails if any does, with 77 where
there are no tools.
--table prints the table of docs/performance_gpu.md.
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
# of each unit (CUDA C++ Programming Guide, "Throughput of Native Arithmetic Instructions"; data sheets of the cards); bytes of
# shared memory. alu: integers, logic, shifts, comparisons and selections, of floats too; products of integers (imad) are done by
# the units of fp32, by half of them since sm_90.
# `flight`: bytes that a multiprocessor is to have asked memory for at a time, so that latency does not slow the memory down: what
# NVIDIA's CUB was tuned to (cub/device/dispatch/tuning/tuning_transform.cuh, arch_to_min_bytes_in_flight; 32 KiB for an H100).
Card = collections.namedtuple("Card", "name bandwidth processors clock issue fp32 imad alu fp64 mufu convert shared flight")
CARDS = {
    80: Card("A100 80 GB", 2.04e12, 108, 1.41e9, 128, 64, 64, 64, 32, 16, 16, 164 << 10, 16 << 10),
    90: Card("H200", 4.3e12, 132, 1.98e9, 128, 128, 64, 64, 64, 16, 16, 228 << 10, 48 << 10),
    100: Card("B200", 7.7e12, 148, 1.85e9, 128, 128, 64, 64, 64, 16, 16, 228 << 10, 64 << 10),
}
# Of a block whose warps have a tile each, and of one that works together (device_job.h).
THREADS = {"WarpKernel": 128, "BlockKernel": 256}
WIDTH = {"f32": 4, "f64": 8, "f16": 2, "bf16": 2}
TYPES = ["f32", "f64", "f16", "bf16"]
# A thread's bytes of one tensor: kVectors of kVectorBytes (device_job.h).
LANE_BYTES = 32
# An instruction may need more than one.
UNITS = {
    "fp64": re.compile(r"^D(ADD|MUL|FMA|SETP|MNMX)"),
    "mufu": re.compile(r"^MUFU"),
    "convert": re.compile(r"^(F2F|F2I|I2F|FRND)\b"),
    "fp32": re.compile(r"^(F(ADD|MUL|FMA|CHK)|HADD2|HMUL2|HFMA2|IMAD)\b"),
    "imad": re.compile(r"^IMAD\b"),
    "alu": re.compile(r"^(ISETP|IADD\w*|VIADD\w*|V?IMNMX\w*|IABS|LOP3|LOP|PLOP3|SHF|SHL|SHR|SEL|FSEL|FSETP|FSET|FMNMX|PRMT|LEA|BMSK|"
                      r"SGXT|F2FP|I2FP|MOV|P2R|R2P)\b"),
}
# What only blocks have in which numbers are computed, or tensors read and written in vectors or fetched ahead.
COMPUTES = re.compile(r"^(D(ADD|MUL|FMA|SETP|MNMX)|MUFU|F(ADD|MUL|FMA|SETP|MNMX|SEL)|F2FP?|HADD2|CCTL|(LDG|STG)\S*\.128)")
MARKS = ("label", "rare", "usual")
KERNEL = re.compile(r"(WarpKernel|BlockKernel)<activation::cuda::(?:\(anonymous namespace\)::)?(\w+)(?:<(.*)>)? ?>\(")


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
    """(architecture, kernel's mangled name, (registers, bytes shared), instructions of its body) of every kernel of a file."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([os.path.join(tools, "cuobjdump"), "-xelf", "all", os.path.abspath(path)], check=True, cwd=folder,
                       capture_output=True)
        for cubin in sorted(os.listdir(folder)):
            found = re.search(r"\.sm_(\d+)", cubin)
            if found:
                text = run(os.path.join(tools, "nvdisasm"), "-c", os.path.join(folder, cubin))
                usage = run(os.path.join(tools, "cuobjdump"), "-res-usage", os.path.join(folder, cubin))
                used = {name: (int(registers), int(shared)) for name, registers, shared in
                        re.findall(r"Function (\S+):\s+REG:(\d+) STACK:\d+ SHARED:(\d+)", usage)}
                for name, body in bodies(text):
                    if name in used:
                        yield int(found[1]), name, used[name], body


def bodies(text):
    """Each kernel's instructions, without the functions it calls: the slow lane and divisions' rare cases. "label" where a branch
    may lead, "rare" and "usual" around a loop that calls: in it elements in doubt are decided."""
    name, body, places = None, [], {}
    for line in text.splitlines():
        label = re.match(r"\.text\.(\S+):", line)
        if label or line.startswith(("$", "//-----")):
            if name:
                yield name, body
            name, body, places = (label[1] if label else None), [], {}
        elif name:
            instruction = re.search(r"/\*[0-9a-f]{4,}\*/\s+(?:@\S+\s+)?([A-Z][A-Z0-9_.]*)(?:.*`\((\S+)\))?", line)
            target = re.match(r"(\.L_\w+):", line)
            if instruction:
                opcode, back = instruction[1], places.get(instruction[2])
                body.append(opcode)
                if opcode.startswith("BRA") and back is not None and any(one.startswith("CALL") for one in body[back:]):
                    body[back] = "rare"
                    body.append("usual")
            elif target:
                places[target[1]] = len(body)
                body.append("label")
    if name:
        yield name, body


def blocks(body):
    """Basic blocks but those of loops that call."""
    block, rare = [], False
    for opcode in body:
        if opcode not in MARKS:
            block.append(opcode)
        if opcode in MARKS or opcode.startswith(("BRA", "EXIT", "CALL", "RET", "BRX")):
            if block and not rare:
                yield block
            block = []
        if opcode in ("rare", "usual"):
            rare = opcode == "rare"
    if block:
        yield block


def counts(body):
    """Instructions by unit, and all, of blocks in which numbers are computed; and what there is of some in the whole body."""
    found = collections.Counter()
    after_call = False
    for block in blocks(body):
        # What surrounds a call is as rare as that: the slow lane, a division's rare case.
        rare = after_call or block[-1].startswith("CALL")
        after_call = block[-1].startswith("CALL")
        if not rare and any(map(COMPUTES.match, block)):
            for unit, pattern in UNITS.items():
                found[unit] += sum(bool(pattern.match(opcode)) for opcode in block)
            found["issue"] += len(block)
    found["local"] = sum(opcode.startswith(("LDL", "STL")) for opcode in body)
    # Those of whole vectors; others are for tails and for what is not aligned.
    found["loads"] = sum(bool(re.match(r"LDG\S*\.128", opcode)) for opcode in body)
    found["stores"] = sum(bool(re.match(r"STG\S*\.128", opcode)) for opcode in body)
    found["calls"] = sum(opcode.startswith("CALL") for opcode in body)
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


What = collections.namedtuple("What", "kernel tile function direction type tier tensors")


def describe(name, functions):
    """What a kernel does; `tensors` of the size of y are moved by those that do a tile a warp. None of kernels of others."""
    found = KERNEL.search(name)
    if not found:
        return None
    kernel, tile, arguments = found.groups(default="")
    struct = re.search(r"activation::cuda::(\w+)(?:,|>|$)", arguments.replace("ElementFormula<", ""))
    function = functions[struct[1]] if struct else "all"
    values = {kind: int(value) for kind, value in re.findall(r"\(activation::(\w+)\)(\d)", arguments)}
    backward = values.get("Direction") == 1 or "true" in arguments.split(">")[0] or tile in ("SumTile", "TotalTile", "NoSum")
    # Totals are of doubles, and so are rows without a type but for those in floats.
    in_floats = tile == "FloatRowTile"
    dtype = "f32" if in_floats else TYPES[values.get("DType", TYPES.index("f64"))]
    tensors = {"ElementTile": (2, 3), "ChannelTile": (2, 3), "GateTile": (3, 5)}.get(tile, (0, 0))[backward]
    return What(kernel, tile, function, "gradient" if backward else "forward", dtype, "fast" if values.get("Tier") or in_floats else "exact",
                tensors)


Row = collections.namedtuple(
    "Row", "arch tile function direction type tier registers shared local occupancy loads stores calls bytes flight units shares")


def rows(tools, paths):
    found = [section for path in paths for section in sections(tools, path)]
    names = subprocess.run(["c++filt"], input="\n".join(name for _, name, _, _ in found), check=True, capture_output=True,
                           text=True).stdout.split("\n")
    functions = catalogue()
    for (arch, _, used, body), name in zip(found, names):
        what = describe(name, functions)
        if what is None or arch not in CARDS:
            continue
        yield row_of(arch, what, *used, counts(body))


def row_of(arch, what, registers, shared, count):
    card = CARDS[arch]
    threads = THREADS[what.kernel]
    elements = LANE_BYTES // WIDTH[what.type]
    moved = what.tensors * WIDTH[what.type]
    units, shares = {}, {}
    if moved:
        units = {unit: count[unit] / elements for unit in [*UNITS, "issue"]}
        memory = moved / card.bandwidth
        shares = {unit: units[unit] / (getattr(card, unit) * card.processors * card.clock) / memory for unit in units}
    allocated = (registers + 7) // 8 * 8
    # 1 KiB of each block is the system's.
    occupancy = min(2048 // threads, 65536 // (allocated * threads), card.shared // (shared + 1024))
    # Each thread begins with the loads of all that it reads, which is every tensor but its results.
    flight = occupancy * threads * LANE_BYTES * inputs(what)
    return Row(arch, what.tile, what.function, what.direction, what.type, what.tier, registers, shared, count["local"], occupancy,
               count["loads"], count["stores"], count["calls"], moved, flight, units, shares)


def inputs(what):
    """Tensors of the size of y that a kernel reads which does a tile a warp."""
    if not what.tensors:
        return 0
    outputs = 2 if (what.tile, what.direction) == ("GateTile", "gradient") else 1
    return what.tensors - outputs


def bound(row):
    unit = max(row.shares, key=row.shares.get)
    return ("memory", row.shares[unit]) if row.shares[unit] <= 1 else (unit, row.shares[unit])


def print_all(found):
    print(f"{'arch':5}{'function':20}{'direction':10}{'type':6}{'tier':7}{'tile':12}{'regs':>5}{'shared':>7}{'local':>6}{'blocks':>7}"
          f"{'loads':>6}{'stores':>7}{'calls':>6}{'flight':>8}{'bytes':>6}{'fp32':>7}{'fp64':>7}{'mufu':>6}{'conv':>6}{'imad':>6}{'alu':>7}{'all':>7}"
          "  bound by")
    for row in found:
        line = (f"{row.arch:<5}{row.function:20}{row.direction:10}{row.type:6}{row.tier:7}{row.tile:12}{row.registers:5}{row.shared:7}"
                f"{row.local:6}{row.occupancy:7}{row.loads:6}{row.stores:7}{row.calls:6}")
        if row.bytes:
            unit, share = bound(row)
            line += (f"{row.flight:8}{row.bytes:6}{row.units['fp32']:7.1f}{row.units['fp64']:7.1f}{row.units['mufu']:6.1f}{row.units['convert']:6.1f}"
                     f"{row.units['imad']:6.1f}{row.units['alu']:7.1f}{row.units['issue']:7.1f}  {unit} ({share:.2f})")
        print(line)


QUOTE = {"forward": "", "gradient": "'"}


def print_table(found):
    """Of an H200 or, without code for it, of the newest card there is code for: for every kernel what binds, and the most that
    any unit needs of memory's time."""
    arch = 90 if any(row.arch == 90 for row in found) else max(row.arch for row in found)
    print(f"{CARDS[arch].name}, code for sm_{arch}:\n")
    found = [row for row in found if row.arch == arch]
    cells = {(row.function, row.direction, row.type, row.tier): row for row in found if row.bytes}
    print("| function | " + " | ".join(dtype + (" FAST" if tier == "fast" else " EXACT" if dtype == "f32" else "")
                                       for dtype, tier in COLUMNS) + " |")
    print("|---|" + "---|" * len(COLUMNS))
    for function, direction in dict.fromkeys((key[0], key[1]) for key in sorted(cells)):
        line = []
        for dtype, tier in COLUMNS:
            row = cells.get((function, direction, dtype, tier))
            if row is None:
                line.append("")
                continue
            unit, share = bound(row)
            line.append(f"{share:.2f}" + ("" if unit == "memory" else f" {unit}") + f", {row.registers} r, {row.flight >> 10} K")
        print(f"| {function}{QUOTE[direction]} | " + " | ".join(line) + " |")
    print()
    for dtype, tier in COLUMNS:
        print_summary(dtype, tier, [row for key, row in sorted(cells.items()) if key[2:] == (dtype, tier)])
    print_flight(found)
    print_blocks([row for row in found if not row.bytes])


COLUMNS = [("f32", "fast"), ("f32", "exact"), ("f64", "exact"), ("f16", "exact"), ("bf16", "exact")]
# Why a unit is busy for longer than memory.
REASONS = {
    ("f32", "fast"): "gates and tanhshrink have no formula in floats that keeps FAST's bound and compute EXACT's, without its test; the "
                     "others' floats are more instructions than memory leaves time for",
    ("f32", "exact"): "the formula and the rounding test are in doubles",
    ("f64", "exact"): "there is no wider type, so that formulas are in two doubles",
    ("f16", "exact"): "an element takes the work of one of f32, and the rounding test, for half the bytes",
    ("bf16", "exact"): "as f16",
}


def print_summary(dtype, tier, chosen):
    if not chosen:
        return
    print(f"- {dtype} {tier.upper()}: memory binds {sum(bound(row)[0] == 'memory' for row in chosen)} of {len(chosen)}", end="")
    slow = sorted((row for row in chosen if bound(row)[0] != "memory"), key=lambda row: -bound(row)[1])
    if not slow:
        print(".")
        return
    forward = sum(row.direction == "forward" for row in slow)
    print(f"; of the others, {forward} forward, {slow[0].function}{QUOTE[slow[0].direction]} takes longest, {bound(slow[0])[1]:.2f} of "
          f"memory's time, {bound(slow[len(slow) // 2])[1]:.2f} is their median: {REASONS[dtype, tier]}.")


def print_flight(found):
    """Which kernels that memory binds ask it for too little at a time."""
    most = CARDS[found[0].arch].flight
    bound_by_memory = [row for row in found if row.bytes and bound(row)[0] == "memory"]
    few = sorted((row for row in bound_by_memory if row.flight < most), key=lambda row: row.flight)
    print(f"- Of {len(bound_by_memory)} kernels that memory binds {len(bound_by_memory) - len(few)} ask it for {most >> 10} KiB or more at a "
          "time on each multiprocessor", end="")
    print(f"; {len(few)} do not, down to {few[0].flight >> 10} KiB: " + ", ".join(name_of(row) for row in few) + "." if few else ".")


def name_of(row):
    tier = " " + row.tier.upper() if row.type == "f32" else ""
    return f"{row.function}{QUOTE[row.direction]} {row.type}{tier} {row.flight >> 10}"


def print_blocks(chosen):
    """Kernels whose blocks work together, the greatest of each sort."""
    print("\nKernels whose blocks of 256 threads work together, by the most that one of them takes:\n")
    print("| kernel | kernels | registers | bytes shared | blocks on a multiprocessor |\n|---|---|---|---|---|")
    sorts = collections.defaultdict(list)
    for row in chosen:
        sorts[SORTS.get((row.tile, row.function == "prelu"), row.tile) + (f", {row.type}" if row.tile in ("RowTile", "ExactRowTile") else "")].append(row)
    for name, sort in sorted(sorts.items()):
        print(f"| {name} | {len(sort)} | {max(row.registers for row in sort)} | {max(row.shared for row in sort)} | "
              f"{min(row.occupancy for row in sort)} |")


SORTS = {("RowTile", False): "rows", ("ExactRowTile", False): "rows", ("FloatRowTile", False): "rows, f32 FAST", ("SumTile", False): "gradients by parameters", ("SumTile", True): "gradients by weights",
         ("NoSum", False): "gradients by parameters that are none", ("TotalTile", False): "totals"}


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
    found = sorted(rows(tools, options.code), key=lambda row: row[:7])
    if not found:
        sys.exit("sass.py: no kernels of an architecture it knows")
    if options.table:
        print_table(found)
    else:
        print_all(found)


if __name__ == "__main__":
    main()
