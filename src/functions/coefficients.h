// Constants and polynomials of math-inl.h and definitions-inl.h, each as an
// unevaluated sum of two doubles. Written by scripts/coefficients.py; do not edit.
#ifndef ACTIVATION_SRC_FUNCTIONS_COEFFICIENTS_H_
#define ACTIVATION_SRC_FUNCTIONS_COEFFICIENTS_H_

// A host whose code runs elsewhere says where its constants lie.
#ifndef ACT_CONSTANT
#define ACT_CONSTANT inline
#endif

#include <cstddef>

namespace activation {

// A real number to 106 bits: high + low.
struct RealConstant {
  double high;
  double low;
};

// A root to 159 bits, of which the first 106 are a RealConstant: high + low + lowest.
struct RealRoot : RealConstant {
  double lowest;
};

// Of each of 32 segments the centre and the terms of a polynomial in the distance from it: by
// column for hosts that look up in registers, by segment for those that read memory.
template <size_t kTerms>
struct Segments {
  static constexpr size_t kColumns = kTerms + 1;
  alignas(64) float columns[kColumns][32]{};
  alignas(64) float rows[32][8]{};

  constexpr explicit Segments(const float (&by_column)[kColumns][32]) {
    static_assert(kColumns <= 8);
    for (size_t i = 0; i < kColumns; ++i) {
      for (size_t segment = 0; segment < 32; ++segment) {
        columns[i][segment] = rows[segment][i] = by_column[i][segment];
      }
    }
  }
};

// A function of a >= 0 in 32 segments of growing width, by the two last bits of
// the exponent and the three first of the mantissa of 1 + stretch * a, which is
// below 16. The first term is exact.
template <size_t kTerms>
struct SegmentTable {
  float stretch;
  Segments<kTerms> segments;
};

// A function of x in 32 segments around the multiples of 1 / scale, by the last
// five bits of that multiple.
template <size_t kTerms>
struct UniformSegmentTable {
  float scale;
  Segments<kTerms> segments;
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
ACT_CONSTANT constexpr RealRoot kSiluRoot = {0x1.474973c84120bp+0, 0x1.f8d74bc9ac154p-54, 0x1.44a50180ba780p-108};
// e^-r of that r
ACT_CONSTANT constexpr RealConstant kSiluRootLessOne = {0x1.1d25cf210482ep-2, -0x1.ca2d0d94faaecp-60};
// r > 0 with gelu_sigmoid'(-r) = 0
ACT_CONSTANT constexpr RealRoot kGeluSigmoidRoot = {0x1.80974a62be3dfp-1, -0x1.b12c858d26bf0p-55, 0x1.b187332104db7p-112};
// 1 / sqrt(2 pi)
ACT_CONSTANT constexpr RealConstant kNormalDensityAtZero = {0x1.9884533d43651p-2, -0x1.cbc0d30ebfd15p-56};
// r > 0 with gelu'(-r) = 0
ACT_CONSTANT constexpr RealRoot kGeluRoot = {0x1.80ead197f00b4p-1, -0x1.13e74c58cada8p-56, -0x1.65d4b5b9cdd03p-111};
// r > 0 with gelu_tanh'(-r) = 0
ACT_CONSTANT constexpr RealRoot kGeluTanhRoot = {0x1.81429f9e97e4dp-1, -0x1.4f523ed77dbdcp-55, 0x1.a649fca8ac0e5p-109};
// e^-(c1 r + c3 r^3) of that r
ACT_CONSTANT constexpr RealConstant kGeluTanhRootExp = {0x1.2af64e9c485eep-2, -0x1.3ca470b477afcp-57};
// 2 sqrt(2 / pi)
ACT_CONSTANT constexpr RealConstant kGeluTanhC1 = {0x1.9884533d43651p+0, -0x1.cbc0d30ebfd15p-54};
// 2 sqrt(2 / pi) * 0.044715
ACT_CONSTANT constexpr RealConstant kGeluTanhC3 = {0x1.2444f2a4d8b4bp-4, -0x1.6c843a29d1c70p-61};
// The leading 12 bits of c1.
ACT_CONSTANT constexpr RealConstant kGeluTanhC1Leading = {0x1.9880000000000p+0, 0x0.0p+0};
// c1 less those bits.
ACT_CONSTANT constexpr RealConstant kGeluTanhC1Rest = {0x1.14cf50d942344p-14, -0x1.a61d7fa2a38e8p-71};
// c3 as a float.
ACT_CONSTANT constexpr RealConstant kGeluTanhC3Leading = {0x1.2444f20000000p-4, 0x0.0p+0};
// c3 less that.
ACT_CONSTANT constexpr RealConstant kGeluTanhC3Rest = {0x1.49b1695e937bcp-29, 0x1.758b8e3e1a65ap-83};
// sqrt(2)
ACT_CONSTANT constexpr RealConstant kSqrt2 = {0x1.6a09e667f3bcdp+0, -0x1.bdd3413b26456p-54};
// 2 / sqrt(pi)
ACT_CONSTANT constexpr RealConstant kErfSlopeAtZero = {0x1.20dd750429b6dp+0, 0x1.1ae3a914fed80p-56};
// r > 0 with mish'(-r) = 0
ACT_CONSTANT constexpr RealRoot kMishRoot = {0x1.31432c0d12d84p+0, 0x1.bf319154da210p-55, 0x1.3b82ea8c1efc4p-109};
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

// What these are less than 2^(j / 16).
alignas(64) ACT_CONSTANT constexpr double kExp2TableLow[16] = {
    0x0.0p+0,
    0x1.8a62e4adc610bp-54,
    -0x1.19041b9d78a76p-55,
    0x1.9b07eb6c70573p-54,
    0x1.6f46ad23182e4p-55,
    0x1.ada0911f09ebcp-55,
    0x1.d4397afec42e2p-56,
    0x1.6324c054647adp-54,
    -0x1.bdd3413b26456p-54,
    -0x1.41577ee04992fp-55,
    0x1.6e9f156864b27p-54,
    0x1.c7c46b071f2bep-56,
    0x1.7a1cd345dcc81p-54,
    0x1.11065895048ddp-55,
    0x1.2ed02d75b3707p-55,
    -0x1.e9c23179c2893p-54,
};

// Logarithms of y = 2^k c (1 + f): the bits of y less these have k above bit 51 and the number of the segment in bits 48 to 51.
inline constexpr unsigned long long kLogStart = 0x3FE5555500000000;
// 1 / c, of which a double's lower half is zero, so that f is exact but for a rounding, beyond k = 33 for two.
alignas(64) ACT_CONSTANT constexpr double kInverseTable[16] = {
    0x1.7767200000000p+0,
    0x1.66f2200000000p+0,
    0x1.57df200000000p+0,
    0x1.4a03600000000p+0,
    0x1.3d3a800000000p+0,
    0x1.3165e00000000p+0,
    0x1.266b200000000p+0,
    0x1.1c33800000000p+0,
    0x1.12ab600000000p+0,
    0x1.09c1a00000000p+0,
    0x1.0000000000000p+0,
    0x1.e715400000000p-1,
    0x1.cbb9c00000000p-1,
    0x1.b347c00000000p-1,
    0x1.9d4e000000000p-1,
    0x1.8971400000000p-1,
};
// log(c).
alignas(64) ACT_CONSTANT constexpr double kLogTable[16] = {
    -0x1.88028c8b9033dp-2,
    -0x1.5a1b16af53533p-2,
    -0x1.2e2c4ab93ef57p-2,
    -0x1.040cd2423ef9fp-2,
    -0x1.b72ee8846a66ep-3,
    -0x1.695872cb6afe7p-3,
    -0x1.1e5c60b61e09ap-3,
    -0x1.ac0d5308ae890p-4,
    -0x1.20522d6a0387cp-4,
    -0x1.3266a3e2b03e4p-5,
    0x0.0p+0,
    0x1.98b30ef750c23p-5,
    0x1.b91e406e08b32p-4,
    0x1.4c76070d1d6e7p-3,
    0x1.b68ecd7ab117bp-3,
    0x1.0db61b089a7e7p-2,
};
// log(1 + f) / f for these f, by powers of f; the error is that of log(y).
// Relative error 2^-51.0.
ACT_CONSTANT constexpr RealConstant kLog1pQuick[] = {
    {0x1.ffffffffffffcp-1, 0x1.071b2fb9d84f2p-58},
    {-0x1.fffffffffff70p-2, -0x1.980393955453bp-60},
    {0x1.555555559f3bcp-2, 0x1.c6d2e0ec0a562p-58},
    {-0x1.00000001a3064p-2, -0x1.3874528fd93a8p-58},
    {0x1.99998c29845fdp-3, 0x1.baaa22d1ce7b4p-57},
    {-0x1.55553193ef876p-3, 0x1.c1d373f24bb1fp-58},
    {0x1.24f5d73c0fdd6p-3, -0x1.c49b21137ff0ep-57},
    {-0x1.007eaebb71a44p-3, 0x1.5710fa3c0c516p-57},
};

// (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2, by powers of r, for floats.
// Relative error 2^-26.1.
ACT_CONSTANT constexpr RealConstant kExpRemainderFast[] = {
    {0x1.000000353fb16p-1, 0x1.7b248abae95c6p-57},
    {0x1.5554a8a0dffa0p-3, 0x1.7ef1134c8026fp-58},
    {0x1.555483661dc34p-5, 0x1.c866b4668961bp-59},
    {0x1.122d87e10b200p-7, 0x1.4049229851cb1p-65},
    {0x1.6d9d6d7dd6c67p-10, 0x1.468790584dea2p-64},
};

// e^(a^2/2) Phi(-a) on 0 <= a <= 14.5 as a quotient, both by powers of a.
// Relative error 2^-46.1.
ACT_CONSTANT constexpr RealConstant kMillsOverQuick[] = {
    {0x1.fffffffffff86p-2, 0x1.3b7dfa88d7d87p-57},
    {0x1.42e76908429f7p-1, -0x1.d2e0514676e3bp-55},
    {0x1.92ac022efc87cp-2, 0x1.0204f367b2c3ep-57},
    {0x1.361e0c8720e1bp-3, 0x1.03c955da8d45cp-57},
    {0x1.3ad80a96f43f0p-5, 0x1.9d03fb6492371p-59},
    {0x1.a43c5cae5bfc9p-8, 0x1.9d855e5d7546bp-62},
    {0x1.570abff5a1d21p-11, 0x1.535b1d03f17b4p-65},
    {0x1.0c0dca77cb071p-15, -0x1.973f6bb97c69cp-70},
};
// Relative error 2^-46.1.
ACT_CONSTANT constexpr RealConstant kMillsUnderQuick[] = {
    {0x1.0000000000000p+0, 0x0.0p+0},
    {0x1.0794c95371040p+1, -0x1.d8eb0effcbe1cp-53},
    {0x1.edf36060d3832p+0, 0x1.5192ab8e7a53ap-55},
    {0x1.14266185c81c4p+0, 0x1.73436e3cc11fbp-54},
    {0x1.94f8e87615913p-2, 0x1.c7c7159e0c365p-58},
    {0x1.9150c5d941cb1p-4, -0x1.59184319e8483p-58},
    {0x1.08a7f91cb6c99p-6, -0x1.00d89823f8b4ap-61},
    {0x1.adf078e7620fap-10, 0x1.e4320fe160147p-69},
    {0x1.4ff4a97d6e27ap-14, -0x1.5d1ae40a4452ap-68},
};

// (e^(-t/2) - 1) / t on |t| <= ln(2) / 16, by powers of t; the error is that of e^(-t/2).
// Relative error 2^-47.3.
ACT_CONSTANT constexpr RealConstant kNormalRemainderQuick[] = {
    {-0x1.000000000000dp-1, -0x1.a667ac503b515p-56},
    {0x1.fffffffda5092p-4, -0x1.f9a3b4d74e5e2p-59},
    {-0x1.55555553b325cp-6, -0x1.d484ac87d3bcap-61},
    {0x1.555746349af0cp-9, -0x1.2ef1d3cf85debp-63},
    {-0x1.111296d3ab10dp-12, -0x1.dc6ca990f70a2p-68},
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

// (a + 4) e^(a^2/2) Phi(-a) on 0 <= a <= 24, by powers of u = (a - 4) / (a + 4).
// Relative error 2^-44.8.
ACT_CONSTANT constexpr RealConstant kMillsScaledQuick[] = {
    {0x1.82b4bb8c94e84p-1, 0x1.978cd35fae098p-55},
    {-0x1.373e3a893b8bap-1, 0x1.2be96b543a000p-55},
    {0x1.8c6dbf2ce730bp-2, 0x1.4626c330f2114p-56},
    {-0x1.7dff2c0015766p-3, -0x1.591406f27e62dp-58},
    {0x1.eec4cc56d0549p-5, -0x1.d7934ca726192p-61},
    {-0x1.ee275f1fcb72ap-8, -0x1.710c8fe580f1dp-62},
    {-0x1.c8172f2d6c333p-9, -0x1.73a55d7651ecfp-64},
    {0x1.ab820ccd66b1ep-10, -0x1.71407d7768368p-64},
    {0x1.17ad9eb2a1ec7p-13, -0x1.2823bde9efe14p-67},
    {-0x1.e49401f106d9ap-13, 0x1.d1773c9251bd6p-68},
    {-0x1.07f8e4bcd3b9cp-19, 0x1.b23e2771e45a0p-76},
    {0x1.25e17b1e53d58p-15, 0x1.df3dc55667a3dp-69},
    {0x1.b8756a79581a5p-21, -0x1.c7e8f1b586e7bp-75},
    {-0x1.7d018e3040ce3p-18, -0x1.4cb33045674e6p-72},
    {-0x1.738df6313d389p-21, -0x1.46e4a9b90d381p-76},
    {0x1.88afc06e005b3p-21, 0x1.23259bba91643p-75},
    {0x1.caddc34e99648p-23, 0x1.87a8ae7676894p-78},
};

// e^(a^2/2) gelu'(-a) / (kGeluRoot - a) on 0 <= a <= 24, by powers of u.
// Relative error 2^-46.8.
ACT_CONSTANT constexpr RealConstant kGeluSlopeQuick[] = {
    {0x1.d94de78425499p-2, -0x1.9ffe5439ea000p-57},
    {-0x1.a763001ac7453p-4, -0x1.307f251de375dp-58},
    {0x1.ef4ff80121910p-5, 0x1.d8514ebc96129p-59},
    {-0x1.cc1e2623034b6p-6, -0x1.5cd50c1df32ffp-61},
    {0x1.37754d8d9fe07p-7, -0x1.3af9343a4b068p-61},
    {-0x1.d4c82323564e7p-10, -0x1.b5aa8c848aad9p-67},
    {-0x1.443f8e80fb65ap-13, 0x1.e34bc59e4fedbp-69},
    {0x1.8599d65fbac4dp-13, -0x1.1af306d7e8bcdp-69},
    {-0x1.252ea85610290p-16, 0x1.9d9eae6deef9dp-71},
    {-0x1.2e992974172d3p-16, 0x1.61ba359f0df1ap-72},
    {0x1.d9d48e88cbd1ep-19, -0x1.fc6f57e0f84f6p-73},
    {0x1.2999399ce1b4cp-19, 0x1.c3f380bcd343bp-73},
    {-0x1.fc34ef42ae250p-22, 0x1.9d2080667ddd4p-77},
    {-0x1.701bac7d336edp-22, 0x1.27d2e177ab50cp-76},
    {0x1.0abec12e7cfd3p-25, -0x1.049813b945acbp-79},
    {0x1.9db221b1dec55p-25, -0x1.e4fbac63910eap-79},
    {0x1.1260241e06bf3p-27, -0x1.4a520f976f0a5p-81},
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

// (a + 4) e^(a^2/2) Phi(-a) on 0 <= a <= 24, by powers of u = (a - 4) / (a + 4).
// Relative error 2^-97.8.
ACT_CONSTANT constexpr RealConstant kMillsScaledCertain[] = {
    {0x1.82b4bb8c94dcep-1, -0x1.990ea270ac8cap-56},
    {-0x1.373e3a893c28ap-1, -0x1.caae2cd6458b5p-56},
    {0x1.8c6dbf2cfc2aep-2, -0x1.c0d55d603e910p-59},
    {-0x1.7dff2bff6835ep-3, 0x1.f8adfa3ee79c1p-58},
    {0x1.eec4cc3e4deeap-5, -0x1.25cd564d2dfd8p-61},
    {-0x1.ee27610491223p-8, 0x1.a3771e462123ap-65},
    {-0x1.c81719d67e5f3p-9, 0x1.c9fe378a4c323p-64},
    {0x1.ab825fc5c350ap-10, 0x1.5f6c14c12c7b9p-64},
    {0x1.17a4af2dbee25p-13, 0x1.cba1112a2aac8p-68},
    {-0x1.e4a426c81848fp-13, 0x1.a719f9831c550p-67},
    {-0x1.00204275b0d31p-19, 0x1.819d0b8251637p-76},
    {0x1.26d0b565a9d48p-15, 0x1.c44c639d881a1p-69},
    {0x1.80d91a5ff4fbep-21, -0x1.c73e83358386dp-75},
    {-0x1.8d4dafa8e3e5fp-18, -0x1.35a97179e5323p-74},
    {-0x1.526942f2a3d61p-21, -0x1.31d6ce6e88c35p-75},
    {0x1.1244922d0c037p-20, -0x1.7ef033265fb5cp-75},
    {0x1.25976ba06a42bp-22, -0x1.586971c547e3ap-76},
    {-0x1.4ca58910cf020p-23, -0x1.6804dd89fa87fp-77},
    {-0x1.7a5e8f1a48754p-24, -0x1.6a3ebcdac2ff8p-80},
    {0x1.ac502d549fb9ep-27, -0x1.dabd13fba4345p-81},
    {0x1.80d2729864445p-26, 0x1.e6a096bfc16c7p-80},
    {0x1.dc3fbd662adcep-29, 0x1.3a458c2aefbeep-83},
    {-0x1.1930d4ea3c9afp-28, 0x1.3501482b7dfecp-83},
    {-0x1.2520f86d66de9p-29, 0x1.ffdaae2978d66p-84},
    {0x1.12c062dee0b19p-32, -0x1.0716aa98a5fbap-86},
    {0x1.50964f489a0dap-31, 0x1.70977959e560fp-85},
    {0x1.775173d6af0aap-33, -0x1.7898b7c396bbap-88},
    {-0x1.814f4a7c26e51p-34, -0x1.84804db312af1p-88},
    {-0x1.6265bfa31edb3p-34, 0x1.3b572029f6c9cp-88},
    {-0x1.9a2f0004e2b00p-37, 0x1.947c5e07c4b33p-91},
    {0x1.21bd260235ddfp-36, -0x1.1d5279dc28e60p-92},
    {0x1.7873d62688952p-37, 0x1.a859df83cd224p-92},
    {0x1.8e94ef1fbd65bp-42, -0x1.91b84508465f4p-102},
    {-0x1.8a1d5527986d3p-39, -0x1.59c062da23c4ep-93},
    {-0x1.746df30e6fb88p-40, 0x1.03fd35bcb8f27p-94},
    {0x1.74f9225247dafp-43, -0x1.20640f0578a99p-99},
    {0x1.a009567b27b5bp-42, 0x1.e72bab886b148p-98},
    {0x1.b96e3d96d88d9p-44, 0x1.720b8ae88e087p-98},
    {-0x1.ff33cfd910be2p-46, 0x1.e6c67a95118a5p-102},
    {-0x1.7236966a0a090p-46, 0x1.2d52040677f7cp-102},
    {-0x1.dc7ce6718a1f1p-49, 0x1.9423f3d174833p-103},
};

// e^(a^2/2) gelu'(-a) / (kGeluRoot - a) on 0 <= a <= 24, by powers of u.
// Relative error 2^-103.8.
ACT_CONSTANT constexpr RealConstant kGeluSlopeCertain[] = {
    {0x1.d94de78425463p-2, -0x1.a1e37a9e2acf0p-58},
    {-0x1.a763001ac67dep-4, 0x1.afe232bd11d5bp-60},
    {0x1.ef4ff80137990p-5, 0x1.4c31178a6dc42p-61},
    {-0x1.cc1e2623d90d8p-6, 0x1.d9cd4bdece99dp-60},
    {0x1.37754d816c533p-7, 0x1.59916fb4a4c3fp-62},
    {-0x1.d4c8222aceee8p-10, 0x1.9d389c8bac16ep-67},
    {-0x1.443f63e4e7a31p-13, 0x1.deae09460d74fp-67},
    {0x1.85999c42679a7p-13, 0x1.9d98020d5252ap-67},
    {-0x1.25381110f3f15p-16, 0x1.4eae90a2d6bedp-72},
    {-0x1.2e9385b9834f5p-16, 0x1.8717f0e0ab1b3p-70},
    {0x1.dafbb0831aef1p-19, 0x1.bb99e0ff434bdp-74},
    {0x1.2988409e698c1p-19, 0x1.c5bfdf1b40ed7p-75},
    {-0x1.08387438387eep-21, 0x1.b7d94200f2a8fp-75},
    {-0x1.77466aa89b2afp-22, 0x1.47b89b3c79f91p-76},
    {0x1.c13f1ded306b9p-25, -0x1.f91e0ed377921p-80},
    {0x1.10ace92591c4dp-24, 0x1.19e8a32bcea95p-80},
    {-0x1.143c8f338ffc2p-31, 0x1.90d71afbf62e8p-85},
    {-0x1.8dd376f010d1fp-27, 0x1.dc13b1f1f8c0dp-81},
    {-0x1.22dd2c23da0cfp-29, -0x1.4f55c62a96e70p-83},
    {0x1.edece449e8e21p-30, -0x1.8d9f0f3062f95p-84},
    {0x1.d833fa8568ed6p-31, 0x1.8a8b8b0a94fafp-86},
    {-0x1.40283ca05697ap-33, 0x1.d1d2f50de6812p-87},
    {-0x1.ee731b18a4928p-33, -0x1.defeffa1d63f6p-89},
    {-0x1.47e03289d9e3bp-35, -0x1.931b14802f180p-92},
    {0x1.5043251229de4p-35, 0x1.31ad21ef29af8p-91},
    {0x1.7ff6fce7414c9p-36, -0x1.0af7d058eb7a9p-90},
    {-0x1.171b323c6ee95p-40, -0x1.aa81f98198d41p-94},
    {-0x1.8ac382232b81bp-38, -0x1.043bf1222946dp-93},
    {-0x1.1a1feeea0ac8cp-39, 0x1.9ee80d6003411p-94},
    {0x1.3cd1f629c69aep-41, 0x1.fc84cb4d0b129p-95},
    {0x1.a78ab943562eep-41, -0x1.94cf3bc8882b1p-95},
    {0x1.a955b2dcd074cp-43, 0x1.6011614f7f517p-100},
    {-0x1.f7c2f103ca2eep-44, -0x1.6eda80b4e970bp-99},
    {-0x1.c5fa8528e3cb7p-44, 0x1.257c7b8024966p-101},
    {-0x1.24228424668dep-46, -0x1.af07c7bd8c6e6p-100},
    {0x1.4795d7d0d681fp-46, 0x1.74a4df9ed873ap-100},
    {0x1.9a30e18524d5cp-47, -0x1.9facab6c1a35dp-102},
    {0x1.c28390363d620p-51, 0x1.3b3eba53ca67bp-106},
    {-0x1.e2f8b196a4e26p-50, -0x1.fcc085d3fd8cdp-104},
    {-0x1.9ba1623f69710p-51, -0x1.ccf2a1387eb3cp-106},
    {-0x1.bf75d19590046p-54, 0x1.b44f97c35f877p-108},
};

// e^(a^2/2) Phi(-a), for floats.
// Relative error 2^-27.7.
ACT_CONSTANT constexpr SegmentTable<6> kMillsSegments = {
    0x1.8000000000000p-1, Segments<6>({
    {0x1.8004560000000p+0F, 0x1.d4e6ac0000000p+0F, 0x1.1540ac0000000p+1F, 0x1.3fe7aa0000000p+1F, 0x1.6aebaa0000000p+1F, 0x1.9554800000000p+1F, 0x1.c027d60000000p+1F, 0x1.ea95800000000p+1F, 0x1.15622c0000000p+2F, 0x1.402caa0000000p+2F, 0x1.6a832a0000000p+2F, 0x1.951a000000000p+2F, 0x1.c021800000000p+2F, 0x1.eabf2a0000000p+2F, 0x1.0a94940000000p+3F, 0x1.1fe3160000000p+3F, 0x1.4022560000000p+3F, 0x1.6ab9000000000p+3F, 0x1.9531d60000000p+3F, 0x1.bff22a0000000p+3F, 0x1.eae8800000000p+3F, 0x1.0a8a6a0000000p+4F, 0x1.1ff62a0000000p+4F, 0x1.3570960000000p+4F, 0x1.5472ac0000000p-4F, 0x1.00f0aa0000000p-2F, 0x1.aaf2aa0000000p-2F, 0x1.2ac0000000000p-1F, 0x1.7fe5560000000p-1F, 0x1.d5d8000000000p-1F, 0x1.156bd60000000p+0F, 0x1.403c000000000p+0F},
    {0x1.a56d340000000p-3F, 0x1.6f35ea0000000p-3F, 0x1.4415280000000p-3F, 0x1.2184160000000p-3F, 0x1.04fe500000000p-3F, 0x1.db3d740000000p-4F, 0x1.b374e80000000p-4F, 0x1.91d9a00000000p-4F, 0x1.6786760000000p-4F, 0x1.3ae6c00000000p-4F, 0x1.183a6c0000000p-4F, 0x1.f84aa00000000p-5F, 0x1.c9c02c0000000p-5F, 0x1.a34d420000000p-5F, 0x1.82e0f00000000p-5F, 0x1.66efea0000000p-5F, 0x1.43817e0000000p-5F, 0x1.1e20760000000p-5F, 0x1.0084b80000000p-5F, 0x1.d095e20000000p-6F, 0x1.a847ec0000000p-6F, 0x1.86f6780000000p-6F, 0x1.6a10480000000p-6F, 0x1.5111fa0000000p-6F, 0x1.dfbd120000000p-2F, 0x1.a7b0f80000000p-2F, 0x1.79f1f20000000p-2F, 0x1.53a9a20000000p-2F, 0x1.3379680000000p-2F, 0x1.17e2340000000p-2F, 0x1.0084500000000p-2F, 0x1.d863da0000000p-3F},
    {-0x1.71bb6a0000000p-4F, -0x1.20de6c0000000p-4F, -0x1.cc3c800000000p-5F, -0x1.75d5ec0000000p-5F, -0x1.34239a0000000p-5F, -0x1.024e400000000p-5F, -0x1.b5c26e0000000p-6F, -0x1.779b6e0000000p-6F, -0x1.2f5f640000000p-6F, -0x1.d59e4e0000000p-7F, -0x1.7644540000000p-7F, -0x1.3075fc0000000p-7F, -0x1.f78e5a0000000p-8F, -0x1.a7b5580000000p-8F, -0x1.69840a0000000p-8F, -0x1.37bd940000000p-8F, -0x1.fb88ee0000000p-9F, -0x1.8dd3760000000p-9F, -0x1.4036280000000p-9F, -0x1.06ddbe0000000p-9F, -0x1.b6d3b80000000p-10F, -0x1.74d7ce0000000p-10F, -0x1.3feb7a0000000p-10F, -0x1.15631e0000000p-10F, -0x1.70a4740000000p-2F, -0x1.2e34820000000p-2F, -0x1.f5df380000000p-3F, -0x1.a4a6700000000p-3F, -0x1.63f2900000000p-3F, -0x1.2f5b160000000p-3F, -0x1.0512360000000p-3F, -0x1.c43a3e0000000p-4F},
    {0x1.203ad60000000p-5F, 0x1.9aa1aa0000000p-6F, 0x1.2b71100000000p-6F, 0x1.bf81200000000p-7F, 0x1.549a640000000p-7F, 0x1.0909880000000p-7F, 0x1.a245ba0000000p-8F, 0x1.4fa1960000000p-8F, 0x1.ecfddc0000000p-9F, 0x1.53ad2c0000000p-9F, 0x1.e787160000000p-10F, 0x1.6810980000000p-10F, 0x1.102a8e0000000p-10F, 0x1.a5d0420000000p-11F, 0x1.4d7d7a0000000p-11F, 0x1.0bbb040000000p-11F, 0x1.8a77600000000p-12F, 0x1.128ce60000000p-12F, 0x1.8d5b320000000p-13F, 0x1.2802cc0000000p-13F, 0x1.c4035a0000000p-14F, 0x1.6252480000000p-14F, 0x1.19d5040000000p-14F, 0x1.c759f40000000p-15F, 0x1.c119080000000p-3F, 0x1.5bdcc60000000p-3F, 0x1.1151c40000000p-3F, 0x1.b1e09c0000000p-4F, 0x1.5c0f660000000p-4F, 0x1.1963780000000p-4F, 0x1.cc3bde0000000p-5F, 0x1.7b14e60000000p-5F},
    {-0x1.9977000000000p-7F, -0x1.0ce55c0000000p-7F, -0x1.6a7e680000000p-8F, -0x1.f68ce40000000p-9F, -0x1.63c8500000000p-9F, -0x1.0297a20000000p-9F, -0x1.7e198e0000000p-10F, -0x1.2013fe0000000p-10F, -0x1.830c240000000p-11F, -0x1.ddc1780000000p-12F, -0x1.36329c0000000p-12F, -0x1.a18a340000000p-13F, -0x1.21569e0000000p-13F, -0x1.9df4240000000p-14F, -0x1.2fd6940000000p-14F, -0x1.c6e6500000000p-15F, -0x1.2fd8060000000p-15F, -0x1.783f560000000p-16F, -0x1.ea39740000000p-17F, -0x1.4bbb400000000p-17F, -0x1.cfb5fc0000000p-18F, -0x1.4f8eb80000000p-18F, -0x1.ef145e0000000p-19F, -0x1.74c70e0000000p-19F, -0x1.d2a3540000000p-4F, -0x1.58bfde0000000p-4F, -0x1.029be60000000p-4F, -0x1.8816e60000000p-5F, -0x1.2c9d200000000p-5F, -0x1.d0a79e0000000p-6F, -0x1.6bb1660000000p-6F, -0x1.1ed6400000000p-6F},
    {0x1.0e303a0000000p-8F, 0x1.49a4960000000p-9F, 0x1.9d968c0000000p-10F, 0x1.0b93ca0000000p-10F, 0x1.6252560000000p-11F, 0x1.e35f4c0000000p-12F, 0x1.4fc7440000000p-12F, 0x1.dd77d00000000p-13F, 0x1.27d1e40000000p-13F, 0x1.4890900000000p-14F, 0x1.83616c0000000p-15F, 0x1.dc83980000000p-16F, 0x1.2f6bd00000000p-16F, 0x1.91786c0000000p-17F, 0x1.11fbe20000000p-17F, 0x1.7ef9f20000000p-18F, 0x1.d24e220000000p-19F, 0x1.0104e20000000p-19F, 0x1.2da3040000000p-20F, 0x1.72fc1a0000000p-21F, 0x1.dae0380000000p-22F, 0x1.3d4df40000000p-22F, 0x1.b245aa0000000p-23F, 0x1.30d4e40000000p-23F, 0x1.ae4e420000000p-5F, 0x1.3101c60000000p-5F, 0x1.b758c80000000p-6F, 0x1.3fd9040000000p-6F, 0x1.d737e20000000p-7F, 0x1.5dec3e0000000p-7F, 0x1.0769d00000000p-7F, 0x1.8fb2960000000p-8F},
    {-0x1.4cdfe00000000p-10F, -0x1.7ad08e0000000p-11F, -0x1.bda4c80000000p-12F, -0x1.0e82040000000p-12F, -0x1.51af2a0000000p-13F, -0x1.b12ea20000000p-14F, -0x1.1c61800000000p-14F, -0x1.7dedf60000000p-15F, -0x1.b567be0000000p-16F, -0x1.b83ff20000000p-17F, -0x1.d770a00000000p-18F, -0x1.09bc8a0000000p-18F, -0x1.390b680000000p-19F, -0x1.7fbf9e0000000p-20F, -0x1.e6dad20000000p-21F, -0x1.3e15380000000p-21F, -0x1.61af820000000p-22F, -0x1.5b9aa20000000p-23F, -0x1.6f4fbc0000000p-24F, -0x1.9b97a20000000p-25F, -0x1.e473bc0000000p-26F, -0x1.29c4720000000p-26F, -0x1.7af0f20000000p-27F, -0x1.f163ce0000000p-28F, -0x1.674e440000000p-6F, -0x1.ebd89e0000000p-7F, -0x1.551e5c0000000p-7F, -0x1.ded11c0000000p-8F, -0x1.5400aa0000000p-8F, -0x1.e807160000000p-9F, -0x1.623c5e0000000p-9F, -0x1.03ad760000000p-9F}})
};

// e^(a^2/2) gelu'(-a) / (kGeluRoot - a), for floats.
// Relative error 2^-26.0.
ACT_CONSTANT constexpr SegmentTable<5> kGeluSlopeSegments = {
    0x1.8000000000000p-1, Segments<5>({
    {0x1.802d560000000p+0F, 0x1.d4e4560000000p+0F, 0x1.15842c0000000p+1F, 0x1.40382a0000000p+1F, 0x1.6a8a540000000p+1F, 0x1.953dd60000000p+1F, 0x1.c00a000000000p+1F, 0x1.eaadd40000000p+1F, 0x1.1592560000000p+2F, 0x1.3fff2a0000000p+2F, 0x1.6ac5000000000p+2F, 0x1.9519ac0000000p+2F, 0x1.bfdbaa0000000p+2F, 0x1.ea71800000000p+2F, 0x1.0a98140000000p+3F, 0x1.201d400000000p+3F, 0x1.3fc5560000000p+3F, 0x1.6ad22a0000000p+3F, 0x1.954cd60000000p+3F, 0x1.bfdfaa0000000p+3F, 0x1.ea70800000000p+3F, 0x1.0abc2a0000000p+4F, 0x1.1ff12a0000000p+4F, 0x1.3538800000000p+4F, 0x1.5398000000000p-4F, 0x1.00b6000000000p-2F, 0x1.aa06aa0000000p-2F, 0x1.2aa1000000000p-1F, 0x1.800b000000000p-1F, 0x1.d5bd000000000p-1F, 0x1.1585560000000p+0F, 0x1.4011560000000p+0F},
    {0x1.0ca98a0000000p-1F, 0x1.05730e0000000p-1F, 0x1.ff08ec0000000p-2F, 0x1.f55d560000000p-2F, 0x1.ed5aa20000000p-2F, 0x1.e682820000000p-2F, 0x1.e0a3c20000000p-2F, 0x1.db95540000000p-2F, 0x1.d51fd80000000p-2F, 0x1.ce453a0000000p-2F, 0x1.c8be8e0000000p-2F, 0x1.c4469c0000000p-2F, 0x1.c085740000000p-2F, 0x1.bd5d960000000p-2F, 0x1.baa85c0000000p-2F, 0x1.b84d6a0000000p-2F, 0x1.b55ed00000000p-2F, 0x1.b226720000000p-2F, 0x1.af9ac60000000p-2F, 0x1.ad83560000000p-2F, 0x1.abc4a80000000p-2F, 0x1.aa46880000000p-2F, 0x1.a903a20000000p-2F, 0x1.a7ea980000000p-2F, 0x1.4d59ea0000000p-1F, 0x1.40a4760000000p-1F, 0x1.36118c0000000p-1F, 0x1.2cf46c0000000p-1F, 0x1.2525680000000p-1F, 0x1.1e5d8e0000000p-1F, 0x1.187b180000000p-1F, 0x1.13538e0000000p-1F},
    {-0x1.850bee0000000p-5F, -0x1.385ede0000000p-5F, -0x1.fd1ab60000000p-6F, -0x1.a64c740000000p-6F, -0x1.63b94c0000000p-6F, -0x1.2ed5c20000000p-6F, -0x1.04827c0000000p-6F, -0x1.c4bbb40000000p-7F, -0x1.73ea6c0000000p-7F, -0x1.26400a0000000p-7F, -0x1.dbbf2a0000000p-8F, -0x1.88ea6a0000000p-8F, -0x1.4931be0000000p-8F, -0x1.17d7ec0000000p-8F, -0x1.e1302a0000000p-9F, -0x1.a19bc00000000p-9F, -0x1.589cd60000000p-9F, -0x1.105f8a0000000p-9F, -0x1.ba5f3c0000000p-10F, -0x1.6e210a0000000p-10F, -0x1.33fb880000000p-10F, -0x1.0631940000000p-10F, -0x1.c4b4260000000p-11F, -0x1.8a927a0000000p-11F, -0x1.4a8d720000000p-3F, -0x1.15737a0000000p-3F, -0x1.d7537a0000000p-4F, -0x1.9319360000000p-4F, -0x1.5bac9e0000000p-4F, -0x1.2dfbce0000000p-4F, -0x1.08498a0000000p-4F, -0x1.d1b2e00000000p-5F},
    {0x1.0dc03e0000000p-6F, 0x1.8c8a2a0000000p-7F, 0x1.28dbf40000000p-7F, 0x1.c6e5800000000p-8F, 0x1.63b9220000000p-8F, 0x1.1a15b40000000p-8F, 0x1.c5b41a0000000p-9F, 0x1.71ee200000000p-9F, 0x1.15ab4e0000000p-9F, 0x1.89f8960000000p-10F, 0x1.20171c0000000p-10F, 0x1.b26d760000000p-11F, 0x1.4e57940000000p-11F, 0x1.06c89e0000000p-11F, 0x1.a3e9580000000p-12F, 0x1.541f480000000p-12F, 0x1.ff03640000000p-13F, 0x1.67d48a0000000p-13F, 0x1.07b8740000000p-13F, 0x1.8d96ae0000000p-14F, 0x1.33017c0000000p-14F, 0x1.e2a18c0000000p-15F, 0x1.83568c0000000p-15F, 0x1.3b510e0000000p-15F, 0x1.62e5040000000p-4F, 0x1.197da00000000p-4F, 0x1.c4c9bc0000000p-5F, 0x1.6ee9480000000p-5F, 0x1.2c471c0000000p-5F, 0x1.ef882e0000000p-6F, 0x1.9ca0ae0000000p-6F, 0x1.5a67c20000000p-6F},
    {-0x1.5d04ce0000000p-8F, -0x1.d9c9660000000p-9F, -0x1.4852380000000p-9F, -0x1.d3b1840000000p-10F, -0x1.555d940000000p-10F, -0x1.faab940000000p-11F, -0x1.7e74840000000p-11F, -0x1.259e7a0000000p-11F, -0x1.958aaa0000000p-12F, -0x1.0302320000000p-12F, -0x1.57b54e0000000p-13F, -0x1.da4a620000000p-14F, -0x1.4ff1620000000p-14F, -0x1.e8fe640000000p-15F, -0x1.6b84d00000000p-15F, -0x1.1315f60000000p-15F, -0x1.79baaa0000000p-16F, -0x1.da3baa0000000p-17F, -0x1.39d2740000000p-17F, -0x1.af0df80000000p-18F, -0x1.319dd20000000p-18F, -0x1.bbb09a0000000p-19F, -0x1.4b14e40000000p-19F, -0x1.f786820000000p-20F, -0x1.4f0ad60000000p-5F, -0x1.fa97fe0000000p-6F, -0x1.84e4b00000000p-6F, -0x1.2cdd440000000p-6F, -0x1.d695ac0000000p-7F, -0x1.734fbc0000000p-7F, -0x1.27fdbc0000000p-7F, -0x1.dc3d220000000p-8F},
    {0x1.a7ab920000000p-10F, 0x1.0ac91a0000000p-10F, 0x1.599eb60000000p-11F, 0x1.cc54ae0000000p-12F, 0x1.3a57720000000p-12F, 0x1.b69c560000000p-13F, 0x1.382d9e0000000p-13F, 0x1.c4b55c0000000p-14F, 0x1.20c7aa0000000p-14F, 0x1.4cd18a0000000p-15F, 0x1.92a4e00000000p-16F, 0x1.fc7e040000000p-17F, 0x1.4c8ab80000000p-17F, 0x1.c0d7b00000000p-18F, 0x1.37243e0000000p-18F, 0x1.b98ee60000000p-19F, 0x1.139a240000000p-19F, 0x1.3667600000000p-20F, 0x1.72cd500000000p-21F, 0x1.d037580000000p-22F, 0x1.2e425a0000000p-22F, 0x1.96a1ee0000000p-23F, 0x1.19c95c0000000p-23F, 0x1.903f540000000p-24F, 0x1.1cdae40000000p-6F, 0x1.9dabe80000000p-7F, 0x1.3034660000000p-7F, 0x1.c427980000000p-8F, 0x1.53b3a40000000p-8F, 0x1.01cb0c0000000p-8F, 0x1.8b32de0000000p-9F, 0x1.31c7f40000000p-9F}})
};

// e^A gelu_tanh'(-a) / (a - kGeluTanhRoot), A = a (kGeluTanhC1Leading + kGeluTanhC3Leading a^2), for floats.
// Relative error 2^-24.3.
ACT_CONSTANT constexpr SegmentTable<5> kGeluTanhSlopeSegments = {
    0x1.170a3d70a3d71p+0, Segments<5>({
    {0x1.07e9b20000000p+0F, 0x1.42f1660000000p+0F, 0x1.7d61f20000000p+0F, 0x1.b809c60000000p+0F, 0x1.f2e09e0000000p+0F, 0x1.16c6be0000000p+1F, 0x1.342ab60000000p+1F, 0x1.519f6c0000000p+1F, 0x1.7d551a0000000p+1F, 0x1.b88cbc0000000p+1F, 0x1.f2be360000000p+1F, 0x1.16fab20000000p+2F, 0x1.343fb20000000p+2F, 0x1.5175900000000p+2F, 0x1.6f267c0000000p+2F, 0x1.8c37c40000000p+2F, 0x1.b80e200000000p+2F, 0x1.f35b520000000p+2F, 0x1.16d98c0000000p+3F, 0x1.342b660000000p+3F, 0x1.5190be0000000p+3F, 0x1.6ee2f00000000p+3F, 0x1.8c2b080000000p+3F, 0x1.a9d5300000000p+3F, 0x1.d47df20000000p-5F, 0x1.5f0afa0000000p-3F, 0x1.2645060000000p-2F, 0x1.9b0a260000000p-2F, 0x1.0892bc0000000p-1F, 0x1.4334d40000000p-1F, 0x1.7dcfce0000000p-1F, 0x1.b815780000000p-1F},
    {-0x1.d01e8a0000000p+0F, -0x1.0c065a0000000p+1F, -0x1.2f28980000000p+1F, -0x1.51e68c0000000p+1F, -0x1.7484d60000000p+1F, -0x1.9752540000000p+1F, -0x1.bb13020000000p+1F, -0x1.e064640000000p+1F, -0x1.0dc98c0000000p+2F, -0x1.3a634e0000000p+2F, -0x1.6be1040000000p+2F, -0x1.a433780000000p+2F, -0x1.e1caac0000000p+2F, -0x1.128a6e0000000p+3F, -0x1.37b44e0000000p+3F, -0x1.5ef8dc0000000p+3F, -0x1.9f93160000000p+3F, -0x1.009eb40000000p+4F, -0x1.366a840000000p+4F, -0x1.723a2a0000000p+4F, -0x1.b3f7760000000p+4F, -0x1.fb4b120000000p+4F, -0x1.2420ce0000000p+5F, -0x1.4e08540000000p+5F, -0x1.6e9d6e0000000p-1F, -0x1.a674a80000000p-1F, -0x1.e30e4a0000000p-1F, -0x1.1100240000000p+0F, -0x1.323f900000000p+0F, -0x1.545fee0000000p+0F, -0x1.774d3a0000000p+0F, -0x1.9a90060000000p+0F},
    {-0x1.38faec0000000p+0F, -0x1.363b180000000p+0F, -0x1.3155e00000000p+0F, -0x1.2da06c0000000p+0F, -0x1.2d9dae0000000p+0F, -0x1.32a7640000000p+0F, -0x1.3d0c980000000p+0F, -0x1.4c5a9e0000000p+0F, -0x1.6a0d260000000p+0F, -0x1.9a31e80000000p+0F, -0x1.cce8ec0000000p+0F, -0x1.0084660000000p+1F, -0x1.1a24cc0000000p+1F, -0x1.338fa20000000p+1F, -0x1.4d479c0000000p+1F, -0x1.6661060000000p+1F, -0x1.8c21980000000p+1F, -0x1.bf139c0000000p+1F, -0x1.f11c500000000p+1F, -0x1.11abc20000000p+2F, -0x1.2ad4e40000000p+2F, -0x1.43e9c20000000p+2F, -0x1.5cf2ea0000000p+2F, -0x1.764d4e0000000p+2F, -0x1.d6f60c0000000p-1F, -0x1.fa410c0000000p-1F, -0x1.0d157e0000000p+0F, -0x1.1a829e0000000p+0F, -0x1.2594f00000000p+0F, -0x1.2dfd980000000p+0F, -0x1.33df140000000p+0F, -0x1.3764c20000000p+0F},
    {0x1.b65e620000000p-9F, 0x1.3633060000000p-5F, 0x1.50323a0000000p-5F, 0x1.311c2e0000000p-6F, -0x1.4d5d680000000p-6F, -0x1.0ddec00000000p-4F, -0x1.c37fb40000000p-4F, -0x1.2f869c0000000p-3F, -0x1.814f820000000p-3F, -0x1.b5d9fa0000000p-3F, -0x1.c2a0980000000p-3F, -0x1.c1cab00000000p-3F, -0x1.bec74a0000000p-3F, -0x1.bc63ea0000000p-3F, -0x1.bab5ea0000000p-3F, -0x1.b98f300000000p-3F, -0x1.b862cc0000000p-3F, -0x1.b767fa0000000p-3F, -0x1.b6cdb40000000p-3F, -0x1.b6642c0000000p-3F, -0x1.b6170e0000000p-3F, -0x1.b5db7e0000000p-3F, -0x1.b5aafa0000000p-3F, -0x1.b581200000000p-3F, -0x1.4358da0000000p-2F, -0x1.2560d00000000p-2F, -0x1.0001c60000000p-2F, -0x1.ac9fb40000000p-3F, -0x1.52ca7e0000000p-3F, -0x1.f1d7bc0000000p-4F, -0x1.464ade0000000p-4F, -0x1.587eaa0000000p-5F},
    {0x1.2a20f80000000p-4F, 0x1.b3f4b40000000p-6F, -0x1.0214da0000000p-6F, -0x1.7f7b000000000p-5F, -0x1.03d7740000000p-4F, -0x1.118fa80000000p-4F, -0x1.efd1b40000000p-5F, -0x1.9029880000000p-5F, -0x1.e14a9a0000000p-6F, -0x1.3f5fe40000000p-7F, -0x1.2fe4980000000p-10F, 0x1.04e0a20000000p-10F, 0x1.05a9120000000p-10F, 0x1.7375a40000000p-11F, 0x1.ffbf220000000p-12F, 0x1.6d941e0000000p-12F, 0x1.d40e360000000p-13F, 0x1.172ddc0000000p-13F, 0x1.6eaa340000000p-14F, 0x1.02e5f60000000p-14F, 0x1.85c7640000000p-15F, 0x1.3673680000000p-15F, 0x1.0346880000000p-15F, 0x1.c1a54c0000000p-16F, 0x1.3018fa0000000p-4F, 0x1.8877ae0000000p-4F, 0x1.ce9a380000000p-4F, 0x1.fb7e240000000p-4F, 0x1.06c9380000000p-3F, 0x1.01bd4c0000000p-3F, 0x1.ded9b00000000p-4F, 0x1.a3869e0000000p-4F},
    {-0x1.87eb700000000p-5F, -0x1.9b1d280000000p-5F, -0x1.50fd540000000p-5F, -0x1.aa64700000000p-6F, -0x1.5118900000000p-7F, 0x1.3a7ffc0000000p-9F, 0x1.5937be0000000p-7F, 0x1.d1261a0000000p-7F, 0x1.b818e20000000p-7F, 0x1.e9715a0000000p-8F, 0x1.3dce200000000p-9F, 0x1.36e8120000000p-12F, -0x1.3c43380000000p-13F, -0x1.2f4c1e0000000p-13F, -0x1.8d85320000000p-14F, -0x1.01604c0000000p-14F, -0x1.1d01600000000p-15F, -0x1.1ac9860000000p-16F, -0x1.32431e0000000p-17F, -0x1.621d7a0000000p-18F, -0x1.af551c0000000p-19F, -0x1.1203ee0000000p-19F, -0x1.681e100000000p-20F, -0x1.e5a02c0000000p-21F, 0x1.a433ae0000000p-5F, 0x1.5ccc140000000p-5F, 0x1.f958ea0000000p-6F, 0x1.16dfba0000000p-6F, 0x1.1521d60000000p-9F, -0x1.9dd95a0000000p-7F, -0x1.aaf2ec0000000p-6F, -0x1.30572e0000000p-5F}})
};

// mish(x) / x on [-10, 9.5], for floats.
// Relative error 2^-25.2.
ACT_CONSTANT constexpr UniformSegmentTable<7> kMishSegments = {
    0x1.9dbcc48676f31p+0, Segments<7>({
    {0x1.5806660000000p-9F, 0x1.3dfd380000000p-1F, 0x1.3cc2480000000p+0F, 0x1.db245a0000000p+0F, 0x1.3ccd6a0000000p+1F, 0x1.8c04060000000p+1F, 0x1.db13560000000p+1F, 0x1.1556020000000p+2F, 0x1.3cd1480000000p+2F, 0x1.64947e0000000p+2F, 0x1.8c06a60000000p+2F, 0x1.b39cda0000000p+2F, 0x1.daf66a0000000p+2F, 0x1.0185420000000p+3F, 0x1.1540e40000000p+3F, 0x1.291edc0000000p+3F, -0x1.3cbfa60000000p+3F, -0x1.29170c0000000p+3F, -0x1.151d8c0000000p+3F, -0x1.0173dc0000000p+3F, -0x1.db2cdc0000000p+2F, -0x1.b3b7ec0000000p+2F, -0x1.8bd4880000000p+2F, -0x1.6445240000000p+2F, -0x1.3caa260000000p+2F, -0x1.155f4a0000000p+2F, -0x1.daf5f20000000p+1F, -0x1.8bc5880000000p+1F, -0x1.3caf680000000p+1F, -0x1.db52c20000000p+0F, -0x1.3cd92c0000000p+0F, -0x1.3d28600000000p-1F},
    {0x1.33a1460000000p-1F, 0x1.90832e0000000p-1F, 0x1.ceb32e0000000p-1F, 0x1.eda0840000000p-1F, 0x1.f9ddc00000000p-1F, 0x1.fe140e0000000p-1F, 0x1.ff6ae20000000p-1F, 0x1.ffd4060000000p-1F, 0x1.fff30a0000000p-1F, 0x1.fffc3c0000000p-1F, 0x1.fffee60000000p-1F, 0x1.ffffae0000000p-1F, 0x1.ffffe80000000p-1F, 0x1.fffffa0000000p-1F, 0x1.fffffe0000000p-1F, 0x1.0000000000000p+0F, 0x1.a58fb80000000p-15F, 0x1.859a5c0000000p-14F, 0x1.6ba2400000000p-13F, 0x1.5018040000000p-12F, 0x1.3896760000000p-11F, 0x1.2174320000000p-10F, 0x1.0dc8e60000000p-9F, 0x1.f4215e0000000p-9F, 0x1.cf8cd20000000p-8F, 0x1.aaf57c0000000p-7F, 0x1.8be2e40000000p-6F, 0x1.6b94c60000000p-5F, 0x1.4a8e360000000p-4F, 0x1.2724ca0000000p-3F, 0x1.fe99ae0000000p-3F, 0x1.9f98a40000000p-2F},
    {0x1.4797c80000000p-2F, 0x1.027e040000000p-2F, 0x1.22fb840000000p-3F, 0x1.f357ba0000000p-5F, 0x1.67eb660000000p-6F, 0x1.d5bb240000000p-8F, 0x1.22f4320000000p-9F, 0x1.5b328a0000000p-11F, 0x1.9bd0440000000p-13F, 0x1.e02aae0000000p-15F, 0x1.196bc60000000p-16F, 0x1.47a2f40000000p-18F, 0x1.7fc4ee0000000p-20F, 0x1.b718840000000p-22F, 0x1.ffe8720000000p-24F, 0x1.27d8a60000000p-25F, 0x1.a58d020000000p-15F, 0x1.8595ba0000000p-14F, 0x1.6b9a2e0000000p-13F, 0x1.500a3a0000000p-12F, 0x1.387e980000000p-11F, 0x1.214b3e0000000p-10F, 0x1.0d81ac0000000p-9F, 0x1.f32c2c0000000p-9F, 0x1.cde62c0000000p-8F, 0x1.a824260000000p-7F, 0x1.86fd0e0000000p-6F, 0x1.6328960000000p-5F, 0x1.3c292e0000000p-4F, 0x1.0ee8440000000p-3F, 0x1.afd8e20000000p-3F, 0x1.2b48fe0000000p-2F},
    {-0x1.0c0f4e0000000p-6F, -0x1.5967300000000p-4F, -0x1.56349c0000000p-4F, -0x1.7e9aa00000000p-5F, -0x1.3a08560000000p-6F, -0x1.b57e160000000p-8F, -0x1.1837fc0000000p-9F, -0x1.5456200000000p-11F, -0x1.976dea0000000p-13F, -0x1.dd6c5e0000000p-15F, -0x1.188da00000000p-16F, -0x1.4717a60000000p-18F, -0x1.7f6c9c0000000p-20F, -0x1.b6e2a40000000p-22F, -0x1.ffc6820000000p-24F, -0x1.27ce280000000p-25F, 0x1.a587940000000p-16F, 0x1.858c760000000p-15F, 0x1.6b8a060000000p-14F, 0x1.4feea20000000p-13F, 0x1.384eda0000000p-12F, 0x1.20f9540000000p-11F, 0x1.0cf3380000000p-10F, 0x1.f141c60000000p-10F, 0x1.ca98ee0000000p-9F, 0x1.a281d80000000p-8F, 0x1.7d338a0000000p-7F, 0x1.525c6e0000000p-6F, 0x1.1fa1ee0000000p-5F, 0x1.bf874a0000000p-5F, 0x1.1e56060000000p-4F, 0x1.b63c6e0000000p-5F},
    {-0x1.77b02a0000000p-5F, -0x1.409ca80000000p-6F, 0x1.052ca20000000p-6F, 0x1.3c60ea0000000p-6F, 0x1.4eee860000000p-7F, 0x1.04db1c0000000p-8F, 0x1.60a0fc0000000p-10F, 0x1.b82e880000000p-12F, 0x1.0b3b020000000p-13F, 0x1.3b81440000000p-15F, 0x1.7448ec0000000p-17F, 0x1.b2f8aa0000000p-19F, 0x1.fe77720000000p-21F, 0x1.2455e40000000p-22F, 0x1.54ffc80000000p-24F, 0x1.8a43d20000000p-26F, 0x1.18fd2e0000000p-17F, 0x1.03a6040000000p-16F, 0x1.e48be80000000p-16F, 0x1.bf9e420000000p-15F, 0x1.9fe8e80000000p-14F, 0x1.80712c0000000p-13F, 0x1.651d120000000p-12F, 0x1.48f2ca0000000p-11F, 0x1.2d541a0000000p-10F, 0x1.0f7f020000000p-9F, 0x1.e237460000000p-9F, 0x1.969c420000000p-8F, 0x1.34c7000000000p-7F, 0x1.66549a0000000p-7F, 0x1.80f2ee0000000p-9F, -0x1.8142e80000000p-6F},
    {-0x1.1e57960000000p-12F, 0x1.23cee40000000p-6F, 0x1.fb1dfe0000000p-8F, -0x1.813d900000000p-9F, -0x1.c0f56c0000000p-9F, -0x1.b2f2ac0000000p-10F, -0x1.422b3c0000000p-11F, -0x1.a42d840000000p-13F, -0x1.04c2be0000000p-14F, -0x1.3768520000000p-16F, -0x1.71b30c0000000p-18F, -0x1.b15a3a0000000p-20F, -0x1.fd7fd80000000p-22F, -0x1.23fe440000000p-23F, -0x1.54ca9c0000000p-25F, -0x1.8a1af40000000p-27F, 0x1.18f13c0000000p-19F, 0x1.038e940000000p-18F, 0x1.e43a900000000p-18F, 0x1.bf0dc80000000p-17F, 0x1.9eed7c0000000p-16F, 0x1.7ebe760000000p-15F, 0x1.6228940000000p-14F, 0x1.43d9ca0000000p-13F, 0x1.2489060000000p-12F, 0x1.007f500000000p-11F, 0x1.ae46a40000000p-11F, 0x1.3e77640000000p-10F, 0x1.4894780000000p-10F, -0x1.1edba00000000p-11F, -0x1.bb8cba0000000p-8F, -0x1.b3e6ac0000000p-7F},
    {0x1.f3b0280000000p-8F, 0x1.1eb9860000000p-10F, -0x1.49d4c00000000p-8F, -0x1.76a6d40000000p-10F, 0x1.0d724e0000000p-11F, 0x1.f83ae00000000p-12F, 0x1.c0c60a0000000p-13F, 0x1.3c589e0000000p-14F, 0x1.976b1e0000000p-16F, 0x1.efd0360000000p-18F, 0x1.2932100000000p-19F, 0x1.5e2d7e0000000p-21F, 0x1.9ccf500000000p-23F, 0x1.d9eb3a0000000p-25F, 0x1.14c7ae0000000p-26F, 0x1.40379a0000000p-28F, 0x1.c30fb80000000p-22F, 0x1.a09b400000000p-21F, 0x1.84529c0000000p-20F, 0x1.66194c0000000p-19F, 0x1.4b99080000000p-18F, 0x1.3096de0000000p-17F, 0x1.178a860000000p-16F, 0x1.f760040000000p-16F, 0x1.b8f3800000000p-15F, 0x1.6ac6740000000p-14F, 0x1.04cc8c0000000p-13F, 0x1.c911640000000p-14F, -0x1.62b0c00000000p-13F, -0x1.36305c0000000p-10F, -0x1.6397d60000000p-9F, 0x1.0c92000000000p-17F},
    {0x1.b0a8040000000p-11F, -0x1.a475760000000p-9F, 0x1.14cd000000000p-12F, 0x1.014c5e0000000p-10F, 0x1.288fc40000000p-13F, -0x1.49d1100000000p-14F, -0x1.ce2d5e0000000p-15F, -0x1.77be1c0000000p-16F, -0x1.ffaad80000000p-18F, -0x1.41e93a0000000p-19F, -0x1.85ba020000000p-21F, -0x1.ce82ba0000000p-23F, -0x1.0fcb9c0000000p-24F, -0x1.3d25fc0000000p-26F, -0x1.7155a40000000p-28F, -0x1.ad58620000000p-30F, 0x1.2a10e40000000p-24F, 0x1.14469c0000000p-23F, 0x1.ffb2f20000000p-23F, 0x1.d8acc60000000p-22F, 0x1.b2e40e0000000p-21F, 0x1.8cecfe0000000p-20F, 0x1.64de560000000p-19F, 0x1.3736d80000000p-18F, 0x1.fccaa40000000p-18F, 0x1.622e700000000p-17F, 0x1.03a4460000000p-17F, -0x1.8b9ca20000000p-16F, -0x1.3324040000000p-13F, -0x1.ac60080000000p-12F, -0x1.b103020000000p-13F, 0x1.f419940000000p-10F}})
};

// mish'(x) / (x + kMishRoot) on [-10, 10.4], for floats.
// Relative error 2^-24.3.
ACT_CONSTANT constexpr UniformSegmentTable<7> kMishSlopeSegments = {
    0x1.89d89d89d89d9p+0, Segments<7>({
    {-0x1.0166660000000p-10F, 0x1.4b3c660000000p-1F, 0x1.4c84a60000000p+0F, 0x1.f2d59a0000000p+0F, 0x1.4c85a00000000p+1F, 0x1.a049740000000p+1F, 0x1.f2b5c00000000p+1F, 0x1.22fafa0000000p+2F, 0x1.4cb6360000000p+2F, 0x1.7652400000000p+2F, 0x1.a0272a0000000p+2F, 0x1.c9ae900000000p+2F, 0x1.f32d840000000p+2F, 0x1.0e73280000000p+3F, 0x1.2323d80000000p+3F, 0x1.38106a0000000p+3F, 0x1.4ccdc60000000p+3F, -0x1.38073c0000000p+3F, -0x1.2313980000000p+3F, -0x1.0e5f540000000p+3F, -0x1.f341040000000p+2F, -0x1.c9a6460000000p+2F, -0x1.a01d160000000p+2F, -0x1.7692460000000p+2F, -0x1.4c94160000000p+2F, -0x1.2350f00000000p+2F, -0x1.f3b14e0000000p+1F, -0x1.9f80460000000p+1F, -0x1.4d08980000000p+1F, -0x1.f2a9680000000p+0F, -0x1.4d77c00000000p+0F, -0x1.4e8ab20000000p-1F},
    {0x1.0191320000000p-1F, 0x1.0836280000000p-1F, 0x1.bd60b80000000p-2F, 0x1.5d90840000000p-2F, 0x1.18019e0000000p-2F, 0x1.d37bc60000000p-3F, 0x1.9495c80000000p-3F, 0x1.657c200000000p-3F, 0x1.40a0f00000000p-3F, 0x1.22e9260000000p-3F, 0x1.0a2ad60000000p-3F, 0x1.eaeaac0000000p-4F, 0x1.c783940000000p-4F, 0x1.a8b89e0000000p-4F, 0x1.8e08f60000000p-4F, 0x1.7641120000000p-4F, 0x1.6154940000000p-4F, 0x1.f388b80000000p-15F, 0x1.e18f8e0000000p-14F, 0x1.ccc4fa0000000p-13F, 0x1.b995060000000p-12F, 0x1.a8189a0000000p-11F, 0x1.9702960000000p-10F, 0x1.86c48c0000000p-9F, 0x1.79dde00000000p-8F, 0x1.690a4c0000000p-7F, 0x1.5974f80000000p-6F, 0x1.4c2fc40000000p-5F, 0x1.37beb20000000p-4F, 0x1.20298c0000000p-3F, 0x1.f59b1a0000000p-3F, 0x1.8a18540000000p-2F},
    {0x1.d718080000000p-4F, -0x1.239dba0000000p-4F, -0x1.3852fe0000000p-3F, -0x1.0332780000000p-3F, -0x1.5968b40000000p-4F, -0x1.cd34de0000000p-5F, -0x1.4bec0e0000000p-5F, -0x1.faf6f60000000p-6F, -0x1.93e7a60000000p-6F, -0x1.4b439a0000000p-6F, -0x1.14eed40000000p-6F, -0x1.d6cfec0000000p-7F, -0x1.954a7e0000000p-7F, -0x1.6054440000000p-7F, -0x1.3570900000000p-7F, -0x1.1191440000000p-7F, -0x1.e7aa740000000p-8F, 0x1.f4c9600000000p-15F, 0x1.e2f3820000000p-14F, 0x1.ce4db40000000p-13F, 0x1.bb46d80000000p-12F, 0x1.a9f5660000000p-11F, 0x1.99038a0000000p-10F, 0x1.88d3ba0000000p-9F, 0x1.7bc7660000000p-8F, 0x1.6a507c0000000p-7F, 0x1.591ffa0000000p-6F, 0x1.482e680000000p-5F, 0x1.2c56e60000000p-4F, 0x1.05ef7e0000000p-3F, 0x1.8f08980000000p-3F, 0x1.c56d7c0000000p-3F},
    {-0x1.1746d80000000p-3F, -0x1.eb0bf20000000p-4F, -0x1.071f400000000p-7F, 0x1.1989a80000000p-5F, 0x1.c3644c0000000p-6F, 0x1.0588060000000p-6F, 0x1.2fdf660000000p-7F, 0x1.7e1a4c0000000p-8F, 0x1.05aaa80000000p-8F, 0x1.7da4040000000p-9F, 0x1.216ec00000000p-9F, 0x1.c4490a0000000p-10F, 0x1.68d2660000000p-10F, 0x1.2456560000000p-10F, 0x1.e129b00000000p-11F, 0x1.8ff27e0000000p-11F, 0x1.508a560000000p-11F, 0x1.f64ec60000000p-16F, 0x1.e4a6400000000p-15F, 0x1.d02e7c0000000p-14F, 0x1.bd57dc0000000p-13F, 0x1.ac31ca0000000p-12F, 0x1.9b53c80000000p-11F, 0x1.8afe040000000p-10F, 0x1.7d4b580000000p-9F, 0x1.6a1fcc0000000p-8F, 0x1.551fe00000000p-7F, 0x1.3bf0c40000000p-6F, 0x1.1039a00000000p-5F, 0x1.975f740000000p-5F, 0x1.85250e0000000p-5F, -0x1.5c40f20000000p-6F},
    {-0x1.4385320000000p-5F, 0x1.a887160000000p-5F, 0x1.6c2b280000000p-5F, 0x1.cfca080000000p-9F, -0x1.b069400000000p-8F, -0x1.32d41e0000000p-8F, -0x1.3eada00000000p-9F, -0x1.46f7b60000000p-10F, -0x1.6f68ba0000000p-11F, -0x1.ca27fe0000000p-12F, -0x1.34248a0000000p-12F, -0x1.b5db6c0000000p-13F, -0x1.4237f00000000p-13F, -0x1.e5afc80000000p-14F, -0x1.7641120000000p-14F, -0x1.24669e0000000p-14F, -0x1.d0858e0000000p-15F, 0x1.501c2e0000000p-17F, 0x1.447c8e0000000p-16F, 0x1.36fbc20000000p-15F, 0x1.2a8dd40000000p-14F, 0x1.1f316e0000000p-13F, 0x1.13dbb80000000p-12F, 0x1.0885820000000p-11F, 0x1.fc5a180000000p-11F, 0x1.dd5fb60000000p-10F, 0x1.b5f7760000000p-9F, 0x1.7c8b9c0000000p-8F, 0x1.162b020000000p-7F, 0x1.b86d280000000p-8F, -0x1.c2326c0000000p-7F, -0x1.d5cda00000000p-5F},
    {0x1.0137a40000000p-5F, 0x1.6002f00000000p-6F, -0x1.2dd99e0000000p-6F, -0x1.33824a0000000p-7F, -0x1.1540e00000000p-12F, 0x1.160fc00000000p-10F, 0x1.52ba960000000p-11F, 0x1.3be9060000000p-12F, 0x1.264f6c0000000p-13F, 0x1.2e1cf60000000p-14F, 0x1.59d1520000000p-15F, 0x1.b2ed6a0000000p-16F, 0x1.2310f80000000p-16F, 0x1.9566b40000000p-17F, 0x1.23aaaa0000000p-17F, 0x1.abdeba0000000p-18F, 0x1.40adb20000000p-18F, 0x1.51a6c00000000p-19F, 0x1.46362c0000000p-18F, 0x1.38da740000000p-17F, 0x1.2c82880000000p-16F, 0x1.2112800000000p-15F, 0x1.1546a80000000p-14F, 0x1.08acfc0000000p-13F, 0x1.f6c2660000000p-13F, 0x1.cb8eb40000000p-12F, 0x1.8b4b020000000p-11F, 0x1.1f477c0000000p-10F, 0x1.81e4980000000p-11F, -0x1.9068020000000p-9F, -0x1.c4bc1e0000000p-7F, -0x1.c31f540000000p-7F},
    {0x1.93fed20000000p-7F, -0x1.069fa80000000p-6F, -0x1.7b51c60000000p-9F, 0x1.1d02500000000p-8F, 0x1.4542700000000p-10F, -0x1.41956c0000000p-15F, -0x1.222d100000000p-13F, -0x1.331fea0000000p-14F, -0x1.07a0440000000p-15F, -0x1.c8a47e0000000p-17F, -0x1.b046640000000p-18F, -0x1.cdde9e0000000p-19F, -0x1.1085d00000000p-19F, -0x1.5877540000000p-20F, -0x1.ca9c0e0000000p-21F, -0x1.3a76200000000p-21F, -0x1.bbe6740000000p-22F, 0x1.10d1220000000p-21F, 0x1.07c27e0000000p-20F, 0x1.fa41600000000p-20F, 0x1.e6512e0000000p-19F, 0x1.d326a40000000p-18F, 0x1.bdfcf40000000p-17F, 0x1.a4a4000000000p-16F, 0x1.841eea0000000p-15F, 0x1.4b63380000000p-14F, 0x1.d7e5ca0000000p-14F, 0x1.f9f7600000000p-15F, -0x1.c16bf20000000p-12F, -0x1.2040040000000p-9F, -0x1.e660320000000p-9F, 0x1.db03180000000p-8F},
    {-0x1.6e95060000000p-8F, -0x1.47c0420000000p-9F, 0x1.3d40d60000000p-8F, -0x1.0478ee0000000p-11F, -0x1.4a251a0000000p-11F, -0x1.b1dc000000000p-14F, 0x1.bd49b20000000p-17F, 0x1.f2db340000000p-17F, 0x1.cfed160000000p-18F, 0x1.74d7f00000000p-19F, 0x1.3030180000000p-20F, 0x1.0fd7020000000p-21F, 0x1.10dbd60000000p-22F, 0x1.3008e80000000p-23F, 0x1.6e93200000000p-24F, 0x1.d23c4e0000000p-25F, 0x1.340eda0000000p-25F, 0x1.6be6c40000000p-24F, 0x1.5e75860000000p-23F, 0x1.515ab80000000p-22F, 0x1.4430420000000p-21F, 0x1.35f98e0000000p-20F, 0x1.24ba8c0000000p-19F, 0x1.0ca1040000000p-18F, 0x1.cc7b980000000p-18F, 0x1.4601520000000p-17F, 0x1.3f70ae0000000p-18F, -0x1.6a88b60000000p-15F, -0x1.00be0c0000000p-12F, -0x1.538ad60000000p-11F, 0x1.e74fa00000000p-12F, 0x1.418e6a0000000p-8F}})
};

// silu'(x) / (x + kSiluRoot) on [-8.5, 20], for floats.
// Relative error 2^-23.8.
ACT_CONSTANT constexpr UniformSegmentTable<7> kSiluSlopeSegments = {
    0x1.15b1e5f75270dp+0, Segments<7>({
    {-0x1.5c78000000000p-9F, 0x1.d927000000000p-1F, 0x1.d788280000000p+0F, 0x1.61dde40000000p+1F, 0x1.d784020000000p+1F, 0x1.26f68c0000000p+2F, 0x1.61e8440000000p+2F, 0x1.9cb67c0000000p+2F, 0x1.d815aa0000000p+2F, 0x1.098a420000000p+3F, 0x1.26f9e40000000p+3F, 0x1.448ba40000000p+3F, 0x1.61e6300000000p+3F, 0x1.7f9dbc0000000p+3F, 0x1.9ce6300000000p+3F, 0x1.ba7d000000000p+3F, 0x1.d823260000000p+3F, 0x1.f5958c0000000p+3F, 0x1.09714e0000000p+4F, 0x1.1849bc0000000p+4F, 0x1.26fe280000000p+4F, 0x1.35bf500000000p+4F, 0x1.4489460000000p+4F, -0x1.09933e0000000p+3F, -0x1.d7df800000000p+2F, -0x1.9d51200000000p+2F, -0x1.62536e0000000p+2F, -0x1.2705120000000p+2F, -0x1.d87b880000000p+1F, -0x1.61c0640000000p+1F, -0x1.d8b0140000000p+0F, -0x1.d610080000000p-1F},
    {0x1.903f7e0000000p-2F, 0x1.a4342c0000000p-2F, 0x1.62a6d20000000p-2F, 0x1.154d920000000p-2F, 0x1.b6f5be0000000p-3F, 0x1.6819420000000p-3F, 0x1.322b2e0000000p-3F, 0x1.0b519e0000000p-3F, 0x1.db267c0000000p-4F, 0x1.ac7c820000000p-4F, 0x1.868b6e0000000p-4F, 0x1.66c8380000000p-4F, 0x1.4c0a420000000p-4F, 0x1.34c4f80000000p-4F, 0x1.20d5920000000p-4F, 0x1.0f26640000000p-4F, 0x1.fef4ec0000000p-5F, 0x1.e338640000000p-5F, 0x1.ca75260000000p-5F, 0x1.b3d3a80000000p-5F, 0x1.9f82aa0000000p-5F, 0x1.8cf1ac0000000p-5F, 0x1.7bed940000000p-5F, 0x1.0efda60000000p-12F, 0x1.57d0a20000000p-11F, 0x1.af9bbe0000000p-10F, 0x1.10c5040000000p-8F, 0x1.59952a0000000p-7F, 0x1.add96a0000000p-6F, 0x1.05b43e0000000p-4F, 0x1.244d260000000p-3F, 0x1.16d3360000000p-2F},
    {0x1.5e5dd40000000p-4F, -0x1.3b18860000000p-5F, -0x1.5ffa6e0000000p-4F, -0x1.2b07280000000p-4F, -0x1.9d2ebc0000000p-5F, -0x1.16e2d80000000p-5F, -0x1.88c6e80000000p-6F, -0x1.2392b60000000p-6F, -0x1.c3e7ac0000000p-7F, -0x1.6b4de00000000p-7F, -0x1.2be49e0000000p-7F, -0x1.f87d4e0000000p-8F, -0x1.af5b0a0000000p-8F, -0x1.74b2940000000p-8F, -0x1.45fee00000000p-8F, -0x1.1f3e580000000p-8F, -0x1.fdf4200000000p-9F, -0x1.c812de0000000p-9F, -0x1.9a854c0000000p-9F, -0x1.72fd220000000p-9F, -0x1.5134b60000000p-9F, -0x1.33be620000000p-9F, -0x1.19ecb40000000p-9F, 0x1.1051700000000p-12F, 0x1.59cf2a0000000p-11F, 0x1.b25c9c0000000p-10F, 0x1.12456a0000000p-8F, 0x1.598d6a0000000p-7F, 0x1.a5d9320000000p-6F, 0x1.e68ab60000000p-5F, 0x1.d7a5560000000p-4F, 0x1.399ad60000000p-3F},
    {-0x1.107d000000000p-4F, -0x1.a7e7000000000p-5F, -0x1.d03da60000000p-9F, 0x1.99e21c0000000p-7F, 0x1.64ee680000000p-7F, 0x1.c6f8300000000p-8F, 0x1.14a8980000000p-8F, 0x1.5b537c0000000p-9F, 0x1.caeb880000000p-10F, 0x1.41808c0000000p-10F, 0x1.d8876e0000000p-11F, 0x1.67d8ba0000000p-11F, 0x1.1a64340000000p-11F, 0x1.c3b32a0000000p-12F, 0x1.70b5500000000p-12F, 0x1.309c200000000p-12F, 0x1.fd36620000000p-13F, 0x1.ae8f0e0000000p-13F, 0x1.6fa3d00000000p-13F, 0x1.3bd0820000000p-13F, 0x1.11aa560000000p-13F, 0x1.dd2eae0000000p-14F, 0x1.a267ba0000000p-14F, 0x1.11ea940000000p-13F, 0x1.5c20e40000000p-12F, 0x1.b534840000000p-11F, 0x1.1312ba0000000p-9F, 0x1.55c28e0000000p-8F, 0x1.8fe2e60000000p-7F, 0x1.97360e0000000p-6F, 0x1.0c9c420000000p-5F, -0x1.4108940000000p-9F},
    {-0x1.af64500000000p-7F, 0x1.3364c00000000p-6F, 0x1.89a8fe0000000p-7F, 0x1.33035c0000000p-10F, -0x1.7c1a880000000p-10F, -0x1.454bf00000000p-10F, -0x1.87d7ea0000000p-11F, -0x1.bb3f1a0000000p-12F, -0x1.fc2ef20000000p-13F, -0x1.3366d00000000p-13F, -0x1.8a8cfe0000000p-14F, -0x1.0add6c0000000p-14F, -0x1.7acc480000000p-15F, -0x1.159e8e0000000p-15F, -0x1.a45b540000000p-16F, -0x1.446dd60000000p-16F, -0x1.fda38a0000000p-17F, -0x1.96f4b40000000p-17F, -0x1.4970740000000p-17F, -0x1.0ced8c0000000p-17F, -0x1.bc43620000000p-18F, -0x1.71fba60000000p-18F, -0x1.367d460000000p-18F, 0x1.6fbc2c0000000p-15F, 0x1.d38bb40000000p-14F, 0x1.24f95e0000000p-12F, 0x1.6d0c8e0000000p-11F, 0x1.b708ac0000000p-10F, 0x1.d172a20000000p-9F, 0x1.4f1bfc0000000p-8F, -0x1.05e95e0000000p-9F, -0x1.84fa040000000p-6F},
    {0x1.4db1640000000p-7F, 0x1.841f6c0000000p-9F, -0x1.0505140000000p-8F, -0x1.a483540000000p-10F, -0x1.0e55da0000000p-13F, 0x1.26c25a0000000p-13F, 0x1.dcb5460000000p-14F, 0x1.1241040000000p-14F, 0x1.247b2c0000000p-15F, 0x1.3be60e0000000p-16F, 0x1.642f100000000p-17F, 0x1.a75e800000000p-18F, 0x1.0b37ae0000000p-18F, 0x1.6122260000000p-19F, 0x1.e9c7620000000p-20F, 0x1.5e149e0000000p-20F, 0x1.00f5a80000000p-20F, 0x1.8246380000000p-21F, 0x1.27e4a60000000p-21F, 0x1.ca91fc0000000p-22F, 0x1.68d6c80000000p-22F, 0x1.1ef6720000000p-22F, 0x1.cce4c40000000p-23F, 0x1.72acee0000000p-17F, 0x1.d6d74c0000000p-16F, 0x1.250de40000000p-14F, 0x1.6488b20000000p-13F, 0x1.8d46d80000000p-12F, 0x1.4250e20000000p-11F, -0x1.1ffa060000000p-13F, -0x1.20661e0000000p-8F, -0x1.2c680a0000000p-8F},
    {0x1.c439420000000p-10F, -0x1.883a2c0000000p-9F, 0x1.1cd8e00000000p-15F, 0x1.1533d20000000p-11F, 0x1.323c8a0000000p-13F, 0x1.2718960000000p-17F, -0x1.7b5f1c0000000p-17F, -0x1.22187a0000000p-17F, -0x1.402c7a0000000p-18F, -0x1.49d48a0000000p-19F, -0x1.544f700000000p-20F, -0x1.69c7680000000p-21F, -0x1.95b8120000000p-22F, -0x1.dd98080000000p-23F, -0x1.2abf340000000p-23F, -0x1.85ef440000000p-24F, -0x1.0889ca0000000p-24F, -0x1.7378f80000000p-25F, -0x1.0bef2a0000000p-25F, -0x1.88f2000000000p-26F, -0x1.2603f40000000p-26F, -0x1.be13560000000p-27F, -0x1.56937a0000000p-27F, 0x1.2d89b80000000p-19F, 0x1.7d2e9a0000000p-18F, 0x1.d2052a0000000p-17F, 0x1.0b14740000000p-15F, 0x1.e262c20000000p-15F, 0x1.9490880000000p-17F, -0x1.ee1e2c0000000p-12F, -0x1.37ec960000000p-10F, 0x1.1b30ae0000000p-9F},
    {-0x1.57cd840000000p-10F, 0x1.e1682a0000000p-13F, 0x1.8b6b720000000p-12F, -0x1.2c693e0000000p-14F, -0x1.82b15a0000000p-15F, -0x1.3bb0fa0000000p-17F, -0x1.462f160000000p-22F, 0x1.a8265c0000000p-21F, 0x1.2ad47c0000000p-21F, 0x1.3fd7540000000p-22F, 0x1.3fb4d80000000p-23F, 0x1.3dd66e0000000p-24F, 0x1.443b9e0000000p-25F, 0x1.58b7900000000p-26F, 0x1.821eb00000000p-27F, 0x1.c7c6260000000p-28F, 0x1.1ab2d80000000p-28F, 0x1.6e49240000000p-29F, 0x1.ec0a960000000p-30F, 0x1.540f4e0000000p-30F, 0x1.e187fc0000000p-31F, 0x1.5b9e140000000p-31F, 0x1.fe36dc0000000p-32F, 0x1.8fb6300000000p-22F, 0x1.f126c20000000p-21F, 0x1.2578440000000p-19F, 0x1.239aee0000000p-18F, 0x1.c0928e0000000p-19F, -0x1.ef515c0000000p-16F, -0x1.4476200000000p-13F, 0x1.c5c9120000000p-15F, 0x1.f07fec0000000p-11F}})
};

// log(1 + e^-a) on [0, 16.6], for floats.
// Relative error 2^-25.6.
ACT_CONSTANT constexpr UniformSegmentTable<6> kSoftTailSegments = {
    0x1.dd63a7aed804cp+0, Segments<6>({
    {-0x1.2e71ec0000000p-10F, 0x1.1350680000000p-1F, 0x1.11e6700000000p+0F, 0x1.9b63360000000p+0F, 0x1.1277800000000p+1F, 0x1.577d7a0000000p+1F, 0x1.9b7cae0000000p+1F, 0x1.e023340000000p+1F, 0x1.126e1c0000000p+2F, 0x1.34abca0000000p+2F, 0x1.5766ae0000000p+2F, 0x1.79b17e0000000p+2F, 0x1.9bb6100000000p+2F, 0x1.bdfda80000000p+2F, 0x1.e0a7a80000000p+2F, 0x1.01572e0000000p+3F, 0x1.12872e0000000p+3F, 0x1.23b2040000000p+3F, 0x1.34ccc60000000p+3F, 0x1.46206e0000000p+3F, 0x1.5731dc0000000p+3F, 0x1.6861ca0000000p+3F, 0x1.798cc20000000p+3F, 0x1.8ab9460000000p+3F, 0x1.9bf0b60000000p+3F, 0x1.ad070a0000000p+3F, 0x1.be30780000000p+3F, 0x1.cf50500000000p+3F, 0x1.e066600000000p+3F, 0x1.f19dd00000000p+3F, 0x1.0164ec0000000p+4F, 0x1.0a04560000000p+4F},
    {0x1.632fd20000000p-1F, 0x1.d70ab40000000p-2F, 0x1.2e02ac0000000p-2F, 0x1.763bc60000000p-3F, 0x1.c5c5320000000p-4F, 0x1.0eb3fe0000000p-4F, 0x1.4299dc0000000p-5F, 0x1.7c73100000000p-6F, 0x1.beeef80000000p-7F, 0x1.067d8c0000000p-7F, 0x1.31a1aa0000000p-8F, 0x1.660d420000000p-9F, 0x1.a5185a0000000p-10F, 0x1.ed1a820000000p-11F, 0x1.1ef1de0000000p-11F, 0x1.5145b80000000p-12F, 0x1.8a41060000000p-13F, 0x1.cd23f20000000p-14F, 0x1.0e366c0000000p-14F, 0x1.3a79da0000000p-15F, 0x1.70f5740000000p-16F, 0x1.af454c0000000p-17F, 0x1.f8691c0000000p-18F, 0x1.26ebd20000000p-18F, 0x1.5869800000000p-19F, 0x1.93d63e0000000p-20F, 0x1.d869700000000p-21F, 0x1.14a3a40000000p-21F, 0x1.4461800000000p-22F, 0x1.7ad0ac0000000p-23F, 0x1.bb00180000000p-24F, 0x1.026fd20000000p-24F},
    {-0x1.0025ce0000000p-1F, -0x1.7991120000000p-2F, -0x1.058c420000000p-2F, -0x1.5608460000000p-3F, -0x1.ad89c60000000p-4F, -0x1.05f39e0000000p-4F, -0x1.3c54e20000000p-5F, -0x1.7810f80000000p-6F, -0x1.bbe63a0000000p-7F, -0x1.05711e0000000p-7F, -0x1.30eb800000000p-8F, -0x1.65902c0000000p-9F, -0x1.a4c1ce0000000p-10F, -0x1.ecdf280000000p-11F, -0x1.1eddc40000000p-11F, -0x1.5137d40000000p-12F, -0x1.8a37880000000p-13F, -0x1.cd1d720000000p-14F, -0x1.0e34300000000p-14F, -0x1.3a78560000000p-15F, -0x1.70f4680000000p-16F, -0x1.af44940000000p-17F, -0x1.f8689e0000000p-18F, -0x1.26eba60000000p-18F, -0x1.5869620000000p-19F, -0x1.93d6280000000p-20F, -0x1.d869600000000p-21F, -0x1.14a39e0000000p-21F, -0x1.44617c0000000p-22F, -0x1.7ad0a80000000p-23F, -0x1.bb00140000000p-24F, -0x1.026fd00000000p-24F},
    {0x1.ffff280000000p-4F, 0x1.dcb3740000000p-4F, 0x1.857d140000000p-4F, 0x1.1ce9620000000p-4F, 0x1.807ec80000000p-5F, 0x1.ea662e0000000p-6F, 0x1.301dce0000000p-6F, 0x1.6f6ef80000000p-7F, 0x1.b5e2620000000p-8F, 0x1.035ad00000000p-8F, 0x1.2f7fe80000000p-9F, 0x1.6495f20000000p-10F, 0x1.a4144e0000000p-11F, 0x1.ec67ce0000000p-12F, 0x1.1eb5240000000p-12F, 0x1.511b8e0000000p-13F, 0x1.8a23f40000000p-14F, 0x1.cd0fc20000000p-15F, 0x1.0e2f520000000p-15F, 0x1.3a74d40000000p-16F, 0x1.70f1c20000000p-17F, 0x1.af427e0000000p-18F, 0x1.f866dc0000000p-19F, 0x1.26eadc0000000p-19F, 0x1.58689e0000000p-20F, 0x1.93d5600000000p-21F, 0x1.d868880000000p-22F, 0x1.14a3260000000p-22F, 0x1.4460f60000000p-23F, 0x1.7ad00e0000000p-24F, 0x1.baff620000000p-25F, 0x1.026f680000000p-25F},
    {0x1.82db480000000p-16F, -0x1.4dc5800000000p-7F, -0x1.fc0ab60000000p-7F, -0x1.f9f8400000000p-7F, -0x1.9520d60000000p-7F, -0x1.1d1d960000000p-7F, -0x1.762cf40000000p-8F, -0x1.d36dfa0000000p-9F, -0x1.1c053a0000000p-9F, -0x1.544c7a0000000p-10F, -0x1.90e8200000000p-11F, -0x1.d8dc9c0000000p-12F, -0x1.1729b60000000p-12F, -0x1.47aa220000000p-13F, -0x1.7ddd820000000p-14F, -0x1.c133d80000000p-15F, -0x1.06ab600000000p-15F, -0x1.3350dc0000000p-16F, -0x1.6836740000000p-17F, -0x1.a340560000000p-18F, -0x1.ebeaf20000000p-19F, -0x1.1f81980000000p-19F, -0x1.5045580000000p-20F, -0x1.893a880000000p-21F, -0x1.cb37840000000p-22F, -0x1.0d3a600000000p-22F, -0x1.3af2260000000p-23F, -0x1.70dc0e0000000p-24F, -0x1.b0851c0000000p-25F, -0x1.f9192a0000000p-26F, -0x1.27570a0000000p-26F, -0x1.58963e0000000p-27F},
    {-0x1.5313bc0000000p-8F, -0x1.f5f3ce0000000p-9F, -0x1.27883c0000000p-10F, 0x1.edd24e0000000p-11F, 0x1.bd3fe80000000p-10F, 0x1.a234f00000000p-10F, 0x1.3b3c1c0000000p-10F, 0x1.a89d920000000p-11F, 0x1.0d1de20000000p-11F, 0x1.4a43ce0000000p-12F, 0x1.8a972c0000000p-13F, 0x1.d525ee0000000p-14F, 0x1.163ee80000000p-14F, 0x1.477a840000000p-15F, 0x1.7e47c00000000p-16F, 0x1.c216ba0000000p-17F, 0x1.0755660000000p-17F, 0x1.3431140000000p-18F, 0x1.694cd80000000p-19F, 0x1.a494f40000000p-20F, 0x1.ed7fe00000000p-21F, 0x1.20718a0000000p-21F, 0x1.5160080000000p-22F, 0x1.8a86b80000000p-23F, 0x1.ccbdb80000000p-24F, 0x1.0e1e5c0000000p-24F, 0x1.3bfd180000000p-25F, 0x1.7213f60000000p-26F, 0x1.b1f0700000000p-27F, 0x1.fac3d20000000p-28F, 0x1.2850cc0000000p-28F, 0x1.59bb7e0000000p-29F},
    {0x1.3f77f80000000p-17F, 0x1.db05360000000p-11F, 0x1.0199a60000000p-10F, 0x1.0b8cda0000000p-11F, 0x1.43720e0000000p-14F, -0x1.fd1fbe0000000p-14F, -0x1.4a3c5c0000000p-13F, -0x1.0fbd200000000p-13F, -0x1.7b85420000000p-14F, -0x1.e9a3620000000p-15F, -0x1.2ec29a0000000p-15F, -0x1.6db0c80000000p-16F, -0x1.b3cf800000000p-17F, -0x1.01aed40000000p-17F, -0x1.2f5a360000000p-18F, -0x1.64311a0000000p-19F, -0x1.a197c60000000p-20F, -0x1.e924c40000000p-21F, -0x1.1e545a0000000p-21F, -0x1.4f1bfa0000000p-22F, -0x1.8822f80000000p-23F, -0x1.cad1380000000p-24F, -0x1.0c67000000000p-24F, -0x1.3a03440000000p-25F, -0x1.6f5d880000000p-26F, -0x1.adc7e80000000p-27F, -0x1.f6cb860000000p-28F, -0x1.261b300000000p-28F, -0x1.5812240000000p-29F, -0x1.9284d60000000p-30F, -0x1.d6e5a60000000p-31F, -0x1.1371ae0000000p-31F}})
};

// erf(a) / a, for floats.
// Relative error 2^-28.1.
ACT_CONSTANT constexpr SegmentTable<6> kErfSegments = {
    0x1.d99999999999ap+1, Segments<6>({
    {0x1.37080e0000000p-2F, 0x1.7ce27c0000000p-2F, 0x1.c173300000000p-2F, 0x1.039d160000000p-1F, 0x1.25d9ac0000000p-1F, 0x1.48aeb40000000p-1F, 0x1.6b47540000000p-1F, 0x1.8de9000000000p-1F, 0x1.c20ba00000000p-1F, 0x1.0390840000000p+0F, 0x1.26313e0000000p+0F, 0x1.48d8980000000p+0F, 0x1.6b28840000000p+0F, 0x1.8df47c0000000p+0F, 0x1.b099460000000p+0F, 0x1.d2e8400000000p+0F, 0x1.0347ae0000000p+1F, 0x1.25e6600000000p+1F, 0x1.48963e0000000p+1F, 0x1.6b19840000000p+1F, 0x1.8dc1000000000p+1F, 0x1.b0a0fa0000000p+1F, 0x1.d2e9bc0000000p+1F, 0x1.f597f80000000p+1F, 0x1.1543740000000p-6F, 0x1.9f1d300000000p-5F, 0x1.5a24700000000p-4F, 0x1.e4dc520000000p-4F, 0x1.378c7c0000000p-3F, 0x1.7c81ba0000000p-3F, 0x1.c17e8a0000000p-3F, 0x1.039b0e0000000p-2F},
    {0x1.1838e00000000p+0F, 0x1.14141a0000000p+0F, 0x1.0f570e0000000p+0F, 0x1.09e8260000000p+0F, 0x1.040d420000000p+0F, 0x1.fb49e80000000p-1F, 0x1.edd3a60000000p-1F, 0x1.dfc8c00000000p-1F, 0x1.c9ed740000000p-1F, 0x1.ac6a780000000p-1F, 0x1.8f248c0000000p-1F, 0x1.72f87e0000000p-1F, 0x1.58bd720000000p-1F, 0x1.402b080000000p-1F, 0x1.29e1380000000p-1F, 0x1.15f1e20000000p-1F, 0x1.f769a60000000p-2F, 0x1.bd74840000000p-2F, 0x1.8ec87c0000000p-2F, 0x1.68f5820000000p-2F, 0x1.4986d80000000p-2F, 0x1.2ef7440000000p-2F, 0x1.18b8660000000p-2F, 0x1.054fa60000000p-2F, 0x1.20d6660000000p+0F, 0x1.209e360000000p+0F, 0x1.202dcc0000000p+0F, 0x1.1f85800000000p+0F, 0x1.1ea6f60000000p+0F, 0x1.1d934c0000000p+0F, 0x1.1c4b020000000p+0F, 0x1.1acb3a0000000p+0F},
    {-0x1.bae0ea0000000p-3F, -0x1.07df080000000p-2F, -0x1.2d94480000000p-2F, -0x1.4f84ba0000000p-2F, -0x1.6c2e9a0000000p-2F, -0x1.8474a20000000p-2F, -0x1.97a3a40000000p-2F, -0x1.a5ff980000000p-2F, -0x1.b2e4740000000p-2F, -0x1.b56cd60000000p-2F, -0x1.aa3a8a0000000p-2F, -0x1.94d9dc0000000p-2F, -0x1.79285a0000000p-2F, -0x1.5998480000000p-2F, -0x1.3938920000000p-2F, -0x1.1a081a0000000p-2F, -0x1.de32740000000p-3F, -0x1.7ed85c0000000p-3F, -0x1.3573d40000000p-3F, -0x1.fc75c40000000p-4F, -0x1.a814b20000000p-4F, -0x1.6688a80000000p-4F, -0x1.33d35e0000000p-4F, -0x1.0abb720000000p-4F, -0x1.a112a20000000p-7F, -0x1.37ca3e0000000p-5F, -0x1.03460e0000000p-4F, -0x1.69afc00000000p-4F, -0x1.ce45a80000000p-4F, -0x1.1861980000000p-3F, -0x1.4886c20000000p-3F, -0x1.77db280000000p-3F},
    {-0x1.4497120000000p-2F, -0x1.28c0d40000000p-2F, -0x1.09e4640000000p-2F, -0x1.cf9b580000000p-3F, -0x1.894c120000000p-3F, -0x1.40306c0000000p-3F, -0x1.ef9a360000000p-4F, -0x1.6270480000000p-4F, -0x1.369bbe0000000p-5F, 0x1.21a1e80000000p-6F, 0x1.f36a400000000p-5F, 0x1.751f020000000p-4F, 0x1.bdad620000000p-4F, 0x1.dcd9760000000p-4F, 0x1.db8e560000000p-4F, 0x1.c485700000000p-4F, 0x1.8bcb680000000p-4F, 0x1.35c0800000000p-4F, 0x1.d57bd20000000p-5F, 0x1.6386c20000000p-5F, 0x1.105a3c0000000p-5F, 0x1.a81be80000000p-6F, 0x1.5185040000000p-6F, 0x1.10430c0000000p-6F, -0x1.80f4760000000p-2F, -0x1.7f60400000000p-2F, -0x1.7c39300000000p-2F, -0x1.7785000000000p-2F, -0x1.7154400000000p-2F, -0x1.69b51e0000000p-2F, -0x1.60b2ce0000000p-2F, -0x1.5642960000000p-2F},
    {0x1.f6dd0a0000000p-4F, 0x1.2343040000000p-3F, 0x1.41cd9c0000000p-3F, 0x1.57a1aa0000000p-3F, 0x1.63d3dc0000000p-3F, 0x1.6715aa0000000p-3F, 0x1.61c01c0000000p-3F, 0x1.54b75a0000000p-3F, 0x1.3501ee0000000p-3F, 0x1.f696bc0000000p-4F, 0x1.721d8c0000000p-4F, 0x1.de95a20000000p-5F, 0x1.f3b6ca0000000p-6F, 0x1.01c40a0000000p-7F, -0x1.12ceda0000000p-7F, -0x1.325e3a0000000p-6F, -0x1.a361c60000000p-6F, -0x1.9820440000000p-6F, -0x1.4598040000000p-6F, -0x1.e054bc0000000p-7F, -0x1.59ee1a0000000p-7F, -0x1.f42cae0000000p-8F, -0x1.71d3020000000p-8F, -0x1.15ded60000000p-8F, 0x1.f467140000000p-8F, 0x1.7594b80000000p-6F, 0x1.35d1500000000p-5F, 0x1.ae70800000000p-5F, 0x1.1195c40000000p-4F, 0x1.49a1a40000000p-4F, 0x1.7f17500000000p-4F, 0x1.b20f000000000p-4F},
    {0x1.41ffa00000000p-4F, 0x1.04905e0000000p-4F, 0x1.85a1480000000p-5F, 0x1.f53c480000000p-6F, 0x1.cb20880000000p-7F, -0x1.16e5740000000p-9F, -0x1.1420d20000000p-6F, -0x1.e8a2d80000000p-6F, -0x1.72661c0000000p-5F, -0x1.d6670e0000000p-5F, -0x1.eff4760000000p-5F, -0x1.ccf4ec0000000p-5F, -0x1.82f9fe0000000p-5F, -0x1.2571ba0000000p-5F, -0x1.8f780c0000000p-6F, -0x1.d965480000000p-7F, -0x1.dc17720000000p-9F, 0x1.cbe5880000000p-9F, 0x1.4d78a20000000p-8F, 0x1.1ec2c80000000p-8F, 0x1.a3df9c0000000p-9F, 0x1.2308520000000p-9F, 0x1.9437be0000000p-10F, 0x1.1bc0540000000p-10F, 0x1.cdac1e0000000p-4F, 0x1.c9eab20000000p-4F, 0x1.c26f300000000p-4F, 0x1.b74f660000000p-4F, 0x1.a8be780000000p-4F, 0x1.96ed4a0000000p-4F, 0x1.8208f60000000p-4F, 0x1.6a0fb00000000p-4F},
    {-0x1.5265060000000p-5F, -0x1.7b6a920000000p-5F, -0x1.9350da0000000p-5F, -0x1.99f50e0000000p-5F, -0x1.9002840000000p-5F, -0x1.7703380000000p-5F, -0x1.5157260000000p-5F, -0x1.21cc0c0000000p-5F, -0x1.9d848e0000000p-6F, -0x1.6c27e40000000p-7F, 0x1.6b1b900000000p-10F, 0x1.59a9480000000p-7F, 0x1.0215d80000000p-6F, 0x1.1bd01e0000000p-6F, 0x1.0883660000000p-6F, 0x1.b4f1ec0000000p-7F, 0x1.0cd78a0000000p-7F, 0x1.666a0e0000000p-9F, -0x1.b981e60000000p-17F, -0x1.b6a6060000000p-11F, -0x1.b1855a0000000p-11F, -0x1.3fe17a0000000p-11F, -0x1.b0a87e0000000p-12F, -0x1.1fe0f20000000p-12F, -0x1.64ca380000000p-9F, -0x1.0a66f80000000p-7F, -0x1.b860e60000000p-7F, -0x1.30781c0000000p-6F, -0x1.80f4be0000000p-6F, -0x1.ccb5be0000000p-6F, -0x1.0971460000000p-5F, -0x1.2965260000000p-5F}})
};

// log(1 + f) / f on |f| <= 1/3, by powers of u = 3 f, for floats.
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

// log((1 + s / 2) / (1 - s / 2)) / s on 0 <= s <= 2/3, by powers of s^2.
// Relative error 2^-49.1.
ACT_CONSTANT constexpr RealConstant kArtanhQuick[] = {
    {0x1.0000000000008p+0, -0x1.0905fec779ed7p-54},
    {0x1.555555554a651p-4, -0x1.45ea4010baa41p-62},
    {0x1.999999adee451p-7, -0x1.6f48571ee3cc8p-61},
    {0x1.249241e1e8221p-9, 0x1.855a0392b1d41p-63},
    {0x1.c71f08ca50658p-12, -0x1.faa9af4759d2bp-68},
    {0x1.741afcdbfa746p-14, 0x1.01c39f90c2bb4p-71},
    {0x1.3eea454359e59p-16, 0x1.ce5620a93afe5p-70},
    {0x1.e0c649cdaf4c2p-19, 0x1.84c4763a0bcbep-73},
    {0x1.80806e40fb8bdp-20, 0x1.a7d3df6a77c7ep-75},
};

// (x - tanh x) / x^3 on |x| <= 0.4, by powers of x^2.
// Relative error 2^-47.0.
ACT_CONSTANT constexpr RealConstant kTanhshrinkQuick[] = {
    {0x1.555555555552ap-2, -0x1.fb3e95e77b68bp-56},
    {-0x1.11111110fff00p-3, 0x1.730d743bf37d9p-57},
    {0x1.ba1ba196e38ebp-5, 0x1.caa4e8a5c7ed1p-60},
    {-0x1.664f3aaf265d6p-6, -0x1.fc84e383e626ep-60},
    {0x1.226b88a75bf7ep-7, -0x1.57608f18e3584p-61},
    {-0x1.d6432a73b30e5p-9, 0x1.fdd1a4abe0290p-63},
    {0x1.7515522b046a8p-10, -0x1.c6a3d67d8d7a5p-64},
    {-0x1.e0404eb09b826p-12, 0x1.fa49fae3864bap-66},
};

// erf(x) / x on |x| <= e = 3.93, by powers of u = 2 (x / e)^2 - 1.
// Relative error 2^-47.8.
ACT_CONSTANT constexpr RealConstant kErfQuick[] = {
    {0x1.7074b5a187dd8p-2, -0x1.9b0830c7d10d0p-57},
    {-0x1.6ff1bcde52eb2p-3, -0x1.9a7d8fc688d44p-60},
    {0x1.11fb978e264d1p-3, 0x1.acc5dc2226123p-58},
    {-0x1.be77c43799898p-4, -0x1.a5c856a6f0d6ap-58},
    {0x1.730657b6aa3e3p-4, 0x1.20743dc7ac977p-58},
    {-0x1.2f98cd43aa36cp-4, -0x1.2087ec3307addp-58},
    {0x1.de8838b5d3185p-5, 0x1.7291ed31059a1p-59},
    {-0x1.663b866f9bd19p-5, 0x1.188f3436d03a0p-60},
    {0x1.f96c8dc058c67p-6, 0x1.448b4c3d6bb15p-60},
    {-0x1.4eaf05a2257d1p-6, 0x1.a436dc7d559bfp-60},
    {0x1.9f8f8a869a686p-7, -0x1.98c214427cba8p-61},
    {-0x1.e3f951fe4fea4p-8, -0x1.b6ab397e6b18fp-62},
    {0x1.08b65a0884a4cp-8, 0x1.e2c0963e222b3p-64},
    {-0x1.107f9ce5fb916p-9, 0x1.67d91a50bb870p-65},
    {0x1.089e46400d05cp-10, -0x1.2430eead24ea7p-69},
    {-0x1.e64b482cc8887p-12, -0x1.90dd1e87db2d0p-66},
    {0x1.a6dda060d2b12p-13, 0x1.308cbcdf618ddp-68},
    {-0x1.5aa406a66f141p-14, -0x1.68e32bbf90dfcp-68},
    {0x1.111a5f99ac808p-15, -0x1.f0d16ec0ed89dp-70},
    {-0x1.ae8a4a7fb4be3p-17, 0x1.d0632852ad2d4p-72},
    {0x1.313160c95c85bp-18, -0x1.26b5799261822p-73},
    {-0x1.38540f2673a31p-20, 0x1.c9dd741703858p-74},
    {0x1.ae4310066a2b1p-22, -0x1.49d86ffeb4915p-76},
    {-0x1.22740f7ff47f1p-22, -0x1.a73eeed6d05ffp-80},
    {0x1.5352ba53a69bep-24, -0x1.07930acb01180p-78},
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
