// The commands of volery-sim, one file each.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

namespace volery::sim {

/// What the process returns. Scripts rely on these numbers.
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,  // something went wrong while running
  kUsage = 2,   // a bad command line, config or file
};

/// Adds a command to the program; what it does is put into `action` once it was chosen.
void add_run(CLI::App& app, std::function<int()>& action);
void add_bench(CLI::App& app, std::function<int()>& action);
void add_replay(CLI::App& app, std::function<int()>& action);

}  // namespace volery::sim
