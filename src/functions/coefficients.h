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
// clang-format on

}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_COEFFICIENTS_H_
