#!/usr/bin/env python3
"""sass.py reads machine code rightly: names of kernels, what is counted of their bodies, and what binds."""

import contextlib
import io
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../scripts"))
import sass  # noqa: E402

# A kernel of one block that computes, one of addresses alone, one that calls, a loop that calls, which is rare, one that does
# not, and the function that they call.
TEXT = """
.text.kernel:
        /*0000*/                   IMAD.MOV.U32 R1, RZ, RZ, c[0x0][0x28] ;
        /*0010*/                   ISETP.GT.U32.AND P0, PT, R3, R32, PT ;
        /*0020*/               @P0 BRA `(.L_x_4) ;
        /*0030*/                   LDG.E.EF.128 R4, [R2.64] ;
        /*0040*/                   FFMA R4, R4, R5, R6 ;
        /*0050*/                   DADD R8, R8, R10 ;
        /*0060*/                   FSETP.GEU.AND P1, PT, R4, RZ, PT ;
        /*0070*/                   LOP3.LUT R6, R8, 0x1f, RZ, 0xc0, !PT ;
        /*0080*/                   IMAD R7, R8, R9, RZ ;
        /*0090*/                   MUFU.EX2 R7, R7 ;
        /*00a0*/                   F2F.F32.F64 R7, R8 ;
        /*00a8*/               @P1 BRA `(.L_x_4) ;
        /*00ac*/                   FADD R7, R7, R7 ;
        /*00b0*/                   CALL.REL.NOINC `($kernel$divide) ;
        /*00b8*/                   FADD R7, R7, R7 ;
.L_x_3:
        /*00b9*/                   FSETP.NAN.AND P1, PT, R4, R5, PT ;
        /*00ba*/                   CALL.REL.NOINC `($kernel$divide) ;
        /*00bb*/                   BSYNC B1 ;
.L_x_2:
        /*00bc*/                   FSEL R4, R5, R4, P1 ;
        /*00bd*/               @P2 BRA `(.L_x_3) ;
.L_x_5:
        /*00be*/                   FMUL R4, R4, R5 ;
        /*00bf*/               @P3 BRA `(.L_x_5) ;
.L_x_4:
        /*00c0*/                   STG.E.EF.128 [R2.64], R4 ;
        /*00d0*/                   EXIT ;
$kernel$divide:
        /*00e0*/                   DFMA R4, R4, R5, R6 ;
        /*00f0*/                   RET.REL.NODEC R4 `(kernel) ;
"""

FUNCTIONS = {"Gelu": "gelu", "Prelu": "prelu", "Softmin": "softmin", "Swiglu": "swiglu"}
NAMES = {
    "void activation::cuda::WarpKernel<activation::cuda::ElementTile<activation::cuda::ElementFormula<activation::cuda::Gelu, true>, "
    "(activation::Tier)1, (activation::DType)0> >(activation::cuda::GroupView)":
        ("WarpKernel", "ElementTile", "gelu", "gradient", "f32", "fast", 3),
    "void activation::cuda::WarpKernel<activation::cuda::GateTile<activation::cuda::Swiglu, (activation::Direction)0, (activation::Tier)0, "
    "(activation::DType)3> >(activation::cuda::GroupView)":
        ("WarpKernel", "GateTile", "swiglu", "forward", "bf16", "exact", 3),
    "void activation::cuda::WarpKernel<activation::cuda::(anonymous namespace)::ChannelTile<activation::cuda::Prelu, false, "
    "(activation::DType)2> >(activation::cuda::GroupView)":
        ("WarpKernel", "ChannelTile", "prelu", "forward", "f16", "exact", 2),
    "void activation::cuda::BlockKernel<activation::cuda::(anonymous namespace)::RowTile<activation::cuda::Softmin, "
    "(activation::Direction)1> >(activation::cuda::GroupView)":
        ("BlockKernel", "RowTile", "softmin", "gradient", "f64", "exact", 0),
    "void activation::cuda::BlockKernel<activation::cuda::(anonymous namespace)::FloatRowTile<activation::cuda::Softmin, "
    "(activation::Direction)0> >(activation::cuda::GroupView)":
        ("BlockKernel", "FloatRowTile", "softmin", "forward", "f32", "fast", 0),
    "void activation::cuda::BlockKernel<activation::cuda::(anonymous namespace)::SumTile<activation::cuda::Gelu, "
    "(activation::DType)0> >(activation::cuda::GroupView)":
        ("BlockKernel", "SumTile", "gelu", "gradient", "f32", "exact", 0),
    "void activation::cuda::BlockKernel<activation::cuda::(anonymous namespace)::TotalTile>(activation::cuda::GroupView)":
        ("BlockKernel", "TotalTile", "all", "gradient", "f64", "exact", 0),
}


