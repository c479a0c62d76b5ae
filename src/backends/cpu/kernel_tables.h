// What each run-time dispatched file adds to a KernelSet, for the target that
// Highway has chosen at the time of the call. Internal to kernels.cc.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_KERNEL_TABLES_H_
#define ACTIVATION_SRC_BACKENDS_CPU_KERNEL_TABLES_H_

#include "src/backends/cpu/kernels.h"

namespace activation {

void AddFastKernels(std::vector<FunctionKernels>& functions);
void AddExactKernels(std::vector<FunctionKernels>& functions);
void AddDoubleKernels(std::vector<FunctionKernels>& functions);
void AddParameterKernels(std::vector<FunctionKernels>& functions);
std::vector<ChannelKernels> ChosenChannelKernels();
std::vector<RowKernel> ChosenRowKernels();
std::vector<KernelPair<FastRowKernel>> ChosenFastRowKernels();
std::vector<RowPairKernels> ChosenRowPairKernels();
std::vector<GatedKernels> ChosenGatedKernels();
ConversionKernels ChosenConversions();
StatisticsKernel ChosenStatisticsKernel();

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_KERNEL_TABLES_H_
