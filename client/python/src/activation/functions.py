"""Every function of the catalogue, evaluated by a server.

Written from the catalogue by `./dev docs`; do not edit. All take what `How` says, as keywords;
`gradient(name, x, dy)` is the derivative of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .default import How, call, describe_options
from .tensors import Array, ArrayLike

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = [
    "sigmoid",
    "tanh",
    "relu",
    "relu6",
    "leaky_relu",
    "silu",
    "swish",
    "gelu",
    "gelu_tanh",
    "gelu_sigmoid",
    "hard_tanh",
    "clip",
    "threshold",
    "hard_sigmoid",
    "hard_swish",
    "softshrink",
    "hardshrink",
    "elu",
    "celu",
    "selu",
    "softsign",
    "squareplus",
    "squared_relu",
    "square",
    "abs",
    "identity",
    "exp",
    "expm1",
    "mish",
    "softplus",
    "log_sigmoid",
    "tanhshrink",
    "log1p",
    "erf",
    "prelu",
    "softmax",
    "log_softmax",
    "softmin",
    "glu",
    "swiglu",
    "geglu",
    "geglu_tanh",
    "reglu",
]


def sigmoid(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = 1 / (1 + exp(-x))

    The logistic function: gates, and the probability of one of two classes.
    Range (0, 1); monotone; smooth; saturates below at 0, above at 1. Verhulst 1838; Rumelhart,
    Hinton, Williams 1986.

    Used in: gates of LSTM and GRU, binary classifiers.
    Strengths: bounded; reads as a probability.
    Weaknesses: flat far from zero, so gradients vanish; not zero-centred.
    """
    return call("sigmoid", x, how)


