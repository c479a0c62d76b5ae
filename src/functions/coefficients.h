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
ACT_CONSTANT constexpr RealConstant kLn2HighFast = {0x1.62e4000000000p-1, 0x0.0p+0};
// ln 2 less those bits.
ACT_CONSTANT constexpr RealConstant kLn2LowFast = {0x1.7f7d1cf79abcap-20, -0x1.c4c67fc0d0951p-76};
// The leading 40 bits of ln 2: times an exponent it is exact.
ACT_CONSTANT constexpr RealConstant kLn2HighCareful = {0x1.62e42fefa2000p-1, 0x0.0p+0};
// ln 2 less those bits.
ACT_CONSTANT constexpr RealConstant kLn2LowCareful = {0x1.9ef35793c7673p-41, 0x1.f97b57a079a19p-103};
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
// sqrt(2)
ACT_CONSTANT constexpr RealConstant kSqrt2 = {0x1.6a09e667f3bcdp+0, -0x1.bdd3413b26456p-54};
// 2 / sqrt(pi)
ACT_CONSTANT constexpr RealConstant kErfSlopeAtZero = {0x1.20dd750429b6dp+0, 0x1.1ae3a914fed80p-56};
// r > 0 with mish'(-r) = 0
ACT_CONSTANT constexpr RealConstant kMishRoot = {0x1.31432c0d12d84p+0, 0x1.bf319154da210p-55};
// e^-r of that r
ACT_CONSTANT constexpr RealConstant kMishRootExp = {0x1.36c4202fc3eccp-2, 0x1.6d73a02f8d922p-56};
// 6 - 4 r of that r
ACT_CONSTANT constexpr RealConstant kMishConstant = {0x1.3af34fcbb49efp+0, 0x1.0339baac977bfp-55};
// 1 / 6
ACT_CONSTANT constexpr RealConstant kSixth = {0x1.5555555555555p-3, 0x1.5555555555555p-57};
// 1 / 3
ACT_CONSTANT constexpr RealConstant kThird = {0x1.5555555555555p-2, 0x1.5555555555555p-56};
// selu's lambda
ACT_CONSTANT constexpr RealConstant kSeluScale = {0x1.0cfabd6a91132p+0, 0x1.6fc7d272f2695p-55};
// selu's lambda alpha
ACT_CONSTANT constexpr RealConstant kSeluScaleAlpha = {0x1.c212cc640f031p+0, 0x1.05161b045a1fep-56};
// 1.702
ACT_CONSTANT constexpr RealConstant kGeluSigmoidBeta = {0x1.b3b645a1cac08p+0, 0x1.89374bc6a7efap-55};
// ln 2
ACT_CONSTANT constexpr RealConstant kLn2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
// 16 / ln 2
ACT_CONSTANT constexpr RealConstant kSixteenLog2E = {0x1.71547652b82fep+4, 0x1.777d0ffda0d24p-52};
// ln 2 / 16
ACT_CONSTANT constexpr RealConstant kLn2Sixteenth = {0x1.62e42fefa39efp-5, 0x1.abc9e3b39803fp-60};

// 2^(j / 16).
alignas(64) ACT_CONSTANT constexpr double kExp2Table[16] = {
    0x1.0000000000000p+0,
    0x1.0b5586cf9890fp+0,
    0x1.172b83c7d517bp+0,
    0x1.2387a6e756238p+0,
    0x1.306fe0a31b715p+0,
    0x1.3dea64c123422p+0,
    0x1.4bfdad5362a27p+0,
    0x1.5ab07dd485429p+0,
    0x1.6a09e667f3bcdp+0,
    0x1.7a11473eb0187p+0,
    0x1.8ace5422aa0dbp+0,
    0x1.9c49182a3f090p+0,
    0x1.ae89f995ad3adp+0,
    0x1.c199bdd85529cp+0,
    0x1.d5818dcfba487p+0,
    0x1.ea4afa2a490dap+0,
};

// (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2, by powers of r.
// Relative error 2^-28.3.
ACT_CONSTANT constexpr RealConstant kExpRemainderFast[] = {
    {0x1.0000000c4592ep-1, 0x1.7735790375138p-57},
    {0x1.5555555ac911fp-3, -0x1.e70fa87107d38p-60},
    {0x1.5554e4aacef45p-5, -0x1.0bc39e5d8df11p-59},
    {0x1.1110df02bfbecp-7, 0x1.24929a0662e47p-61},
    {0x1.6d4920bf2569bp-10, 0x1.d393d42e8ce04p-65},
    {0x1.a12a42f159d0ep-13, -0x1.22c7745b68eb8p-69},
};

