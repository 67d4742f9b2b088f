// volery-sim: headless batch runs, benchmarks, replays of recordings.
#include <CLI/CLI.hpp>

#include <exception>
#include <functional>
#include <iostream>
#include <string>

#include "sim/commands.hpp"
#include "volery/error.hpp"

namespace volery::sim {

namespace {

constexpr const char* kFooter =
    "Exit codes: 0 ok, 1 failed while running, 2 bad command line, config or file.\n"
    "`volery-sim COMMAND --help` says more.";

// one line, however long the message
std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

int fail(const std::string& message, int code) {
  std::cerr << "volery-sim: " << one_line(message) << "\n";
  return code;
}

int run_program(int argc, char** argv) {
  CLI::App app{"Worlds of quadcopters with real contacts, without a window.", "volery-sim"};
  app.set_version_flag("--version", std::string("volery-sim ") + VOLERY_VERSION);
  app.footer(kFooter);
  app.require_subcommand(1);
  std::function<int()> action;
  add_run(app, action);
  add_bench(app, action);
  add_replay(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    // --help and --version
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    // a word that is none is otherwise told as one that is missing
    if (app.get_subcommands().empty() && argc > 1 && argv[1][0] != '-') {
      std::string names;
      for (const CLI::App* command : app.get_subcommands({}))
        names += (names.empty() ? "" : ", ") + command->get_name();
      return fail("\"" + std::string(argv[1]) + "\": no such command (there are: " + names +
                      "; see --help)",
                  kUsage);
    }
    return fail(std::string(error.what()) + " (see --help)", kUsage);
  }
  try {
    return action();
  } catch (const Error& error) {
    return fail(error.what(), error.kind() == ErrorKind::kState ? kFailed : kUsage);
  } catch (const std::exception& error) {
    return fail(error.what(), kFailed);
  }
}

}  // namespace

}  // namespace volery::sim

int main(int argc, char** argv) {
  return volery::sim::run_program(argc, argv);
}
