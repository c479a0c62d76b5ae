// Flags that read text into a value and say what is wrong with it, on top of the library
// that takes the command line apart. What a flag is for stands in --help under its group.
// Thread-compatible.
#ifndef ACTIVATION_SERVER_FLAGS_H_
#define ACTIVATION_SERVER_FLAGS_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "src/base/words.h"

namespace CLI {
class App;
}

namespace activation {

class Flags {
 protected:
  // Stores the value of a text, and returns "" or what is wrong with it.
  using Reader = std::function<std::string(const std::string&)>;

  explicit Flags(CLI::App* app) : app_(app) {}
  ~Flags() = default;

  // `type` stands for the value in --help, as "ADDRESS".
  void Add(const char* group, const std::string& name, const std::string& default_text,
           const std::string& meaning, const std::string& type, Reader reader);

  void Switch(const char* group, const std::string& name, bool* value, const std::string& meaning);

  // A whole number in [low, high].
  template <class Int>
  void Number(const char* group, const std::string& name, Int* value, int64_t low, int64_t high,
              const std::string& meaning) {
    Add(group, name, std::to_string(*value), absl::StrCat(meaning, " (", low, " to ", high, ")"),
        "N", Storing(&ReadNumber, value, low, high));
  }

  // The same of bytes, optionally with KiB, MiB or GiB.
  template <class Int>
  void Bytes(const char* group, const std::string& name, Int* value, int64_t low, int64_t high,
             const std::string& meaning) {
    Add(group, name, WithUnit(*value), meaning + BytesRangeText(low, high), "BYTES",
        Storing(&ReadBytes, value, low, high));
  }

  // What a duration may be: as many of `unit` as lie between two bounds. A part of a
  // millisecond would be none to gRPC.
  struct DurationRange {
    absl::Duration low = absl::ZeroDuration();
    absl::Duration high = absl::Hours(1);
    absl::Duration unit = absl::Milliseconds(1);
  };

  void Duration(const char* group, const std::string& name, absl::Duration* value,
                const std::string& meaning, const DurationRange& range);
  void Duration(const char* group, const std::string& name, absl::Duration* value,
                const std::string& meaning) {
    Duration(group, name, value, meaning, DurationRange());
  }

  // The same, kept as the number of milliseconds.
  void Milliseconds(const char* group, const std::string& name, int64_t* value,
                    const std::string& meaning, const DurationRange& range);

  // Octal permissions, as 0660.
  void Mode(const char* group, const std::string& name, mode_t* value, const std::string& meaning);

  void File(const char* group, const std::string& name, std::string* value,
            const std::string& meaning);

  template <class Enum>
  void Choice(const char* group, const std::string& name, Enum* value,
              const std::map<std::string, Enum>& choices, const std::string& meaning) {
    std::string default_text;
    std::string names;
    for (const auto& [text, choice] : choices) {
      if (choice == *value) default_text = text;
      absl::StrAppend(&names, names.empty() ? "" : "|", text);
    }
    Add(group, name, default_text, meaning, names,
        [value, choices, names](const std::string& text) -> std::string {
          const auto found = choices.find(text);
          if (found == choices.end()) {
            return absl::StrCat("must be one of ", names, ", not '", Echo(text), "'");
          }
          *value = found->second;
          return "";
        });
  }

 private:
  using NumberReader = std::string(const std::string& text, int64_t low, int64_t high,
                                   int64_t* value);

  template <class Int>
  static Reader Storing(NumberReader* read, Int* value, int64_t low, int64_t high) {
    return [read, value, low, high](const std::string& text) {
      int64_t number = 0;
      std::string problem = read(text, low, high, &number);
      if (problem.empty()) *value = static_cast<Int>(number);
      return problem;
    };
  }

  // A number of bytes in the largest unit of which it is a whole number.
  static std::string WithUnit(int64_t number);
  // " (1 to 4GiB)", as it may be written.
  static std::string BytesRangeText(int64_t low, int64_t high);
  static std::string ReadDuration(const std::string& text, const DurationRange& range,
                                  absl::Duration* value);
  static NumberReader ReadNumber;
  static NumberReader ReadBytes;

  CLI::App* app_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_FLAGS_H_
