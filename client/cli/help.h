// Help that begins with examples: they stand in an App's footer, one a line.
#ifndef ACTIVATION_CLIENT_CLI_HELP_H_
#define ACTIVATION_CLIENT_CLI_HELP_H_

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace activation::cli {

class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(32); }

  std::string make_description(const CLI::App* app) const override {
    const std::string examples = app->get_footer();
    return (examples.empty() ? "" : "Examples:\n" + examples + "\n\n") +
           CLI::Formatter::make_description(app);
  }

  // "{exact,fast}=exact" and "INT in [1 - 1024]", not with the type of each a second time.
  std::string make_option_opts(const CLI::Option* option) const override {
    std::string text = CLI::Formatter::make_option_opts(option);
    for (const auto& [twice, once] : {std::pair("TEXT:{", "{"), std::pair("INT:INT", "INT")}) {
      const size_t at = text.find(twice);
      if (at != std::string::npos) text.replace(at, std::string_view(twice).size(), once);
    }
    return text;
  }

  std::string make_footer(const CLI::App* app) const override {
    if (app->get_parent() != nullptr) {
      return "\n--address, --deadline, --json and others are options of every command:\n"
             "see activation-client --help. DURATION is as 500ms, 5s or 1m30s.\n";
    }
    return "\nExit code: 0; 2 for a wrong command line, 3 for input or output that fails, 98 for "
           "wrong\n"
           "numbers, 99 for a threshold that is passed, 64 and the gRPC code where a call fails, "
           "as\n"
           "78 for UNAVAILABLE.\n"
           "DURATION is as 500ms, 5s or 1m30s; a number alone is one of seconds.\n";
  }
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_HELP_H_
