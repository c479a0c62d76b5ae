// Constants and polynomials of math-inl.h and definitions-inl.h, each as an
// unevaluated sum of two doubles. Written by scripts/coefficients.py; do not edit.
#ifndef ACTIVATION_SRC_FUNCTIONS_COEFFICIENTS_H_
#define ACTIVATION_SRC_FUNCTIONS_COEFFICIENTS_H_

// A host whose code runs elsewhere says where its constants lie.
#ifndef ACT_CONSTANT
#define ACT_CONSTANT inline
#endif

namespace activation {

// A real number to 106 bits: high + low.
struct RealConstant {
  double high;
  double low;
};

// clang-format off
// 1 / ln 2
ACT_CONSTANT constexpr RealConstant kLog2E = {0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56};
// The leading 15 bits of ln 2: times an exponent it is exact.
ACT_CONSTANT constexpr RealConstant kLn2HighFloat = {0x1.62e4000000000p-1, 0x0.0p+0};
// ln 2 less those bits.
ACT_CONSTANT constexpr RealConstant kLn2LowFloat = {0x1.7f7d1cf79abcap-20, -0x1.c4c67fc0d0951p-76};
// The leading 40 bits of ln 2: times an exponent it is exact.
ACT_CONSTANT constexpr RealConstant kLn2HighDouble = {0x1.62e42fefa2000p-1, 0x0.0p+0};
// ln 2 less those bits.
ACT_CONSTANT constexpr RealConstant kLn2LowDouble = {0x1.9ef35793c7673p-41, 0x1.f97b57a079a19p-103};
// r > 0 with silu'(-r) = 0, that is 1 + e^-r = r
ACT_CONSTANT constexpr RealConstant kSiluRoot = {0x1.474973c84120bp+0, 0x1.f8d74bc9ac154p-54};
// e^-r of that r
ACT_CONSTANT constexpr RealConstant kSiluRootLessOne = {0x1.1d25cf210482ep-2, -0x1.ca2d0d94faaecp-60};
// 1 / sqrt(2 pi)
ACT_CONSTANT constexpr RealConstant kNormalDensityAtZero = {0x1.9884533d43651p-2, -0x1.cbc0d30ebfd15p-56};
// r > 0 with gelu'(-r) = 0
ACT_CONSTANT constexpr RealConstant kGeluRoot = {0x1.80ead197f00b4p-1, -0x1.13e74c58cada8p-56};
// r > 0 with gelu_tanh'(-r) = 0
ACT_CONSTANT constexpr RealConstant kGeluTanhRoot = {0x1.81429f9e97e4dp-1, -0x1.4f523ed77dbdcp-55};
// e^-(c1 r + c3 r^3) of that r
ACT_CONSTANT constexpr RealConstant kGeluTanhRootExp = {0x1.2af64e9c485eep-2, -0x1.3ca470b477afcp-57};
// 2 sqrt(2 / pi)
ACT_CONSTANT constexpr RealConstant kGeluTanhC1 = {0x1.9884533d43651p+0, -0x1.cbc0d30ebfd15p-54};
// 2 sqrt(2 / pi) * 0.044715
ACT_CONSTANT constexpr RealConstant kGeluTanhC3 = {0x1.2444f2a4d8b4bp-4, -0x1.6c843a29d1c70p-61};
// 1.702
ACT_CONSTANT constexpr RealConstant kGeluSigmoidBeta = {0x1.b3b645a1cac08p+0, 0x1.89374bc6a7efap-55};

// (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2, by powers of r.
// Relative error 2^-28.3.
ACT_CONSTANT constexpr RealConstant kExpRemainderFloat[] = {
    {0x1.0000000c4592ep-1, 0x1.7735790375138p-57},
    {0x1.5555555ac911fp-3, -0x1.e70fa87107d38p-60},
    {0x1.5554e4aacef45p-5, -0x1.0bc39e5d8df11p-59},
    {0x1.1110df02bfbecp-7, 0x1.24929a0662e47p-61},
    {0x1.6d4920bf2569bp-10, 0x1.d393d42e8ce04p-65},
    {0x1.a12a42f159d0ep-13, -0x1.22c7745b68eb8p-69},
};

// (a + 4) e^(a^2/2) Phi(-a) on 0 <= a <= 20, by powers of u = (a - 4) / (a + 4).
// Relative error 2^-30.8.
ACT_CONSTANT constexpr RealConstant kMillsScaledFloat[] = {
    {0x1.82b4bb8ee317cp-1, -0x1.ab36584547a88p-57},
    {-0x1.373e3a6c1b38cp-1, 0x1.973f49c359a80p-55},
    {0x1.8c6dbd29e32f2p-2, -0x1.2e6628f9640eep-57},
    {-0x1.7dff3c4fc798cp-3, -0x1.b5f119bd898bep-60},
    {0x1.eec5e15f04160p-5, -0x1.879c1944f599dp-61},
    {-0x1.ee10ddb54aab7p-8, -0x1.eda143cb21cf1p-62},
    {-0x1.c87dbe4a424a9p-9, 0x1.05c360c854649p-65},
    {0x1.a9c4fa9e5bd90p-10, -0x1.5297a81df12ccp-68},
    {0x1.2701da35e5b97p-13, -0x1.de10245b18024p-69},
    {-0x1.c350a12f00047p-13, 0x1.3286454efc527p-67},
    {-0x1.069ae791418c9p-17, -0x1.0051fd046faa8p-71},
    {0x1.30e50e737d510p-16, 0x1.9fb2f10cb0bf3p-71},
};

// e^(a^2/2) gelu'(-a) / (kGeluRoot - a) on 0 <= a <= 20, by powers of u.
// Relative error 2^-35.2.
ACT_CONSTANT constexpr RealConstant kGeluSlopeFloat[] = {
    {0x1.d94de78438ae4p-2, -0x1.1a4c4037d8ad9p-58},
    {-0x1.a763001789be2p-4, -0x1.4f8f8dace8e19p-63},
    {0x1.ef4ff7adf1210p-5, -0x1.0420ae8b4b7afp-60},
    {-0x1.cc1e274dc9082p-6, 0x1.02fd7991ee8a9p-60},
    {0x1.3775690082ad7p-7, -0x1.59343e1622a1fp-64},
    {-0x1.d4c7a318d8d83p-10, -0x1.32cc5b703a76ep-69},
    {-0x1.44750b09d1989p-13, 0x1.f2ccd3e464303p-67},
    {0x1.8587c93a44aa9p-13, -0x1.5e94daca948cfp-68},
    {-0x1.1f101c081c5b8p-16, 0x1.6b5f4178257e3p-70},
    {-0x1.2c43e01d3fd68p-16, -0x1.25b49f30b8cbbp-75},
    {0x1.8292af7a8bc66p-19, 0x1.c35b6a13cd527p-73},
    {0x1.f691df8916ec9p-20, 0x1.6723b1fbc0327p-74},
};

// (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2, by powers of r.
// Relative error 2^-58.1.
ACT_CONSTANT constexpr RealConstant kExpRemainderDouble[] = {
    {0x1.0000000000000p-1, -0x1.c000000000000p-234},
    {0x1.5555555555557p-3, 0x1.ae629b6697ddcp-60},
    {0x1.5555555555556p-5, -0x1.678e1f32d0875p-60},
    {0x1.111111110ff87p-7, 0x1.ccc44bb4a5004p-62},
    {0x1.6c16c16c16212p-10, -0x1.73da6a004b74bp-64},
    {0x1.a01a01aca0134p-13, -0x1.43138eafd1d86p-67},
    {0x1.a01a01a741b3cp-16, -0x1.260f4a0f27653p-71},
    {0x1.71ddffef9e7b1p-19, -0x1.3d3b67942303ap-73},
    {0x1.27e4da1a3bf04p-22, -0x1.41ca6a412c477p-77},
    {0x1.af52906239de4p-26, -0x1.01124ef07d38dp-80},
    {0x1.1f75aba0b1e2ep-29, -0x1.08a8ef17e4d92p-83},
};

// (a + 4) e^(a^2/2) Phi(-a) on 0 <= a <= 55, by powers of u = (a - 4) / (a + 4).
// Relative error 2^-61.9.
ACT_CONSTANT constexpr RealConstant kMillsScaledDouble[] = {
    {0x1.82b4bb8c94dcep-1, -0x1.9a0c4b66f1f18p-56},
    {-0x1.373e3a893c28ap-1, -0x1.0e78beac63955p-55},
    {0x1.8c6dbf2cfc2aep-2, 0x1.90752d8126533p-56},
    {-0x1.7dff2bff68349p-3, -0x1.ec486ba7f946bp-59},
    {0x1.eec4cc3e4dde5p-5, -0x1.4bd25c6ebacf6p-60},
    {-0x1.ee27610497579p-8, -0x1.e5e87a673f745p-64},
    {-0x1.c81719d661da6p-9, -0x1.8e182af2a0642p-64},
    {0x1.ab825fc7861e9p-10, 0x1.9c03ebfac19a1p-64},
    {0x1.17a4af1461638p-13, 0x1.c4dbb6934f9d1p-69},
    {-0x1.e4a4275a2b25cp-13, -0x1.bf1c18e29f551p-67},
    {-0x1.00200dab4f86cp-19, -0x1.b1bcca2d3a76bp-73},
    {0x1.26d0c4628e519p-15, -0x1.e701a923c29e0p-69},
    {0x1.80d4c4d61ba58p-21, -0x1.fed98967c348cp-82},
    {-0x1.8d4fc163d4553p-18, -0x1.1fd7ee8c8b6c6p-72},
    {-0x1.525a4f34ba430p-21, -0x1.c0b2faf9f7f26p-77},
    {0x1.125e0e1c7cc4fp-20, -0x1.2a315002799c7p-75},
    {0x1.2552fa40bd04ep-22, -0x1.719329b60a523p-78},
    {-0x1.4e629a086dce2p-23, -0x1.ec17913a5e811p-83},
    {-0x1.78c9a9af8e652p-24, -0x1.eb21f3a48b4eep-83},
    {0x1.d7714036a7dd8p-27, 0x1.d44566338875ap-85},
    {0x1.7b6eaf459c31dp-26, -0x1.e859d90462142p-80},
    {0x1.2133440afa610p-29, 0x1.ebd92a7e9b3b8p-84},
    {-0x1.1449cb49f9de0p-28, -0x1.2a821026c44b0p-87},
    {-0x1.39f9b8d33aad0p-30, -0x1.1dcd2c258958dp-84},
    {0x1.b3cfae793f484p-32, -0x1.daa6fc42addfdp-86},
    {0x1.7a39c64f695efp-33, -0x1.49d1b52f1da6cp-87},
};

// e^(a^2/2) gelu'(-a) / (kGeluRoot - a) on 0 <= a <= 55, by powers of u.
// Relative error 2^-62.6.
ACT_CONSTANT constexpr RealConstant kGeluSlopeDouble[] = {
    {0x1.d94de78425463p-2, -0x1.a6a49474959e7p-58},
    {-0x1.a763001ac67dep-4, 0x1.1a06808372b5bp-59},
    {0x1.ef4ff80137993p-5, 0x1.be6d9aa41aca5p-59},
    {-0x1.cc1e2623d90e7p-6, -0x1.40f3c88063f5ap-62},
    {0x1.37754d816c20bp-7, 0x1.92ae7c0c1c7dbp-61},
    {-0x1.d4c8222accdc3p-10, 0x1.57128703d95fap-65},
    {-0x1.443f63e3bbc99p-13, -0x1.92317bb361771p-67},
    {0x1.85999c416ef88p-13, -0x1.459084dc13c6ap-67},
    {-0x1.25381184fc956p-16, -0x1.08fc08c3f2f6fp-70},
    {-0x1.2e93857d297f7p-16, 0x1.0865d099ca5fdp-70},
    {0x1.dafbcb471bc68p-19, -0x1.f60a2091db0aep-73},
    {0x1.298838c9c5f4bp-19, -0x1.e5d46d4b93f40p-74},
    {-0x1.083a6f468d7f2p-21, 0x1.9f24b6a262e88p-76},
    {-0x1.7745fa1a6b96fp-22, -0x1.92dfefa940164p-76},
    {0x1.c1a362ba0f650p-25, 0x1.e99f99c48c8cdp-79},
    {0x1.10aefbb4093b0p-24, 0x1.9bfb02fe81c22p-79},
    {-0x1.4a2aebf098258p-31, -0x1.5b7fc7a63e005p-86},
    {-0x1.8e69adccfb5f9p-27, -0x1.83f0edec01e85p-81},
    {-0x1.0f2dd250c7e27p-29, -0x1.874318928946dp-83},
    {0x1.f9896eb1c91fap-30, -0x1.10f2d9b1ba0efp-87},
    {0x1.8c21cd61bff9dp-31, 0x1.44fb9c057a0a0p-86},
    {-0x1.be373f06d7e96p-33, 0x1.42fa3d49c2a88p-88},
    {-0x1.380bfd9d3be1ep-33, 0x1.8e69272907ba2p-88},
    {0x1.3bfc0140c21e0p-37, 0x1.15ec7066e9071p-93},
    {0x1.b1211ddbe8f25p-37, -0x1.68d2ff5af53d8p-98},
};
// clang-format on

}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_COEFFICIENTS_H_