def tanh(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = tanh(x)

    The hyperbolic tangent: zero-centred, the gate of recurrent networks.
    Range (-1, 1); monotone; smooth; saturates below at -1, above at 1. LeCun, Bottou, Orr, Mueller,
    Efficient BackProp, 1998.

    Used in: LSTM and GRU, the pooler of BERT.
    Strengths: bounded and zero-centred, with slope 1 at zero.
    Weaknesses: flat far from zero, so gradients vanish.
    """
    return call("tanh", x, how)


def relu(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x > 0 ? x : 0

    The rectifier: cheap and sparse; units that never fire stop learning.
    Range [0, inf); monotone; saturates below at 0. Nair, Hinton, ICML 2010.

    Used in: AlexNet, VGG, ResNet, the first Transformer.
    Strengths: one comparison; sparse; slope 1 however large x is.
    Weaknesses: units stuck below zero stop learning.
    """
    return call("relu", x, how)


def relu6(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x > 0 ? (x < 6 ? x : 6) : 0

    The rectifier cut at 6: keeps low-precision mobile networks in range.
    Range [0, 6]; monotone; saturates below at 0, above at 6. Krizhevsky, Convolutional Deep Belief
    Networks on CIFAR-10, 2010.

    Used in: MobileNetV2.
    Strengths: bounded, so that fixed point keeps its resolution.
    Weaknesses: no gradient below 0 nor above 6.
    """
    return call("relu6", x, how)


def leaky_relu(x: ArrayLike, *, slope: float = 0.01, **how: Unpack[How]) -> Array:
    """f(x) = x > 0 ? x : slope * x

    The rectifier with a small slope below zero, so that no unit dies.
    Range (-inf, inf); monotone. Maas, Hannun, Ng, ICML 2013.

    Used in: YOLOv3, the discriminator of DCGAN.
    Strengths: some gradient on both sides, so that no unit dies.
    Weaknesses: not sparse; the slope is one more number to choose.

    slope: slope for x <= 0; -1e+06 to 1e+06.
    """
    return call("leaky_relu", x, how, parameters={"slope": slope})


def silu(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x * sigmoid(x)

    x gated by its own logistic: the smooth rectifier of EfficientNet and Llama.
    Range [-0.27846, inf); smooth; saturates below at 0. Elfwing, Uchibe, Doya, Neural Networks 107,
    2018.

    Used in: EfficientNet, the U-Net of Stable Diffusion.
    Strengths: smooth; keeps small negative signals.
    Weaknesses: costs an exponential; not monotone.
    """
    return call("silu", x, how)


def swish(x: ArrayLike, *, beta: float = 1.0, **how: Unpack[How]) -> Array:
    """f(x) = x * sigmoid(beta * x)

    silu with a free gate: beta = 0 is x / 2, large beta is the rectifier.
    Range [-0.27846 / beta, inf); smooth; saturates below at 0. Ramachandran, Zoph, Le,
    arXiv:1710.05941, 2017.

    Used in: EfficientNet, with beta = 1.
    Strengths: beta, given or learned, moves it from x / 2 to the rectifier.
    Weaknesses: costs an exponential; not monotone; one more parameter.

    beta: steepness of the gate; -1e+06 to 1e+06.
    """
    return call("swish", x, how, parameters={"beta": beta})


def gelu(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x / 2 * erfc(-x / sqrt(2))

    x gated by the normal distribution function, x Phi(x).
    Range [-0.16997, inf); smooth; saturates below at 0. Hendrycks, Gimpel, arXiv:1606.08415, 2016.

    Used in: RoBERTa; BERT and ViT in PyTorch.
    Strengths: smooth; keeps small negative signals.
    Weaknesses: costs an erfc; not monotone.
    """
    return call("gelu", x, how)


def gelu_tanh(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x * sigmoid(2 * sqrt(2 / pi) * (x + 0.044715 * x^3))

    gelu by way of tanh, 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))): GPT-2's.
    Range [-0.17004, inf); smooth; saturates below at 0. Hendrycks, Gimpel, arXiv:1606.08415, 2016.

    Used in: GPT-2, SigLIP, Google's code of BERT.
    Strengths: within 0.0005 of gelu without an erfc.
    Weaknesses: not quite gelu, so weights trained with one want the same again; not monotone.
    """
    return call("gelu_tanh", x, how)


def gelu_sigmoid(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x * sigmoid(1.702 * x)

    gelu by way of the logistic: the QuickGELU of CLIP.
    Range [-0.16361, inf); smooth; saturates below at 0. Hendrycks, Gimpel, arXiv:1606.08415, 2016.

    Used in: CLIP.
    Strengths: the cheapest form of gelu: one exponential.
    Weaknesses: up to 0.021 from gelu; not monotone.
    """
    return call("gelu_sigmoid", x, how)


def hard_tanh(x: ArrayLike, *, min: float = -1.0, max: float = 1.0, **how: Unpack[How]) -> Array:
    """f(x) = x > min ? (x < max ? x : max) : min

    tanh in three straight lines: cheap, and flat outside.
    Range [min, max]; monotone; saturates below at -1, above at 1. Collobert, thesis, Paris 6, 2004.

    Used in: SENNA; binarized networks, for the gradient of sign.
    Strengths: no exponential; the identity between its ends.
    Weaknesses: no gradient beyond min and max.

    min: the least result; -3e+38 to 3e+38.
    max: the greatest result; not below min; -3e+38 to 3e+38.
    """
    return call("hard_tanh", x, how, parameters={"min": min, "max": max})


def clip(x: ArrayLike, *, min: float = -1.0, max: float = 1.0, **how: Unpack[How]) -> Array:
    """f(x) = x > min ? (x < max ? x : max) : min

    x cut at both ends: bounds activations, gradients and quantized ranges.
    Range [min, max]; monotone; saturates below at -1, above at 1. ONNX operator Clip.

    Used in: quantized networks; relu6 in ONNX graphs.
    Strengths: exact bounds for what comes next.
    Weaknesses: no gradient beyond min and max.

    min: the least result; -3e+38 to 3e+38.
    max: the greatest result; not below min; -3e+38 to 3e+38.
    """
    return call("clip", x, how, parameters={"min": min, "max": max})


def threshold(x: ArrayLike, *, theta: float = 1.0, value: float = 0.0, **how: Unpack[How]) -> Array:
    """f(x) = x > theta ? x : value

    x above a threshold, else a constant: a rectifier that starts later, with a jump.
    Range {value} and (theta, inf); monotone; saturates below at 0. Konda, Memisevic, Krueger,
    arXiv:1402.3337, 2014.

    Used in: zero-bias autoencoders.
    Strengths: sparse: all that is small becomes one value.
    Weaknesses: jumps at theta; no gradient below it.

    theta: where f begins to be x; -3e+38 to 3e+38.
    value: f up to there; -3e+38 to 3e+38.
    """
    return call("threshold", x, how, parameters={"theta": theta, "value": value})


def hard_sigmoid(
    x: ArrayLike, *, alpha: float = 0.16666666666666666, offset: float = 0.5, **how: Unpack[How]
) -> Array:
    """f(x) = alpha * x + offset > 0 ? (alpha * x + offset < 1 ? alpha * x + offset : 1) : 0

    The logistic function in three straight lines: the gate of MobileNetV3.
    Range [0, 1]; monotone; saturates below at 0, above at 1. Courbariaux, Bengio, David, NeurIPS
    2015.

    Used in: MobileNetV3 (squeeze and excitation), BinaryConnect.
    Strengths: no exponential; reaches 0 and 1.
    Weaknesses: no gradient outside its ramp.

    alpha: slope; the double nearest to 1/6 stands for 1/6; 0 to 1e+06.
    offset: value at 0; -1e+06 to 1e+06.
    """
    return call("hard_sigmoid", x, how, parameters={"alpha": alpha, "offset": offset})


def hard_swish(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x > -3 ? (x < 3 ? x * (x + 3) / 6 : x) : 0

    swish with its gate in straight lines, x clamp(x / 6 + 1/2, 0, 1): MobileNetV3.
    Range [-0.375, inf); saturates below at 0. Howard et al., arXiv:1905.02244, 2019.

    Used in: MobileNetV3.
    Strengths: near silu without an exponential; suits fixed point.
    Weaknesses: kinks at -3 and 3; no gradient below -3.
    """
    return call("hard_swish", x, how)


def softshrink(x: ArrayLike, *, lambda_: float = 0.5, **how: Unpack[How]) -> Array:
    """f(x) = x > lambda ? x - lambda : (x < -lambda ? x + lambda : 0)

    Moves everything towards zero by lambda: the step of sparse coding.
    Range (-inf, inf); monotone. Donoho, IEEE Trans. Inf. Theory 41, 1995.

    Used in: sparse coding (ISTA, LISTA), wavelet denoising.
    Strengths: sparse and continuous: the proximal map of lambda |x|.
    Weaknesses: moves what it keeps towards zero by lambda.

    lambda_: half the width of the flat middle; 0 to 3e+38.
    """
    return call("softshrink", x, how, parameters={"lambda": lambda_})


def hardshrink(x: ArrayLike, *, lambda_: float = 0.5, **how: Unpack[How]) -> Array:
    """f(x) = x > lambda ? x : (x < -lambda ? x : 0)

    Sets what is small to zero and leaves the rest: hard thresholding.
    Range (-inf, -lambda), {0} and (lambda, inf); monotone. Donoho, Johnstone, Biometrika 81, 1994.

    Used in: wavelet denoising, iterative hard thresholding.
    Strengths: sparse; leaves large values as they are.
    Weaknesses: jumps at -lambda and lambda; no gradient between.

    lambda_: half the width of the flat middle; 0 to 3e+38.
    """
    return call("hardshrink", x, how, parameters={"lambda": lambda_})


def elu(x: ArrayLike, *, alpha: float = 1.0, **how: Unpack[How]) -> Array:
    """f(x) = x > 0 ? x : alpha * (exp(x) - 1)

    x above zero, a saturating exponential below: outputs centred near zero.
    Range (-alpha, inf); monotone; smooth; saturates below at -1. Clevert, Unterthiner, Hochreiter,
    ICLR 2016.

    Used in: graph attention networks.
    Strengths: mean results nearer zero than the rectifier's; smooth where alpha is 1.
    Weaknesses: costs an exponential; saturates below.

    alpha: minus the value at -inf; -1e+06 to 1e+06.
    """
    return call("elu", x, how, parameters={"alpha": alpha})


def celu(x: ArrayLike, *, alpha: float = 1.0, **how: Unpack[How]) -> Array:
    """f(x) = x > 0 ? x : alpha * (exp(x / alpha) - 1)

    elu with a continuous derivative for every alpha.
    Range (-alpha, inf); monotone; smooth; saturates below at -1. Barron, arXiv:1704.07483, 2017.

    Used in: the ANI potentials of TorchANI, with alpha = 0.1.
    Strengths: smooth for every alpha; the rectifier where alpha nears 0.
    Weaknesses: costs an exponential; saturates below.

    alpha: minus the value at -inf; 1e-06 to 1e+06.
    """
    return call("celu", x, how, parameters={"alpha": alpha})


def selu(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x > 0 ? 1.0507009873554804934193349852946 * x : 1.7580993408473768599402175208123 *
        (exp(x) - 1)

    elu scaled so that mean 0 and variance 1 are a fixed point from layer to layer.
    Range (-1.7581, inf); monotone; saturates below at -1.7581. Klambauer, Unterthiner, Mayr,
    Hochreiter, NeurIPS 2017.

    Used in: self-normalizing networks: deep, fully connected.
    Strengths: keeps mean 0 and variance 1 without normalization layers.
    Weaknesses: needs LeCun's initialization and alpha dropout; a kink at zero.
    """
    return call("selu", x, how)


def softsign(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x / (1 + abs(x))

    A sigmoid that approaches its ends slowly, as 1 / x.
    Range (-1, 1); monotone; smooth; saturates below at -1, above at 1. Turian, Bergstra, Bengio,
    NAACL 2009.

    Used in: speaker embeddings of Deep Voice 3; Glorot and Bengio's study of 2010.
    Strengths: one division, no exponential; flattens slowly.
    Weaknesses: flat far from zero; its second derivative jumps at zero.
    """
    return call("softsign", x, how)


def squareplus(x: ArrayLike, *, b: float = 4.0, **how: Unpack[How]) -> Array:
    """f(x) = (x + sqrt(x^2 + b)) / 2

    A smooth rectifier without exponentials.
    Range (0, inf); monotone; smooth; saturates below at 0. Barron, arXiv:2112.11687, 2021.

    Used in: tiny-cuda-nn; in place of softplus where exponentials are slow.
    Strengths: smooth; costs a square root only.
    Weaknesses: nears its asymptotes slowly, as b / (4 |x|); never sparse.

    b: width of the bend; 1e-12 to 1e+06.
    """
    return call("squareplus", x, how, parameters={"b": b})


def squared_relu(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x > 0 ? x^2 : 0

    The rectifier squared: smooth at zero, and sparse; found by search for Primer.
    Range [0, inf); monotone; smooth; saturates below at 0. So et al., Primer, arXiv:2109.08668,
    2021.

    Used in: Primer, Nemotron-4.
    Strengths: sparse; cheap; no kink at zero.
    Weaknesses: grows as x^2: f16 overflows from 256 on; no gradient below zero.
    """
    return call("squared_relu", x, how)


def square(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x^2

    The square.
    Range [0, inf); smooth. Gilad-Bachrach et al., CryptoNets, ICML 2016.

    Used in: CryptoNets, networks on encrypted data.
    Strengths: a polynomial: one multiplication.
    Weaknesses: loses the sign; grows, and so does its slope, without bound.
    """
    return call("square", x, how)


def abs(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x > 0 ? x : (x < 0 ? -x : 0)

    The absolute value.
    Range [0, inf). Jarrett, Kavukcuoglu, Ranzato, LeCun, ICCV 2009.

    Used in: rectification in early convolutional networks, L1 losses.
    Strengths: exact; slope of size 1 however large x is.
    Weaknesses: loses the sign; a kink at zero.
    """
    return call("abs", x, how)


def identity(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x

    x itself: the layer without an activation, and the cost of everything else.
    Range (-inf, inf); monotone; smooth. ONNX operator Identity.

    Used in: last layer of a regression, linear bottlenecks of MobileNetV2.
    Strengths: free and exact; hands gradients on unchanged.
    Weaknesses: no nonlinearity: layers of it are one layer.
    """
    return call("identity", x, how)


def exp(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = exp(x)

    The exponential function.
    Range (0, inf); monotone; smooth; saturates below at 0. Bernoulli 1683; Euler 1748.

    Used in: weights before they are normalized; variances from their logarithms, as in VAEs.
    Strengths: positive; turns sums into products.
    Weaknesses: overflows above 88.7 in f32 and 11.1 in f16, and so does its gradient.
    """
    return call("exp", x, how)


def expm1(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = exp(x) - 1

    The exponential function less one, accurate near zero.
    Range (-1, inf); monotone; smooth; saturates below at -1. 4.3BSD 1986; C99.

    Used in: elu and selu below zero.
    Strengths: keeps the digits that exp(x) - 1 loses near zero.
    Weaknesses: overflows as exp does.
    """
    return call("expm1", x, how)


def mish(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x * tanh(max(x, 0) + log(1 + exp(-abs(x))))

    x gated by tanh of softplus: smooth like silu, with a slightly deeper dip; YOLOv4.
    Range [-0.30884, inf); smooth; saturates below at 0. Misra, arXiv:1908.08681, 2019.

    Used in: YOLOv4.
    Strengths: smooth; keeps small negative signals.
    Weaknesses: costs more than silu; not monotone.
    """
    return call("mish", x, how)


def softplus(x: ArrayLike, *, beta: float = 1.0, **how: Unpack[How]) -> Array:
    """f(x) = max(x, 0) + log(1 + exp(-abs(beta * x))) / beta

    The rectifier rounded off, log(1 + e^(beta x)) / beta: positive, its slope the logistic.
    Range (0, inf); monotone; smooth; saturates below at 0. Dugas et al., NeurIPS 2000.

    Used in: positive outputs: variances, rates, the step sizes of Mamba.
    Strengths: smooth and positive.
    Weaknesses: costs an exponential and a logarithm; never sparse.

    beta: steepness of the bend; 1e-06 to 1e+06.
    """
    return call("softplus", x, how, parameters={"beta": beta})


def log_sigmoid(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = min(x, 0) - log(1 + exp(-abs(x)))

    The logarithm of the logistic function: log-probabilities without overflow.
    Range (-inf, 0); monotone; smooth; saturates above at 0. PyTorch operator LogSigmoid.

    Used in: binary cross-entropy of logits, negative sampling of word2vec, DPO.
    Strengths: keeps what log(sigmoid(x)) loses to underflow.
    Weaknesses: unbounded below; flat above, so gradients vanish.
    """
    return call("log_sigmoid", x, how)


def tanhshrink(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x - tanh(x)

    x less its tanh: flat around zero, x less one far away.
    Range (-inf, inf); monotone; smooth. PyTorch operator Tanhshrink.

    Used in: rare: PyTorch has it beside the other shrinkage functions.
    Strengths: smooth; about x^3 / 3 near zero, so that noise shrinks most.
    Weaknesses: slope zero at zero, so that small inputs hardly learn; costs a tanh.
    """
    return call("tanhshrink", x, how)


def log1p(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = log(1 + x)

    The logarithm of one more, accurate near zero; NaN below -1.
    Range (-inf, inf); monotone; smooth. 4.3BSD 1986; C99.

    Used in: counts and spectra, compressed before a network.
    Strengths: keeps the digits that log(1 + x) loses near zero; tames what is large.
    Weaknesses: NaN below -1; steep near -1.
    """
    return call("log1p", x, how)


def erf(x: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = erf(x)

    The error function: the normal distribution function, shifted and scaled.
    Range (-1, 1); monotone; smooth; saturates below at -1, above at 1. Glaisher 1871; Abramowitz,
    Stegun 7.1.1.

    Used in: the gate of gelu, normal probabilities.
    Strengths: bounded and zero-centred; nears its ends faster than tanh.
    Weaknesses: flat far from zero, so gradients vanish.
    """
    return call("erf", x, how)


def prelu(x: ArrayLike, weight: ArrayLike, **how: Unpack[How]) -> Array:
    """f(x) = x > 0 ? x : weight[channel] * x

    The rectifier with a slope for each channel below zero that is learned: channels are axis 1, one
    weight does for all, and a tensor of less than two axes is one channel.
    Range (-inf, inf). He, Zhang, Ren, Sun, ICCV 2015.

    Used in: the ImageNet networks of its paper, SRGAN.
    Strengths: learns the slope below zero, so that no unit need die.
    Weaknesses: more parameters; a kink at zero; not sparse.

    weight: one for each channel, which are axis 1, or one for all.
    """
    return call("prelu", x, how, weight=weight)


def softmax(x: ArrayLike, *, axis: int = -1, **how: Unpack[How]) -> Array:
    """f(x) = exp(x[i]) / sum(exp(x[j]))

    Probabilities from logits, along an axis: attention, and the last layer of a classifier.
    Range (0, 1]; smooth; saturates below at 0, above at 1. Boltzmann 1868; Bridle 1990.

    Used in: attention in Transformers, last layer of classifiers.
    Strengths: results add up to one; adding a number to all x changes nothing.
    Weaknesses: hardly any gradient where one element is far above the rest.

    axis: the axis along which results add up to one; negative ones count from the last; -32 to 31.
    """
    return call("softmax", x, how, parameters={"axis": axis})


def log_softmax(x: ArrayLike, *, axis: int = -1, **how: Unpack[How]) -> Array:
    """f(x) = x[i] - log(sum(exp(x[j])))

    The logarithm of softmax without its underflow: the input of a cross-entropy loss.
    Range (-inf, 0]; smooth; saturates above at 0. Bridle 1990; PyTorch operator LogSoftmax.

    Used in: cross-entropy and CTC losses.
    Strengths: keeps small probabilities that softmax loses to underflow.
    Weaknesses: unbounded below; takes an exponential to be probabilities.

    axis: the axis along which results add up to one; negative ones count from the last; -32 to 31.
    """
    return call("log_softmax", x, how, parameters={"axis": axis})


def softmin(x: ArrayLike, *, axis: int = -1, **how: Unpack[How]) -> Array:
    """f(x) = exp(-x[i]) / sum(exp(-x[j]))

    softmax of -x: weights that favour what is small, as distances.
    Range (0, 1]; smooth; saturates below at 0, above at 1. PyTorch operator Softmin.

    Used in: soft choice of the least: the disparities of GC-Net.
    Strengths: results add up to one; takes distances and costs as they are.
    Weaknesses: hardly any gradient where one element is far below the rest.

    axis: the axis along which results add up to one; negative ones count from the last; -32 to 31.
    """
    return call("softmin", x, how, parameters={"axis": axis})


def glu(x: ArrayLike, *, axis: int = -1, **how: Unpack[How]) -> Array:
    """f(x) = a * sigmoid(b)

    One half of the channels gated by the logistic of the other.
    Range (-inf, inf); smooth; saturates in b: below at 0, above at a. Dauphin, Fan, Auli, Grangier,
    ICML 2017.

    Used in: gated convolutional language models, Conformer.
    Strengths: gradients reach a past a factor only, not through a saturating function.
    Weaknesses: takes twice the channels; the gate is flat far from zero.

    axis: the axis that is halved into a and b; negative ones count from the last; -32 to 31.
    """
    return call("glu", x, how, parameters={"axis": axis})


def swiglu(x: ArrayLike, *, axis: int = -1, **how: Unpack[How]) -> Array:
    """f(x) = a * b * sigmoid(b)

    One half of the channels gated by silu of the other: the unit of Llama.
    Range (-inf, inf); smooth; saturates in b: below at 0. Shazeer, arXiv:2002.05202, 2020.

    Used in: Llama, PaLM, Mistral.
    Strengths: less perplexity than relu and gelu at one cost in Shazeer's comparison.
    Weaknesses: takes twice the channels; costs an exponential.

    axis: the axis that is halved into a and b; negative ones count from the last; -32 to 31.
    """
    return call("swiglu", x, how, parameters={"axis": axis})


def geglu(x: ArrayLike, *, axis: int = -1, **how: Unpack[How]) -> Array:
    """f(x) = a * b / 2 * erfc(-b / sqrt(2))

    One half of the channels gated by gelu of the other.
    Range (-inf, inf); smooth; saturates in b: below at 0. Shazeer, arXiv:2002.05202, 2020.

    Used in: the transformer blocks in the U-Net of Stable Diffusion.
    Strengths: less perplexity than relu and gelu at one cost in Shazeer's comparison.
    Weaknesses: takes twice the channels; costs an erfc.

    axis: the axis that is halved into a and b; negative ones count from the last; -32 to 31.
    """
    return call("geglu", x, how, parameters={"axis": axis})


def geglu_tanh(x: ArrayLike, *, axis: int = -1, **how: Unpack[How]) -> Array:
    """f(x) = a * b * sigmoid(2 * sqrt(2 / pi) * (b + 0.044715 * b^3))

    geglu with gelu_tanh in place of gelu.
    Range (-inf, inf); smooth; saturates in b: below at 0. Shazeer, arXiv:2002.05202, 2020.

    Used in: T5 1.1, Gemma.
    Strengths: geglu without an erfc.
    Weaknesses: takes twice the channels; not quite geglu.

    axis: the axis that is halved into a and b; negative ones count from the last; -32 to 31.
    """
    return call("geglu_tanh", x, how, parameters={"axis": axis})


def reglu(x: ArrayLike, *, axis: int = -1, **how: Unpack[How]) -> Array:
    """f(x) = a * (b > 0 ? b : 0)

    One half of the channels gated by the rectifier of the other.
    Range (-inf, inf); saturates in b: below at 0. Shazeer, arXiv:2002.05202, 2020.

    Used in: FT-Transformer.
    Strengths: no exponential; sparse.
    Weaknesses: takes twice the channels; no gradient where b is below zero.

    axis: the axis that is halved into a and b; negative ones count from the last; -32 to 31.
    """
    return call("reglu", x, how, parameters={"axis": axis})


for _name in __all__:
    describe_options(globals()[_name])
