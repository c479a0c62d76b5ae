// What stands where the path of a file with a secret was asked for, and may be the secret: as of
// --token-file="$TOKEN" or TLS_KEY="$(cat key.pem)". It is then in no message and no log.
// Thread-safe.
#ifndef ACTIVATION_RPC_SECRET_FOR_PATH_H_
#define ACTIVATION_RPC_SECRET_FOR_PATH_H_

#include <sys/stat.h>

#include <cerrno>
#include <string>

namespace activation {

// Below, it could be guessed: no server takes one.
inline constexpr size_t kShortestToken = 16;

// Whether it is the text of a PEM file: what no path has, and every key.
inline bool IsPemText(const std::string& path) {
  return path.find('\n') != std::string::npos || path.find("-----BEGIN") != std::string::npos;
}

// Whether it may be a token, or a key without its frame: long enough, no file, and in no folder
// that is there. They have slashes and dots, too, as base64 and JWT do.
inline bool MayBeSecret(const std::string& path) {
  const auto is_absent = [](const std::string& name) {
    struct stat info {};
    return stat(name.c_str(), &info) != 0 &&
           (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG);
  };
  if (path.size() < kShortestToken || !is_absent(path)) return false;
  const size_t slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 || is_absent(path.substr(0, slash));
}

}  // namespace activation

#endif  // ACTIVATION_RPC_SECRET_FOR_PATH_H_
