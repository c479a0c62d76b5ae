// What a server says about itself, from messages to plain values.
#ifndef ACTIVATION_CLIENT_SRC_DESCRIPTIONS_H_
#define ACTIVATION_CLIENT_SRC_DESCRIPTIONS_H_

#include <vector>

#include "activation/types.h"
#include "activation/v1/activation.pb.h"

namespace activation::client {

std::vector<FunctionInfo> ToFunctions(const v1::ListFunctionsResponse& response);
ServerInfo ToServerInfo(const v1::GetServerInfoResponse& response);

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_DESCRIPTIONS_H_