class SassTest(unittest.TestCase):
    def test_counts_what_computes_by_unit(self):
        (name, body), = sass.bodies(TEXT)
        self.assertEqual(name, "kernel")
        found = sass.counts(body)
        expected = {"fp32": 3, "imad": 1, "alu": 2, "fp64": 1, "mufu": 1, "convert": 1, "issue": 13, "loads": 1, "stores": 1, "calls": 2,
                    "local": 0}
        self.assertEqual({unit: found[unit] for unit in expected}, expected)

    def test_knows_every_sort_of_kernel(self):
        for name, expected in NAMES.items():
            self.assertEqual(tuple(sass.describe(name, FUNCTIONS)), expected)
        self.assertIsNone(sass.describe("void other::Kernel<int>(int)", FUNCTIONS))

    def test_the_unit_that_takes_longer_than_memory_binds(self):
        what = sass.What("WarpKernel", "ElementTile", "gelu", "forward", "f32", "exact", 2)
        elements = sass.LANE_BYTES // 4
        card = sass.CARDS[90]
        # As many of FP64 as take memory's time.
        most = 8 / card.bandwidth * card.fp64 * card.processors * card.clock * elements
        for times, expected in ((0.5, "memory"), (2, "fp64")):
            row = sass.row_of(90, what, 40, 0, sass.collections.Counter({"fp64": most * times}))
            self.assertEqual(sass.bound(row)[0], expected)
            self.assertAlmostEqual(sass.bound(row)[1], times)
        self.assertEqual(row.occupancy, 12)
        # 128 threads of each block ask for 32 bytes of x.
        self.assertEqual(row.flight, 12 * 128 * 32)

    def test_results_are_not_asked_for(self):
        for tile, direction, tensors, inputs in (("ElementTile", "gradient", 3, 2), ("GateTile", "forward", 3, 2),
                                                 ("GateTile", "gradient", 5, 3), ("RowTile", "gradient", 0, 0)):
            self.assertEqual(sass.inputs(sass.What("WarpKernel", tile, "f", direction, "f32", "fast", tensors)), inputs)

    def test_names_what_asks_memory_for_too_little(self):
        def row(function, direction, registers, fp64=0):
            tensors = 2 if direction == "forward" else 3
            what = sass.What("WarpKernel", "ElementTile", function, direction, "f32", "fast", tensors)
            return sass.row_of(90, what, registers, 0, sass.collections.Counter({"fp64": fp64}))
        # 12 blocks of 4 KiB are enough, 8 of x alone are not, 8 of x and dy are; what a unit binds does not count.
        found = [row("relu", "forward", 40), row("elu", "forward", 64), row("elu", "gradient", 64), row("erf", "forward", 96, 10000)]
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            sass.print_flight(found)
        self.assertEqual(output.getvalue(), "- Of 3 kernels that memory binds 2 ask it for 48 KiB or more at a time on each multiprocessor; "
                                            "1 do not, down to 32 KiB: elu f32 FAST 32.\n")

    def test_shared_memory_bounds_the_blocks(self):
        what = sass.What("BlockKernel", "RowTile", "softmin", "forward", "f64", "exact", 0)
        self.assertEqual(sass.row_of(90, what, 32, 45 << 10, sass.collections.Counter()).occupancy, 4)


if __name__ == "__main__":
    unittest.main()
