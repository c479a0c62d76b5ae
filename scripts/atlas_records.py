"""The records that activation-atlas writes, for the scripts that show them."""

import collections
import json

DIRECTIONS = ("forward", "gradient")
# Order and colour in tables and pictures.
LIBRARIES = ("PyTorch", "oneDNN", "ONNX Runtime", "XNNPACK", "JAX", "SLEEF", "Eigen")
# Our own kernels are recorded for the values at infinities only.
OWN = "activation"
PRECISION = {"f32": (24, 8), "f16": (11, 5), "bf16": (8, 8)}  # of the significand, and bits of the exponent


class Record:
    """One library in one mode, for one function, direction and dtype."""

    def __init__(self, line):
        key = line["key"]
        self.library, self.version, self.mode = key["library"], key["version"], key["mode"]
        self.case, self.direction, self.dtype, self.inputs = key["case"], key["direction"], key["dtype"], key["inputs"]
        self.tally = line["tally"]
        self.worst, self.normal_worst = self.tally["worst"], self.tally["normal_worst"]
        self.options, self.call, self.span, self.profile = line["options"], line["call"], line["span"], line["profile"]
        self.limits = (line["at_minus_infinity"], line["at_infinity"])
        self.nans_lost, self.seconds = line["nans_lost"], line["seconds"]
        self.machine, self.date = line["machine"], line["date"]

    @property
    def peer(self):
        return self.library if self.mode == "default" else f"{self.library} {self.mode}"

    @property
    def finite(self):
        """How many of the inputs are finite."""
        exponents = 1 << PRECISION[self.dtype][1]
        return self.inputs * (exponents - 1) // exponents

    def middle(self):
        """Wrong results and inputs with |x| from 2^-10 to 2^7, where the functions bend."""
        fraction, exponent = PRECISION[self.dtype][0] - 1, PRECISION[self.dtype][1]
        bias = (1 << (exponent - 1)) - 1
        first, last = (bias - 10) << fraction, (bias + 7) << fraction
        half = 1 << (fraction + exponent)
        wrong = sum(wrong for block, _, wrong, _ in self.profile if first <= block * self.span % half < last)
        return wrong, 2 * (last - first) * self.inputs // (2 * half)


def order(record):
    return LIBRARIES.index(record.library), record.mode != "default", record.mode


def read(path):
    """By case, direction and dtype the records of each peer, the one over most inputs, cases in the catalogue's order;
    and, by case and direction, the values at infinities.
    """
    best, limits = {}, {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            try:
                record = Record(json.loads(line))
            except (ValueError, KeyError):
                continue  # cut off
            if record.library == OWN:
                limits[record.case, record.direction] = record.limits
                continue
            key = record.case, record.direction, record.dtype, record.peer
            if key not in best or best[key].inputs < record.inputs:
                best[key] = record
    names = [case.split(".")[0] for case, _ in limits]
    groups = collections.defaultdict(list)
    for record in sorted(best.values(), key=lambda record: (names.index(record.case.split(".")[0]), record.case, *order(record))):
        groups[record.case, record.direction, record.dtype].append(record)
    return groups, limits
