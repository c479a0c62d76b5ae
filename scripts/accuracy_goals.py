"""How the scorecard looks at results: every function against a reference in higher precision, and sets of instructions
against each other."""

import functools
import json
import os

from commands import BIN, ctest, run
from goals import goal

PAGE = "accuracy.md"


@functools.cache
def sweep(dtype, *options):
    """The results of activation-prove: one record for each function, tier and direction."""
    # 1 where a result is worse than promised, which is for the goals to say.
    return parsed(run(os.path.join(BIN, "activation-prove"), f"--dtype={dtype}", "--json", *options, codes=(0, 1)))


def parsed(lines):
    found = [json.loads(line) for line in lines.splitlines()]
    if not found:
        raise RuntimeError("activation-prove found nothing")
    # JSON has no infinity: there it is text.
    return [{**record, "max_ulp": float(record["max_ulp"])} for record in found]


def worst(records, tier, direction):
    record = max((r for r in records if r["tier"] == tier and r["direction"] == direction), key=lambda r: r["max_ulp"])
    return record["max_ulp"], f"{record['max_ulp']:.3f} ULP ({record['function']})"


def misrounds(records):
    exact = [r for r in records if r["tier"] == "exact"]
    wrong = sum(r["misrounds"] for r in exact)
    return f"{wrong} wrongly rounded of {sum(r['checked'] for r in exact):,}, {len(exact)} sweeps", wrong == 0


@goal(
    "exact-f32",
    "EXACT f32, forward and gradient: correctly rounded, 17 million inputs of each function",
    "activation-prove --dtype=f32",
    PAGE,
)
def exact_f32():
    return misrounds(sweep("f32"))


@goal(
    "exact-half",
    "EXACT f16 and bf16, forward and gradient: correctly rounded for all 65,536 inputs",
    "activation-prove --dtype=f16; --dtype=bf16",
    PAGE,
)
def exact_half():
    return misrounds(sweep("f16") + sweep("bf16"))


@goal("exact-f64", "EXACT f64: within 1 ULP", "activation-prove --dtype=f64", PAGE)
def exact_f64():
    found = [worst(sweep("f64"), "exact", direction) for direction in ("forward", "gradient")]
    return "; ".join(text for _, text in found), max(ulp for ulp, _ in found) <= 1


@goal(
    "any-dy",
    "EXACT f32 gradients with a random dy for each input: correctly rounded, 16 million pairs of each function",
    "activation-prove --dtype=f32 --tier=exact --direction=gradient --dy --samples=2^24",
    PAGE,
)
def any_dy():
    return misrounds(sweep("f32", "--tier=exact", "--direction=gradient", "--dy", "--samples=2^24"))


@goal("fast-f32", "FAST f32: at most 2 ULP off forward, 4 ULP in the gradient", "activation-prove --dtype=f32", PAGE)
def fast_f32():
    forward, forward_text = worst(sweep("f32"), "fast", "forward")
    gradient, gradient_text = worst(sweep("f32"), "fast", "gradient")
    return f"forward {forward_text}; gradient {gradient_text}", forward <= 2 and gradient <= 4


@goal(
    "same-bits",
    "the same bits on every instruction set of this machine, both tiers",
    "activation-prove --dtype=f32; --dtype=f16; --dtype=bf16",
    PAGE,
)
def same_bits():
    records = [r for dtype in ("f32", "f16", "bf16") for r in sweep(dtype)]
    differences = sum(r["target_differences"] for r in records)
    return f"{differences} differences between {', '.join(records[0]['targets'])}", differences == 0


@goal(
    "golden",
    "results have the bits of the committed hashes, and instructions of ARM give them too",
    "ctest -R 'GoldenHash|neon'",
    PAGE,
)
def golden():
    return ctest("GoldenHash|^neon")


@goal(
    "cuda-bits",
    "CUDA's formulas, run on the host: the bits of the CPU's kernels over 65,536 of the proof's inputs",
    "ACTIVATION_PROOF_INPUTS=65536 ctest -R 'OnTheHost|OnTheCpu'",
    PAGE,
)
def cuda_bits():
    return ctest("OnTheHost|OnTheCpu", "ACTIVATION_PROOF_INPUTS=65536")


@goal("probes", "correctly rounded, with the right sign, where others fail", "ctest -R ProbesTest", PAGE)
def probes():
    # Slopes of the other dtypes are computed in wider numbers, which these probes do not trouble.
    return ctest("ProbesTest", may_skip=r"Slopes\w*/(f32|f16|bf16)$")


@goal("mutation", "a coefficient changed in its last bits is caught", "ctest -R Mutation", PAGE)
def mutation():
    return ctest("Mutation")
