// Why nothing could be served at an address: the libraries that listen do not tell.
#ifndef ACTIVATION_SERVER_WHY_NOT_LISTEN_H_
#define ACTIVATION_SERVER_WHY_NOT_LISTEN_H_

#include <string>

#include "server/address.h"

namespace activation {

// "another program listens there", "no network of this machine has this address" and the like, by
// trying once more; blocks while a name is looked up. Leaves nothing behind.
std::string WhyNotListen(const Address& address);

}  // namespace activation

#endif  // ACTIVATION_SERVER_WHY_NOT_LISTEN_H_
