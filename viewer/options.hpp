// What volery-view is started with, and what that makes to look at.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "view/engine.hpp"

namespace volery::viewer {

enum ExitCode : int { kOk = 0, kFailed = 1, kUsage = 2 };

struct PixelSize {
  int width = 1280, height = 720;
};

struct Options {
  std::string file;  // recording, scene or config; "-": a stream on the standard input
  std::string task, policy;
  std::optional<int> worlds, agents, threads;
  std::optional<std::int64_t> seed;
  std::vector<std::string> settings;
  double history_mb = 200;
  bool no_config = false;
  bool paused = false;
  std::string screenshot;
  std::optional<double> at_s;
  std::optional<PixelSize> size;
  std::optional<double> scale;
  std::optional<std::string> theme;  // "dark" or "light"
  std::optional<int> select;
  double speed = 1;
  std::optional<double> measure_s;  // of each phase
  std::string report;               // JSON of the state, kept up to date
};

/// Reads the command line. Where it asks for help or is wrong: says so, and gives the exit code.
[[nodiscard]] std::optional<int> parse_options(int argc, char** argv, Options& options);

/// Throws Error (kValue, kFile) for what no file and no machine could make good: a picture of
/// another format, a file that cannot be written, numbers of a batch for a recording.
void check_options(const Options& options);
/// The same for what depends on what was opened: who is selected, and when.
void check_against(const view::Engine& engine, const Options& options);

/// Opens what the options ask for. Throws Error.
[[nodiscard]] std::unique_ptr<view::Engine> open_engine(const Options& options);
/// A recording, scene or config by its path, as from the menu.
[[nodiscard]] std::unique_ptr<view::Engine> open_file(const std::string& path,
                                                      const Options& options);

}  // namespace volery::viewer