// (a + 4) e^(a^2/2) Phi(-a) on 0 <= a <= 20, by powers of u = (a - 4) / (a + 4).
// Relative error 2^-30.8.
ACT_CONSTANT constexpr RealConstant kMillsScaledFast[] = {
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
ACT_CONSTANT constexpr RealConstant kGeluSlopeFast[] = {
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

// (e^r - 1 - r) / r^2 on |r| <= ln(2) / 32, by powers of r.
// Relative error 2^-42.9.
ACT_CONSTANT constexpr RealConstant kExpRemainderQuick[] = {
    {0x1.0000000000000p-1, 0x1.0000000000000p-235},
    {0x1.55555554d864cp-3, 0x1.e0fcfde20f649p-57},
    {0x1.5555555516dd1p-5, 0x1.4e9a7e04c0de9p-59},
    {0x1.11120ffce45e0p-7, -0x1.477428fdd8ec9p-68},
    {0x1.6c17c057d3d84p-10, -0x1.da2314d10ec10p-64},
};

// (a + 4) e^(a^2/2) Phi(-a) on 0 <= a <= 20, by powers of u = (a - 4) / (a + 4).
// Relative error 2^-45.1.
ACT_CONSTANT constexpr RealConstant kMillsScaledQuick[] = {
    {0x1.82b4bb8c94e27p-1, 0x1.07a311b8fac60p-58},
    {-0x1.373e3a893c677p-1, 0x1.487708f53d7edp-57},
    {0x1.8c6dbf2cf15c7p-2, 0x1.4b06de5cf8533p-59},
    {-0x1.7dff2bff226ccp-3, -0x1.23d9fa1300045p-59},
    {0x1.eec4cc4c63a2fp-5, 0x1.89fcf1c70702ap-66},
    {-0x1.ee27619f21d6ep-8, 0x1.ccbcfddb7b2ffp-62},
    {-0x1.c817281c81e99p-9, -0x1.f25aa4b9b8b26p-67},
    {0x1.ab826c1cf953dp-10, -0x1.dbb12d34bc807p-64},
    {0x1.17abdeb64e7fbp-13, -0x1.36adc86ba8227p-67},
    {-0x1.e4a2e02f45390p-13, 0x1.8269c9d8d456ap-67},
    {-0x1.07f59b1e40d45p-19, 0x1.4bb4ce2286f93p-73},
    {0x1.2680b7465284ep-15, 0x1.03297fa00fce2p-69},
    {0x1.ca000054f7c6ap-21, -0x1.2d7748143448fp-77},
    {-0x1.8385d4430d5e0p-18, 0x1.5e41b15ccca7bp-74},
    {-0x1.9f49c997b7b98p-21, -0x1.09107e11718a6p-77},
    {0x1.9d4693a6dfde5p-21, -0x1.4e2a163377ab5p-75},
    {0x1.2814c3309c456p-22, 0x1.a738a308a020bp-76},
    {0x1.3841e69563bf1p-26, -0x1.0389a1dc5b73ap-86},
};

// e^(a^2/2) gelu'(-a) / (kGeluRoot - a) on 0 <= a <= 20, by powers of u.
// Relative error 2^-49.3.
ACT_CONSTANT constexpr RealConstant kGeluSlopeQuick[] = {
    {0x1.d94de7842546dp-2, 0x1.748f90ba36d49p-59},
    {-0x1.a763001ac69b3p-4, 0x1.758ce0a204332p-59},
    {0x1.ef4ff80132bf9p-5, -0x1.23ae93ad5685bp-59},
    {-0x1.cc1e2623b670fp-6, -0x1.7124ef62c093ap-61},
    {0x1.37754d848d128p-7, -0x1.002ccc5da5712p-61},
    {-0x1.d4c8225568447p-10, 0x1.535af0f46cb58p-65},
    {-0x1.443f70873943bp-13, 0x1.c2a3840157977p-72},
    {0x1.8599a5a455376p-13, 0x1.a18121fae426fp-67},
    {-0x1.2534dd43ea279p-16, -0x1.ad9328e481717p-73},
    {-0x1.2e93e501aae2dp-16, 0x1.114a527715b58p-71},
    {0x1.da8942bd9f34dp-19, -0x1.68fb2e3da1619p-73},
    {0x1.29611ba59623cp-19, -0x1.5d5bfc24c5735p-73},
    {-0x1.03cafa81a45bep-21, 0x1.b6c3edd7ec733p-75},
    {-0x1.70e724e2f98a2p-22, -0x1.a282babd0fc74p-80},
    {0x1.68de4f603552bp-25, 0x1.d50b5344eb4f2p-82},
    {0x1.bd7e1c53c5b5fp-25, -0x1.ca38f394301e4p-80},
    {0x1.e5c7c7b49bc5dp-29, -0x1.2c5bc33249637p-84},
    {-0x1.3ebf6ef9dd15fp-29, 0x1.fa0bc1c7cf8b1p-83},
};

// (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2, by powers of r.
// Relative error 2^-58.1.
ACT_CONSTANT constexpr RealConstant kExpRemainderCareful[] = {
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
ACT_CONSTANT constexpr RealConstant kMillsScaledCareful[] = {
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
ACT_CONSTANT constexpr RealConstant kGeluSlopeCareful[] = {
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

// (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2, by powers of r.
// Relative error 2^-111.1.
ACT_CONSTANT constexpr RealConstant kExpRemainderCertain[] = {
    {0x1.0000000000000p-1, -0x1.2000000000000p-234},
    {0x1.5555555555555p-3, 0x1.555555555555bp-57},
    {0x1.5555555555555p-5, 0x1.5555555555556p-59},
    {0x1.1111111111111p-7, 0x1.11111110e52a5p-63},
    {0x1.6c16c16c16c17p-10, -0x1.f49f49f4a7453p-65},
    {0x1.a01a01a01a01ap-13, 0x1.a01a642804bc2p-73},
    {0x1.a01a01a01a01ap-16, 0x1.a01a257391028p-76},
    {0x1.71de3a556c734p-19, -0x1.c16e19fcae822p-73},
    {0x1.27e4fb7789f5cp-22, 0x1.cbb2e29bceca3p-76},
    {0x1.ae64567f544e4p-26, -0x1.0211194f1e8fcp-86},
    {0x1.1eed8eff8d898p-29, -0x1.12b6166f116b5p-84},
    {0x1.6124613a86888p-33, -0x1.7f9ac4323488ap-87},
    {0x1.93974a8c07956p-37, 0x1.e59fb840d71cdp-95},
    {0x1.ae7f3e76c4f29p-41, -0x1.41fa42be99cf0p-96},
    {0x1.ae7f3e75cdf47p-45, 0x1.278000053a57ap-102},
    {0x1.952c5c9f7c036p-49, -0x1.ce70c99fb196bp-104},
    {0x1.6827730ad2991p-53, -0x1.e2c29c318f26cp-107},
    {0x1.2fb55dde6441ep-57, -0x1.c075583a6f77ep-112},
    {0x1.e5df516cd0e04p-62, -0x1.92c0b65ff9467p-118},
};

// (a + 4) e^(a^2/2) Phi(-a) on 0 <= a <= 20, by powers of u = (a - 4) / (a + 4).
// Relative error 2^-98.9.
ACT_CONSTANT constexpr RealConstant kMillsScaledCertain[] = {
    {0x1.82b4bb8c94dcep-1, -0x1.990ea270ac987p-56},
    {-0x1.373e3a893c28ap-1, -0x1.caae2cd64e7d9p-56},
    {0x1.8c6dbf2cfc2aep-2, -0x1.c0d55d5eb520dp-59},
    {-0x1.7dff2bff6835ep-3, 0x1.f8adfa7614b0dp-58},
    {0x1.eec4cc3e4deeap-5, -0x1.25cd5a1f00559p-61},
    {-0x1.ee27610491223p-8, 0x1.a36a64a761b56p-65},
    {-0x1.c81719d67e5f3p-9, 0x1.ca0461eda091dp-64},
    {0x1.ab825fc5c350ap-10, 0x1.60ce05a40a126p-64},
    {0x1.17a4af2dbee25p-13, 0x1.c660130c887d9p-68},
    {-0x1.e4a426c81848fp-13, 0x1.1d09953eff22fp-69},
    {-0x1.00204275b0d37p-19, -0x1.db06a37f5a243p-74},
    {0x1.26d0b565a9d64p-15, 0x1.8b1e46afc5298p-70},
    {0x1.80d91a5ff54a5p-21, -0x1.93744dd283b5dp-75},
    {-0x1.8d4dafa8e4a31p-18, 0x1.2d90a46d1378ap-73},
    {-0x1.526942f2aa36cp-21, -0x1.35a7b83706a65p-75},
    {0x1.1244922d282edp-20, 0x1.0b28aac930d50p-74},
    {0x1.25976ba10cdb7p-22, -0x1.6b64f73054132p-77},
    {-0x1.4ca58916c5ff6p-23, 0x1.59f8ad8d244a1p-78},
    {-0x1.7a5e8f304cc03p-24, -0x1.13acf23df640fp-78},
    {0x1.ac502f1dcbdaep-27, 0x1.5ad2701d25ba4p-81},
    {0x1.80d274b72759bp-26, -0x1.f3b6cdc577f44p-80},
    {0x1.dc3fa63b89202p-29, 0x1.ab4b00c84f7ebp-83},
    {-0x1.1930fad1ecca2p-28, 0x1.bfa8b0a05329dp-83},
    {-0x1.2520cd8504bd7p-29, 0x1.0420af871a391p-83},
    {0x1.12c81502e5a45p-32, 0x1.8fb4005892d99p-88},
    {0x1.50965748535ccp-31, -0x1.bfe990a2cb21ap-86},
    {0x1.772db42d3283dp-33, -0x1.9c630eed8a1a3p-87},
    {-0x1.81713f50dc919p-34, 0x1.433527f72ae64p-89},
    {-0x1.61f4896c78700p-34, 0x1.eda16f5ba6ca9p-89},
    {-0x1.96d83b62daf34p-37, 0x1.783bf029b1845p-92},
    {0x1.20119fd14165fp-36, 0x1.07e714115faa3p-90},
    {0x1.72db77b4cc78bp-37, -0x1.c441617e14879p-92},
    {0x1.aa168349d8da9p-42, -0x1.fb75dccc442a6p-96},
    {-0x1.7477af4529249p-39, 0x1.d85c33c03cb5bp-93},
    {-0x1.654ddeba12197p-40, -0x1.051a3095d3ae3p-94},
    {0x1.a39464cf391c7p-44, 0x1.e2718c2b5d451p-98},
    {0x1.5a123e1921efdp-42, 0x1.f2c3c46f14375p-97},
    {0x1.bda02c8420a29p-44, 0x1.835ad13320325p-98},
    {-0x1.21b29f2875533p-47, -0x1.450df62b3c5a2p-101},
    {-0x1.9271899875200p-47, -0x1.779e00821cfedp-101},
    {-0x1.1049932f0704cp-49, -0x1.031ba84fa1f05p-108},
};

// e^(a^2/2) gelu'(-a) / (kGeluRoot - a) on 0 <= a <= 20, by powers of u.
// Relative error 2^-104.6.
ACT_CONSTANT constexpr RealConstant kGeluSlopeCertain[] = {
    {0x1.d94de78425463p-2, -0x1.a1e37a9e2aceap-58},
    {-0x1.a763001ac67dep-4, 0x1.afe232bd109aep-60},
    {0x1.ef4ff80137990p-5, 0x1.4c31178a60823p-61},
    {-0x1.cc1e2623d90d8p-6, 0x1.d9cd4be0aa06fp-60},
    {0x1.37754d816c533p-7, 0x1.59916fc985244p-62},
    {-0x1.d4c8222aceee8p-10, 0x1.9d3831808e97bp-67},
    {-0x1.443f63e4e7a31p-13, 0x1.dead278de19c7p-67},
    {0x1.85999c42679a7p-13, 0x1.9daeab438f838p-67},
    {-0x1.25381110f3f15p-16, 0x1.540372ad288d7p-72},
    {-0x1.2e9385b9834f5p-16, 0x1.712c45f688c19p-70},
    {0x1.dafbb0831aef1p-19, -0x1.9cf132fbbd776p-75},
    {0x1.2988409e698c4p-19, 0x1.e49ff66b9ca3ep-73},
    {-0x1.08387438387d4p-21, 0x1.deb5ec576efe6p-75},
    {-0x1.77466aa89b413p-22, 0x1.791141be96b1fp-77},
    {0x1.c13f1ded2ef51p-25, 0x1.5abecec64b0c6p-80},
    {0x1.10ace92594fb4p-24, -0x1.b0d92308e8a5cp-79},
    {-0x1.143c8f2fc4c43p-31, -0x1.12017f5abce21p-91},
    {-0x1.8dd376f0b875dp-27, -0x1.966e73ab49cebp-81},
    {-0x1.22dd2c2b15693p-29, 0x1.02c7abe82fea0p-83},
    {0x1.edece461a9d96p-30, -0x1.a648f78856e5ep-85},
    {0x1.d833fb293f79dp-31, 0x1.cd351e98762b6p-85},
    {-0x1.40283eca4dcb3p-33, -0x1.d7544a4917efbp-90},
    {-0x1.ee7325e3ca002p-33, 0x1.9c50621b029acp-89},
    {-0x1.47e027b96e889p-35, -0x1.f6c0d7056ef26p-89},
    {0x1.5043ab7cecb5cp-35, 0x1.f33be6a191d95p-89},
    {0x1.7ff7395f5ae6fp-36, -0x1.d44a98797b3f0p-90},
    {-0x1.1740e83610fd8p-40, -0x1.9bb3207f73c21p-95},
    {-0x1.8ac9a6ca55b7ap-38, 0x1.4b3469a67efd6p-94},
    {-0x1.1a031b7f12f4fp-39, 0x1.543e791a796fep-94},
    {0x1.3d545618266f4p-41, -0x1.b22538c575f8dp-98},
    {0x1.a72472da3730fp-41, -0x1.b83d9fed7937ep-96},
    {0x1.a6215f32a834ep-43, 0x1.7eab31b1cb83dp-99},
    {-0x1.f751f15779743p-44, 0x1.d84781ae6946dp-98},
    {-0x1.bffd85856620dp-44, -0x1.23710a581bc2ap-99},
    {-0x1.1a7a6ea895c65p-46, 0x1.37debde76f58dp-100},
    {0x1.3caf1169e5c17p-46, 0x1.38d1cf1ad4b7cp-100},
    {0x1.85f0346d53f73p-47, 0x1.9a5be61ad7807p-102},
    {0x1.bec8ad8ba34b4p-51, -0x1.70000d61dd1bap-105},
    {-0x1.af80d60fd6bafp-50, 0x1.a99401006bfadp-104},
    {-0x1.6ab5dae0590d8p-51, 0x1.69ace74d98727p-105},
    {-0x1.8362b675331adp-54, 0x1.76c05cc85a83ep-108},
};

// log(1 + z) / z on 0 <= z <= 1, by powers of u = 2 z - 1.
// Relative error 2^-27.5.
ACT_CONSTANT constexpr RealConstant kLog1pUnitFast[] = {
    {0x1.9f323eebbb1e4p-1, -0x1.77c4d39e9b7d0p-56},
    {-0x1.2773a6019bfbep-3, -0x1.c3649ccfd68a4p-59},
    {0x1.0f9550cf57962p-5, 0x1.dfddaf4d03e8ap-59},
    {-0x1.1540360e3aceap-7, 0x1.3ed8b7d8c3c70p-67},
    {0x1.2c1da79405f9dp-9, -0x1.ad7562299bc3bp-64},
    {-0x1.50e83d030f8cfp-11, -0x1.a137726e2d7cbp-65},
    {0x1.7b60a99c613edp-13, -0x1.027cf7537fe0fp-68},
    {-0x1.bcdc06d03271bp-15, -0x1.7cd1362e5ef76p-70},
    {0x1.5814ecdb82791p-16, 0x1.dd5b4471f5b09p-71},
    {-0x1.a04aca0c7db3fp-18, 0x1.adfbc916061b7p-72},
};

// log(1 + f) / f on |f| <= 1/3, by powers of u = 3 f.
// Relative error 2^-27.7.
ACT_CONSTANT constexpr RealConstant kLog1pNearFast[] = {
    {0x1.000000107f177p+0, 0x1.bbdaf2958f454p-55},
    {-0x1.5555557dc9420p-3, 0x1.25a24cd65840ap-57},
    {0x1.2f67e4f1ad53cp-5, -0x1.72a99fc5a7eb2p-62},
    {-0x1.2f67cdadc5bc8p-7, 0x1.bc801e33a8c3ep-61},
    {0x1.43d5647ce321dp-9, 0x1.a1732b777a1e7p-63},
    {-0x1.67d681ecca1f4p-11, -0x1.02bfe85f21154p-66},
    {0x1.923e7bdc7ef39p-13, 0x1.daec3162b9239p-69},
    {-0x1.d4c5585fb7491p-15, -0x1.b4d0eb409fac3p-74},
    {0x1.6803578494922p-16, 0x1.8742debdba8ebp-70},
    {-0x1.b1e6961f5e3cdp-18, -0x1.7146d12570c38p-72},
};

// (x - tanh x) / x^3 on |x| <= 1, by powers of u = 2 x^2 - 1.
// Relative error 2^-27.5.
ACT_CONSTANT constexpr RealConstant kTanhshrinkFast[] = {
    {0x1.1c8e0ea75f8c3p-2, 0x1.8f582397a2c07p-56},
    {-0x1.79ce0c03b3bb7p-5, -0x1.f82210d01ab3cp-59},
    {0x1.fc62df9f0f586p-8, -0x1.346ef4861e7ebp-62},
    {-0x1.5692739aabc4ap-10, 0x1.cebd0ae54a49dp-65},
    {0x1.cd46566b60a17p-13, -0x1.66416408d52efp-67},
    {-0x1.36e4c5036ad93p-15, -0x1.cdd96a8c3eb86p-69},
    {0x1.bc4ebadd442d3p-18, 0x1.4f6cdf799a2cfp-72},
    {-0x1.2b758252359aap-20, 0x1.ac3dc0ecc6c54p-75},
};

// erf(x) / x on |x| <= 1, by powers of u = 2 x^2 - 1.
// Relative error 2^-34.7.
ACT_CONSTANT constexpr RealConstant kErfFast[] = {
    {0x1.ee51eb2384786p-1, -0x1.822c0a2ee39e5p-55},
    {-0x1.1fd1629207160p-3, -0x1.c0ede6ead916dp-57},
    {0x1.4543691d8f268p-6, -0x1.b380ebe113d6ep-60},
    {-0x1.2b902beb7bf5ep-9, 0x1.69c6c594e61e4p-64},
    {0x1.c827dc5bc9b59p-13, -0x1.aa564fca84054p-68},
    {-0x1.2638790e9e1c6p-16, -0x1.b4a8b4de5170ap-70},
    {0x1.4a9da0f178cf0p-20, 0x1.2df02f500ebccp-75},
    {-0x1.445f47d33d87bp-24, 0x1.80dd34ffc0d78p-82},
};

// log(1 + z) / z on 0 <= z <= 1, by powers of u = 2 z - 1.
// Relative error 2^-51.2.
ACT_CONSTANT constexpr RealConstant kLog1pUnitQuick[] = {
    {0x1.9f323ecbf984cp-1, -0x1.a92e513217f5cp-58},
    {-0x1.2773a5da90c90p-3, 0x1.3e700c463babbp-57},
    {0x1.0f95b3dc0a218p-5, -0x1.a0defbc4ba6fap-60},
    {-0x1.1540afd520a8dp-7, 0x1.f4a47ac008cf4p-63},
    {0x1.2bec9fba19015p-9, -0x1.4d689b72334ddp-64},
    {-0x1.50abf6fb08983p-11, 0x1.ae45b13fdea9ap-65},
    {0x1.83c50b4da6843p-13, 0x1.21bd3474282b8p-69},
    {-0x1.c72c4befe40c0p-15, -0x1.ce730331e6aecp-69},
    {0x1.0f1181e6a13b5p-16, -0x1.9561fef436bb9p-70},
    {-0x1.469f9eeb6bf7fp-18, -0x1.258e5030c7bb9p-73},
    {0x1.8d43fbbdf7d23p-20, -0x1.867a93057ba63p-74},
    {-0x1.e67637ef62cd8p-22, -0x1.d5fd03cbfd77fp-77},
    {0x1.2c1acd8490b66p-23, 0x1.f05186462a5a2p-77},
    {-0x1.7a8e4b6d11cffp-25, -0x1.00dbdb51b4373p-83},
    {0x1.d82741579ac4bp-27, 0x1.85dc8c1c5bd97p-82},
    {-0x1.f4c29e074fa0ep-29, 0x1.259e14647743cp-83},
    {0x1.3a03643f5990bp-30, 0x1.3a09e0f2624f8p-84},
    {-0x1.7ad3d1436f9e5p-31, 0x1.a4e7c2218b0c9p-85},
    {0x1.e04ea006d3827p-33, -0x1.a4efc9f7c1e75p-87},
};

// log(1 + f) / f on |f| <= 1/3, by powers of u = 3 f.
// Relative error 2^-51.4.
ACT_CONSTANT constexpr RealConstant kLog1pNearQuick[] = {
    {0x1.0000000000000p+0, -0x1.8000000000000p-233},
    {-0x1.555555555560fp-3, 0x1.8f7e4334768c9p-57},
    {0x1.2f684bda13054p-5, 0x1.3d2168e6167e8p-61},
    {-0x1.2f684bd9e79ccp-7, 0x1.fd3a10e299af2p-61},
    {0x1.43a2730a87b9fp-9, 0x1.a71bc81cd048dp-63},
    {-0x1.67980e3b6e72bp-11, 0x1.209246cab1c28p-65},
    {0x1.9af6ebb7cbb8cp-13, 0x1.d72eb53736c38p-67},
    {-0x1.df75507add259p-15, -0x1.cb6c080406259p-70},
    {0x1.1c1f96f5513e9p-16, 0x1.554e7859c53e2p-72},
    {-0x1.54f5eff9e5052p-18, 0x1.11674cb95bd50p-72},
    {0x1.9d4953b1335afp-20, -0x1.e26923d2105ffp-74},
    {-0x1.f89d39c3a7ab7p-22, -0x1.ec409e245e565p-76},
    {0x1.3685812a079f9p-23, 0x1.ab3247188b22ep-81},
    {-0x1.86c6b8a2c0ae2p-25, -0x1.4efb424a57ac6p-79},
    {0x1.e676dceb5668fp-27, 0x1.a4e6f758ebe16p-81},
    {-0x1.01d0b0edba226p-28, -0x1.702de2ce0d7b2p-85},
    {0x1.42d260c1c2296p-30, 0x1.c923888cd2ad1p-84},
    {-0x1.84203de2981c8p-31, -0x1.a67e488a9823ep-85},
    {0x1.eb89e3b073f46p-33, -0x1.a60f04bf27233p-88},
};

// (x - tanh x) / x^3 on |x| <= 1, by powers of u = 2 x^2 - 1.
// Relative error 2^-48.8.
ACT_CONSTANT constexpr RealConstant kTanhshrinkQuick[] = {
    {0x1.1c8e0ec09a30dp-2, 0x1.346e151d46de4p-60},
    {-0x1.79ce0c25b5dc1p-5, -0x1.dfd4e0407c764p-61},
    {0x1.fc6215f7b80a2p-8, -0x1.7a3e365f7dd3cp-63},
    {-0x1.5691ebb1083e2p-10, -0x1.ed7bcaeb2172ep-65},
    {0x1.cdc3c488628a0p-13, 0x1.62cdfc9b7ba25p-67},
    {-0x1.37394eec4ab9fp-15, -0x1.ca5652756858fp-69},
    {0x1.a385f513a6698p-18, -0x1.7f0cf931c5103p-72},
    {-0x1.1ac13164070afp-20, 0x1.382af72893167p-74},
    {0x1.7d2df53b9a15ep-23, 0x1.290a127516ffbp-77},
    {-0x1.00e94ebd72a5cp-25, 0x1.9974699b0e65ap-83},
    {0x1.58d38bca992b0p-28, 0x1.33943c81289aap-82},
    {-0x1.d0d1bff6404ecp-31, -0x1.f0b612b31033cp-86},
    {0x1.5bd98166f2156p-33, 0x1.b62a4ced8577dp-88},
    {-0x1.d4e50848f59e3p-36, 0x1.c0df065e4017ap-90},
};

// erf(x) / x on |x| <= 1, by powers of u = 2 x^2 - 1.
// Relative error 2^-62.6.
ACT_CONSTANT constexpr RealConstant kErfQuick[] = {
    {0x1.ee51eb23cb7eap-1, 0x1.889c029995b06p-55},
    {-0x1.1fd16292151fdp-3, -0x1.8159540375a4bp-57},
    {0x1.454368017b042p-6, -0x1.1005bc98c1decp-62},
    {-0x1.2b902b7b2f28ep-9, 0x1.67059cdcf7e4bp-65},
    {0x1.c82aa249df460p-13, -0x1.2e72b9a8d87aap-69},
    {-0x1.263991b802ee6p-16, 0x1.9ce7c919cf6b6p-71},
    {0x1.486638bc9befep-20, -0x1.d32f2cdf8698bp-74},
    {-0x1.429e93e668f24p-24, 0x1.3e1947dc69a42p-78},
    {0x1.1ad5edf90dd80p-28, 0x1.b9794a8b7a5aap-82},
    {-0x1.bf8d2c72b9b8cp-33, 0x1.86715bc82dd78p-87},
    {0x1.428e938efe043p-37, 0x1.7117e8e86f36dp-92},
    {-0x1.acbabce2865e7p-42, -0x1.d31690ea5f043p-96},
    {0x1.05ffd737fb32ep-46, 0x1.20f41bc0b2d7ap-102},
};

// log(1 + z) / z on 0 <= z <= 1, by powers of u = 2 z - 1.
// Relative error 2^-66.8.
ACT_CONSTANT constexpr RealConstant kLog1pUnitCareful[] = {
    {0x1.9f323ecbf984cp-1, -0x1.a92e513217f5cp-58},
    {-0x1.2773a5da90bdap-3, -0x1.d1450ed0f1f23p-57},
    {0x1.0f95b3dc0a131p-5, -0x1.e0d34910573e0p-62},
    {-0x1.1540afd54b10bp-7, 0x1.9599c3c24a632p-62},
    {0x1.2bec9fba4f055p-9, 0x1.fd6afc238b6f1p-64},
    {-0x1.50abf6cc936b8p-11, -0x1.d25fde5db2a84p-65},
    {0x1.83c50b12796cbp-13, -0x1.6d361b61efb19p-67},
    {-0x1.c72c6301ca45bp-15, -0x1.9ad228a46c797p-69},
    {0x1.0f119097e4169p-16, 0x1.dc56db711215bp-70},
    {-0x1.469c87972873bp-18, -0x1.cdb8d1892e629p-73},
    {0x1.8d400bd7bc402p-20, -0x1.20d8d31b1b4dfp-74},
    {-0x1.e6f21a0c12200p-22, 0x1.ad1c26eb06eb8p-76},
    {0x1.2c69b118a8195p-23, 0x1.5cbc588bbdc03p-77},
    {-0x1.74bf88a7114c0p-25, -0x1.7552fb2c79187p-79},
    {0x1.d0c1e3e5427fcp-27, 0x1.14a049ccaefe5p-83},
    {-0x1.2315187197511p-28, 0x1.30096e131b55bp-83},
    {0x1.6dd6c5ceed8fbp-30, 0x1.679d077bbb45ep-85},
    {-0x1.caa4c8dd2ffe2p-32, 0x1.b3ede853af65ap-88},
    {0x1.21ffd3b243774p-33, 0x1.55e7488a9995cp-88},
    {-0x1.84bd2fbd82765p-35, -0x1.401637840dec1p-91},
    {0x1.ee6f32b0498f1p-37, 0x1.15d1d57538ac3p-95},
    {-0x1.a2bbb32bcd92dp-39, -0x1.21eb06ee9e52dp-93},
    {0x1.0a5800330ca4cp-40, -0x1.0c1f7aafa1e58p-96},
    {-0x1.dd5f513b554dep-41, -0x1.607452151f140p-95},
    {0x1.3258eac86522ep-42, 0x1.90d4e564d9bf8p-96},
};

// log(1 + f) / f on |f| <= 1/3, by powers of u = 3 f.
// Relative error 2^-67.1.
ACT_CONSTANT constexpr RealConstant kLog1pNearCareful[] = {
    {0x1.0000000000000p+0, 0x1.e000000000000p-232},
    {-0x1.5555555555555p-3, -0x1.50717da62f023p-57},
    {0x1.2f684bda12f68p-5, 0x1.291e24a66bc25p-59},
    {-0x1.2f684bda12f70p-7, -0x1.e0913bcf3c21bp-62},
    {0x1.43a2730abee57p-9, 0x1.4e62d262a5531p-63},
    {-0x1.67980e0bef989p-11, 0x1.3b7be82eba210p-65},
    {0x1.9af6eb7b5ad48p-13, 0x1.35277013e6200p-68},
    {-0x1.df756810c457ap-15, -0x1.7d0c30ea92f60p-76},
    {0x1.1c1fa5f7040cap-16, 0x1.d7038b3f1077cp-70},
    {-0x1.54f2c6f1d6158p-18, -0x1.8d37d8a21a0e5p-73},
    {0x1.9d454e3869d27p-20, -0x1.2478ec10ca861p-74},
    {-0x1.f91be23f9d1cfp-22, -0x1.76c88336a74eap-76},
    {0x1.36d61588b44cfp-23, -0x1.db60cd096a23ap-77},
    {-0x1.80d69784a1022p-25, -0x1.60d71d7853cd9p-83},
    {0x1.dee8d8723206bp-27, -0x1.a40624d7b9310p-81},
    {-0x1.2b6f1a7cc9e3bp-28, -0x1.622df029e18aap-84},
    {0x1.77c38534a2497p-30, -0x1.a9227a42d5a17p-85},
    {-0x1.d6774e861563cp-32, 0x1.23aff2535b5e4p-86},
    {0x1.291b80ba6fadap-33, -0x1.c8397242f71b2p-87},
    {-0x1.8db2149a281bdp-35, -0x1.e30ad3a18bc8fp-90},
    {0x1.f951fb2cdf070p-37, 0x1.8fc8cfa3000fbp-94},
    {-0x1.ac578c9b6ae0bp-39, 0x1.ad98e992428bep-97},
    {0x1.10321f807689ep-40, 0x1.44090b2fa4203p-97},
    {-0x1.e64c49c2b41abp-41, 0x1.1bf130ebf4b1ap-95},
    {0x1.37ddf203623b4p-42, 0x1.7ec1caabf97abp-96},
};

// (x - tanh x) / x^3 on |x| <= 1, by powers of u = 2 x^2 - 1.
// Relative error 2^-63.1.
ACT_CONSTANT constexpr RealConstant kTanhshrinkCareful[] = {
    {0x1.1c8e0ec09a303p-2, 0x1.25a628b70b346p-57},
    {-0x1.79ce0c25b5db4p-5, 0x1.8ede9218cd3f7p-60},
    {0x1.fc6215f7c7281p-8, -0x1.d27bd17dbfe4fp-62},
    {-0x1.5691ebb1126e7p-10, 0x1.041165721c883p-65},
    {0x1.cdc3c46a32a1ap-13, 0x1.c7c0f5ce627d8p-67},
    {-0x1.37394ed7f230cp-15, -0x1.89534226c8762p-71},
    {0x1.a3860ba5dd9edp-18, 0x1.fccde8cc77fccp-75},
    {-0x1.1ac1409a7d5b6p-20, -0x1.fd261bfc662eep-74},
    {0x1.7d25f0b3929adp-23, -0x1.c3d17657bfe14p-79},
    {-0x1.00e3e75a7ea3fp-25, 0x1.b8abb5ddaceabp-80},
    {0x1.5a4828101f891p-28, -0x1.bf8511a38a228p-82},
    {-0x1.d2c80587a80d9p-31, 0x1.580eeb6e97c6bp-87},
    {0x1.3aad11d9920e1p-33, 0x1.5cb7fc9a89a4ep-88},
    {-0x1.a82d64253b5f6p-36, -0x1.9fce88034a233p-93},
    {0x1.1badf20029c17p-38, 0x1.4b257c9e7aa2cp-93},
    {-0x1.7e64febc78d65p-41, -0x1.129d7a34baf87p-95},
    {0x1.277b3ccc0e2d8p-43, 0x1.8ae305a1fbee1p-97},
    {-0x1.8e4da3a2aa99ap-46, -0x1.34102746c14b5p-102},
};

// erf(x) / x on |x| <= 1, by powers of u = 2 x^2 - 1.
// Relative error 2^-86.8.
ACT_CONSTANT constexpr RealConstant kErfCareful[] = {
    {0x1.ee51eb23cb7eap-1, 0x1.889c029995b06p-55},
    {-0x1.1fd16292151fdp-3, -0x1.bdcf1a76394b4p-57},
    {0x1.454368017b042p-6, -0x1.9fb9a4bf00097p-63},
    {-0x1.2b902b7b2f224p-9, -0x1.c7431ac4ba5d2p-65},
    {0x1.c82aa249df428p-13, -0x1.b1e1bb84ffbcbp-68},
    {-0x1.263991b81d610p-16, -0x1.e7bb844466ce7p-71},
    {0x1.486638bca9f86p-20, 0x1.86b0151bf28afp-75},
    {-0x1.429e938bbf46ap-24, -0x1.e9c9821a9634ap-79},
    {0x1.1ad5edc8f26f6p-28, -0x1.7cfc8598805a7p-82},
    {-0x1.bf8e5a8fa7c4ap-33, 0x1.09febe6288b7bp-87},
    {0x1.428f33decec1ep-37, -0x1.d09d5f31198b6p-93},
    {-0x1.aad7ae7fbb32fp-42, -0x1.e337eae9423d7p-96},
    {0x1.04ff7e76a5ccbp-46, 0x1.c0b3b2a99a28ap-100},
    {-0x1.28a693cad38bfp-51, -0x1.ee645fd286739p-106},
    {0x1.3aed6dcb12931p-56, 0x1.88327f8022e20p-111},
    {-0x1.3ab47819f929fp-61, -0x1.a8abdf9f6c614p-116},
    {0x1.27004fc3eb71fp-66, 0x1.9a111fa74f1cdp-120},
};

// log(1 + z) / z on 0 <= z <= 1, by powers of u = 2 z - 1.
// Relative error 2^-113.3.
ACT_CONSTANT constexpr RealConstant kLog1pUnitCertain[] = {
    {0x1.9f323ecbf984cp-1, -0x1.a92e513217f5cp-58},
    {-0x1.2773a5da90bdap-3, -0x1.d61382119eafep-57},
    {0x1.0f95b3dc0a131p-5, -0x1.af56da3df121fp-62},
    {-0x1.1540afd54b103p-7, 0x1.831973af0d385p-70},
    {0x1.2bec9fba4f04bp-9, 0x1.a7c75afb929c5p-64},
    {-0x1.50abf6cc945b5p-11, 0x1.ed55aff970e47p-65},
    {0x1.83c50b127aa14p-13, -0x1.f8ff314fafdf9p-67},
    {-0x1.c72c6300f5099p-15, 0x1.87319efda213ap-70},
    {0x1.0f1190975ae08p-16, -0x1.7bdc6ed3a2ce2p-72},
    {-0x1.469c87cc2a169p-18, -0x1.d058065e53025p-72},
    {0x1.8d400c1bf3732p-20, -0x1.96b2c9aac8469p-74},
    {-0x1.e6f209cb118d5p-22, 0x1.474a3c86ade9ap-76},
    {0x1.2c69a6a33e496p-23, -0x1.4b1a2adea8101p-77},
    {-0x1.74c12826f337bp-25, -0x1.8b70d2ba64a72p-79},
    {0x1.d0c3fa9764014p-27, -0x1.ce0f2b1e61268p-82},
    {-0x1.22f954fe86bb3p-28, -0x1.fa8fc85d64c05p-82},
    {0x1.6db30bbdc970ap-30, -0x1.c5343db6fd33ep-92},
    {-0x1.cd23ac28f46e5p-32, 0x1.3e5cb3f173cf6p-86},
    {0x1.239ae008f3d22p-33, 0x1.76af212e6ee65p-88},
    {-0x1.71c789e236159p-35, 0x1.7ec052305af98p-89},
    {0x1.d60a33e1f5a93p-37, -0x1.5cb7a821354acp-91},
    {-0x1.2b6532b234039p-38, 0x1.1ad3c84b4063dp-93},
    {0x1.7e2a29faeff48p-40, -0x1.97fbf892dcd0fp-99},
    {-0x1.e8b51091e046bp-42, -0x1.549587b0a188cp-97},
    {0x1.39004b5bb31e5p-43, -0x1.4e9d4574aa8fep-98},
    {-0x1.918e520fb754ap-45, 0x1.cd1e0a6a4de0bp-103},
    {0x1.01f392d6f9ac2p-46, 0x1.3cc9f0d407be9p-100},
    {-0x1.4bd6ef31b85e1p-48, 0x1.1fd473c09259fp-102},
    {0x1.ab6e27e53f494p-50, -0x1.3550c71916755p-104},
    {-0x1.13ad09b57c9bap-51, 0x1.2975ebc58c806p-107},
    {0x1.63e23b4ed8807p-53, -0x1.67a7c94e2abe1p-107},
    {-0x1.ca85041770c9fp-55, 0x1.e45bfe1ace53bp-111},
    {0x1.2889409e04284p-56, -0x1.7d60f17d86846p-111},
    {-0x1.8923a987d0631p-58, -0x1.8ee3e78f0aa7fp-115},
    {0x1.fd7b63ea9d00fp-60, 0x1.a79388e1c1ccdp-114},
    {-0x1.1b2c9dc540966p-61, -0x1.46a1a3d4a60dfp-115},
    {0x1.6f2ee07d33b48p-63, -0x1.21f792164c011p-117},
    {-0x1.9f2e31ad5ed30p-64, 0x1.f26431f6e651dp-118},
    {0x1.0e2de67523a12p-65, -0x1.e7a866c131b59p-119},
    {0x1.aa8e254945ee8p-69, 0x1.2f47afcd3b132p-123},
    {-0x1.182f01cae35eep-70, -0x1.14be68b56e38bp-124},
    {-0x1.40c54ff42c710p-69, -0x1.dece5ed52da09p-123},
    {0x1.a25d69ce9e830p-71, -0x1.639089573aad4p-126},
};

// log(1 + f) / f on |f| <= 1/3, by powers of u = 3 f.
// Relative error 2^-113.6.
ACT_CONSTANT constexpr RealConstant kLog1pNearCertain[] = {
    {0x1.0000000000000p+0, -0x1.2000000000000p-231},
    {-0x1.5555555555555p-3, -0x1.5555555555557p-57},
    {0x1.2f684bda12f68p-5, 0x1.2f684bda12f6ap-59},
    {-0x1.2f684bda12f68p-7, -0x1.2f684bda1138cp-61},
    {0x1.43a2730abee4dp-9, 0x1.db5698f7bf48fp-65},
    {-0x1.67980e0bf08c7p-11, -0x1.d95f2a87b89d2p-65},
    {0x1.9af6eb7b5c0e4p-13, -0x1.612c31f58ed1ep-70},
    {-0x1.df75680feb65fp-15, -0x1.21d41d8974f7fp-69},
    {0x1.1c1fa5f678884p-16, 0x1.437435cd5a381p-70},
    {-0x1.54f2c727c3d6cp-18, 0x1.aef8ead278621p-72},
    {0x1.9d454e7dc697bp-20, -0x1.6f3b43d18d41bp-74},
    {-0x1.f91bd1b62b9cfp-22, 0x1.e53775460da4bp-77},
    {0x1.36d60ae642393p-23, -0x1.1d445f51995fdp-79},
    {-0x1.80d83e41a7532p-25, 0x1.5833ebd2b6ce2p-79},
    {0x1.deeaf82430effp-27, 0x1.594d09a56c25dp-81},
    {-0x1.2b52db169e8e9p-28, -0x1.f881a0233bbf6p-82},
    {0x1.779f310d53856p-30, 0x1.74958e6719c52p-84},
    {-0x1.d9015a36b7c7dp-32, -0x1.95f345a468b2ap-86},
    {0x1.2abd7c5874210p-33, -0x1.157e080ce9f03p-87},
    {-0x1.7a677b5e9500ep-35, 0x1.dadce1e0a3d1ep-92},
    {0x1.e08367d58d0a9p-37, 0x1.64be9f54859f4p-91},
    {-0x1.31c7fc4d3409ap-38, -0x1.30a91db1484b9p-92},
    {0x1.85fb5809bd9c9p-40, 0x1.df21467cf76d2p-95},
    {-0x1.f24f60560a135p-42, -0x1.f3ac7f40e4723p-98},
    {0x1.3eeb1ee96227cp-43, -0x1.d39f98631d5dfp-98},
    {-0x1.98deccf657bddp-45, -0x1.ce5b74ce05c81p-100},
    {0x1.067c1225abbf9p-46, -0x1.00ed76ef9e567p-100},
    {-0x1.517917d49cd1ap-48, 0x1.3bc062f7731aep-102},
    {0x1.b272a9d99ea9cp-50, -0x1.1ed9e2c4488d0p-106},
    {-0x1.180eb852a9b94p-51, -0x1.9752b3133b572p-105},
    {0x1.695d98d92fb9ep-53, 0x1.523f687cac63cp-107},
    {-0x1.d16095aca610bp-55, -0x1.d961db4505124p-109},
    {0x1.2cd7a085832fcp-56, 0x1.e45fac90eeceep-110},
    {-0x1.8ea738d3bdb44p-58, 0x1.a8192fd3ad5aap-113},
    {0x1.02374a55dea7dp-59, 0x1.7d3e4d7ce7ed3p-114},
    {-0x1.1f115878ed7dfp-61, 0x1.a950b378aa6acp-115},
    {0x1.74192991be059p-63, -0x1.38db3c6e4746ep-117},
    {-0x1.a422ddac3383ap-64, -0x1.0450043d179b0p-119},
    {0x1.1153ef6483f55p-65, 0x1.c5133c1c4007fp-121},
    {0x1.adb1f695be5eap-69, -0x1.08a346d43a0ddp-123},
    {-0x1.1a3b4d7fa6e9ep-70, 0x1.f599421931925p-124},
    {-0x1.4444f040c7387p-69, 0x1.de3eafffc11d4p-124},
    {0x1.a6d47712ba849p-71, -0x1.bb8cc6566d1a7p-130},
};

// (x - tanh x) / x^3 on |x| <= 1, by powers of u = 2 x^2 - 1.
// Relative error 2^-116.5.
ACT_CONSTANT constexpr RealConstant kTanhshrinkCertain[] = {
    {0x1.1c8e0ec09a303p-2, 0x1.2499b4d91ac90p-57},
    {-0x1.79ce0c25b5db4p-5, 0x1.9048708e8876fp-60},
    {0x1.fc6215f7c7286p-8, -0x1.2e8ad15258fc7p-63},
    {-0x1.5691ebb1126eap-10, -0x1.cd3f5312043a3p-64},
    {0x1.cdc3c46a3186dp-13, 0x1.09892b89a1ca3p-68},
    {-0x1.37394ed7f1722p-15, -0x1.39fd48e7b7645p-71},
    {0x1.a3860ba747f8bp-18, -0x1.fcc90cc0c8069p-75},
    {-0x1.1ac1409b71940p-20, -0x1.312e382dda029p-74},
    {0x1.7d25efcb45fe1p-23, -0x1.d2f44517693b3p-77},
    {-0x1.00e3e6bded5d1p-25, -0x1.2ee62c8f4aab2p-80},
    {0x1.5a487b96bac9ap-28, 0x1.13356e7af5b0fp-84},
    {-0x1.d2c8761f0062dp-31, -0x1.6e8c8017a9210p-90},
    {0x1.3a9b79433ffe1p-33, -0x1.3d1e2444c3301p-87},
    {-0x1.a815ac0c4693ep-36, -0x1.3d7ecc982d93dp-90},
    {0x1.1dd439df2c8f7p-38, -0x1.4019dd537cfefp-94},
    {-0x1.814ac353dc9edp-41, -0x1.d09a1a98989aep-96},
    {0x1.03aee3613bf12p-43, -0x1.52e436300b032p-98},
    {-0x1.5e0c457bb6f42p-46, 0x1.57e4af4159551p-100},
    {0x1.d7dba14e6f538p-49, -0x1.1208880ad4310p-103},
    {-0x1.3e0719de7dccep-51, 0x1.56bc119d4144cp-105},
    {0x1.acb2004374954p-54, -0x1.2197391f56f55p-108},
    {-0x1.20efc08e9c553p-56, 0x1.80c07ee84d938p-110},
    {0x1.857b1df4027f2p-59, -0x1.eb14398fe00d2p-114},
    {-0x1.0681d27f06ce5p-61, -0x1.da86aa431ad40p-115},
    {0x1.61dac5d02cc4ep-64, 0x1.08e0b47fd71b1p-118},
    {-0x1.dcf2a00cdb6a2p-67, -0x1.64a19a2eb9a09p-121},
    {0x1.41754ea607817p-69, 0x1.1a4b4a6455db6p-123},
    {-0x1.b2324db06a6b4p-72, 0x1.ea601b340dca1p-126},
    {0x1.24a4f05c4f9efp-74, -0x1.7c6240c9b17ddp-128},
    {-0x1.7e099dc1144cfp-77, -0x1.4bf086f8a02fdp-131},
    {0x1.017d5af0c1b94p-79, 0x1.31f7e2f498fe7p-133},
    {-0x1.c541e2d0409f9p-82, -0x1.ce219b8d05d69p-140},
    {0x1.317dbb1d96f4bp-84, -0x1.973e842493941p-140},
};

// erf(x) / x on |x| <= 1, by powers of u = 2 x^2 - 1.
// Relative error 2^-166.0.
ACT_CONSTANT constexpr RealConstant kErfCertain[] = {
    {0x1.ee51eb23cb7eap-1, 0x1.889c029995b06p-55},
    {-0x1.1fd16292151fdp-3, -0x1.bdcf1abba0ed5p-57},
    {0x1.454368017b042p-6, -0x1.9fb9a44a7ab95p-63},
    {-0x1.2b902b7b2f224p-9, -0x1.c7361761f7713p-65},
    {0x1.c82aa249df428p-13, -0x1.b1e476a2ab622p-68},
    {-0x1.263991b81d610p-16, -0x1.0aa37d96373a8p-70},
    {0x1.486638bca9f86p-20, 0x1.99cdbf46ee31bp-75},
    {-0x1.429e938bbf446p-24, -0x1.d2f68430c7a09p-78},
    {0x1.1ad5edc8f26e7p-28, -0x1.904700b94ad61p-82},
    {-0x1.bf8e5a8fb6ad2p-33, 0x1.46ee1f13132aep-94},
    {0x1.428f33ded503cp-37, -0x1.99b55d72f471bp-93},
    {-0x1.aad7ae475bfd3p-42, 0x1.2be915df417cdp-99},
    {0x1.04ff7e5efc9e0p-46, -0x1.be568c1aab951p-107},
    {-0x1.28a70d2d4f08dp-51, 0x1.c41b13156755fp-107},
    {0x1.3aedd3b1607f1p-56, -0x1.12077938e0f9cp-114},
    {-0x1.399f2adc6a2dep-61, 0x1.8d3eb2c3692e4p-115},
    {0x1.261782eb3660dp-66, -0x1.73ecf50c2b9cdp-120},
    {-0x1.04902f932aa34p-71, -0x1.9a922b863a75cp-125},
    {0x1.b59048a5d5329p-77, -0x1.025f3d4cc3b51p-131},
    {-0x1.5d21c6b36b733p-82, 0x1.df965b0603f91p-136},
    {0x1.095f9314a15e3p-87, 0x1.8944f86605f8bp-141},
    {-0x1.8129ecfac7efep-93, -0x1.ebb9c40f3cf11p-147},
    {0x1.0b6955de57cf7p-98, -0x1.c017788c43d6ap-154},
    {-0x1.63e75f36e611dp-104, 0x1.fe54cf6d3abdep-158},
    {0x1.c6cc7d3d4f6dep-110, -0x1.bb9df487dce16p-165},
    {-0x1.177212a548d2bp-115, -0x1.f63e9624e027cp-171},
    {0x1.4ab945ec93e24p-121, -0x1.f49c279f327b9p-175},
    {-0x1.7a41b63f0742bp-127, 0x1.934a733b2c235p-181},
    {0x1.a0d147fd59928p-133, 0x1.dbd06f9611a7cp-187},
};
// clang-format on

}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_COEFFICIENTS_H_
