#!/usr/bin/env bash
# measures the accuracy of the kernels against arbitrary precision: ./dev prove [OPTION OF activation-prove...]
#
# Without options: every function and dtype, in both tiers and directions, on every instruction set of this machine;
# f32 on 2^24 inputs. 'build/release/bin/activation-prove --help' lists the options.

need_packages build test
configure_release machine
build release activation-prove
build/release/bin/activation-prove "$@"
