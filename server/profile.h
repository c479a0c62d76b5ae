// What the flags begin with, for whom the server is reached by; flags that are given win.
// Pure functions.
#ifndef ACTIVATION_SERVER_PROFILE_H_
#define ACTIVATION_SERVER_PROFILE_H_

#include "server/config.h"

namespace activation {

// The defaults of every flag under that profile.
Config DefaultsOf(Profile profile);

}  // namespace activation

#endif  // ACTIVATION_SERVER_PROFILE_H_
