// Help that begins with examples: they stand in an App's footer, one a line.
#ifndef ACTIVATION_CLIENT_CLI_HELP_H_
#define ACTIVATION_CLIENT_CLI_HELP_H_

#include <CLI/CLI.hpp>
#include <string>

namespace activation::cli {

class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(32); }

  std::string make_description(const CLI::App* app) const override {
    const std::string examples = app->get_footer();
    return (examples.empty() ? "" : "Examples:\n" + examples + "\n\n") +
           CLI::Formatter::make_description(app);
  }

  std::string make_footer(const CLI::App*) const override { return ""; }
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_HELP_H_
