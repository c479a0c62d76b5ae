// Every activation function: formula, derivative and what is known about it, in
// one struct each by families (definitions/), and the lists of them here. A new
// function is one more struct and one more entry of that list, nothing else
// (docs/adding_a_function.md). Include after a host's primitives.
//
// Of an elementwise function `Forward<G>(x, p)` is f(x) and `Gradient<G>(x, dy, p)` is dy * f'(x),
// for a vector of numbers N and a grade G (grades-inl.h), as a number or as the grade's value. NaN
// needs no care: every host returns NaN where x is NaN. Where f is piecewise linear the gradient
// selects, so that dy = inf times a zero slope is 0; where it is smooth it multiplies. Where floats
// would be outside the bounds of the FAST tier or no faster, `kNoFastForward` or `kNoFastGradient`
// has that tier give the EXACT one's results. `kExactInTwoFloats` says that a pair
// of floats has results of EXACT to 2^-40, roots included, `kExactInDouble` that a
// double holds them, `IsExactInDouble(p)` that Quick's forward results round to the right floats,
// ties too, `kGradientDividesByAny` that a divisor may be zero or infinite, `kRoundsOnce` that the
// formulas round but once, in floats too, `kNanIsInDoubt` that NaN of Quick may stand for a number
// on a host whose limits are floats, `IsAboveHalf(p)` that beside zero f(x) is x / 2 and a little
// more, whatever the sign of x, `kWideForward` and `kWideFastGradient` that the kernel of f32 in
// the FAST tier, one way or the other, wants more registers of a GPU than is usual, lest it keep
// numbers in local memory: no bit depends on these two. `ParameterTerm<G, i>(x, dy, p)` is dy *
// df/dp_i, for parameters marked differentiable.
#if defined(ACT_DEFINITIONS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_INL_H_
#undef ACT_DEFINITIONS_INL_H_
#else
#define ACT_DEFINITIONS_INL_H_
#endif

#include "src/functions/definitions/algebraic-inl.h"
#include "src/functions/definitions/channels-inl.h"
#include "src/functions/definitions/elu-inl.h"
#include "src/functions/definitions/exponential-inl.h"
#include "src/functions/definitions/gated-inl.h"
#include "src/functions/definitions/gelu-inl.h"
#include "src/functions/definitions/hard_sigmoid-inl.h"
#include "src/functions/definitions/mish-inl.h"
#include "src/functions/definitions/rectifiers-inl.h"
#include "src/functions/definitions/rows-inl.h"
#include "src/functions/definitions/sigmoid-inl.h"
#include "src/functions/definitions/softplus-inl.h"
#include "src/functions/definitions/tanh-inl.h"
#include "src/functions/traits-inl.h"
#include "src/functions/type_list.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// The elementwise functions, in the order in which they are listed.
using ElementwiseFunctions =
    TypeList<Sigmoid, Tanh, Relu, Relu6, LeakyRelu, Silu, Swish, Gelu, GeluTanh, GeluSigmoid,
             HardTanh, Clip, Threshold, HardSigmoid, HardSwish, Softshrink, Hardshrink, Elu, Celu,
             Selu, Softsign, Squareplus, SquaredRelu, Square, AbsoluteValue, Identity, Exponential,
             ExponentialLessOne, Mish, Softplus, LogSigmoid, Tanhshrink, LogOnePlus, ErrorFunction>;

// The other kinds; their files say what a struct of each gives.
using PerChannelFunctions = TypeList<Prelu>;
using RowWiseFunctions = TypeList<Softmax, LogSoftmax, Softmin>;
using GatedFunctions = TypeList<Glu, Swiglu, Geglu, GegluTanh, Reglu>;

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_INL_H_
