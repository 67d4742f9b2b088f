// What is wrong with a command line beyond its words.
#include <cstdio>
#include <filesystem>

#include "viewer/options.hpp"
#include "volery/error.hpp"
#include "volery/policy.hpp"

namespace volery::viewer {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(ErrorKind kind, const std::string& option, const std::string& why) {
  throw Error(kind, option + ": " + why);
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

// Something that a picture or report cannot be written to is found before anything flies.
void check_output(const std::string& option, const std::string& path) {
  if (path.empty()) return;
  std::error_code error;
  const std::string name = option + " " + path;
  if (fs::is_directory(path, error)) refuse(ErrorKind::kFile, name, "is a folder");
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty() && !fs::is_directory(folder, error))
    refuse(ErrorKind::kFile, name, "cannot be written, there is no folder " + folder.string());
}

// What a batch is built from; a recording and a stream have theirs.
const char* batch_option(const Options& o) {
  if (!o.task.empty()) return "--task";
  if (o.worlds) return "--worlds";
  if (o.agents) return "--agents";
  if (o.threads) return "--threads";
  if (o.seed) return "--seed";
  if (!o.settings.empty()) return "--set";
  // who branches a recording flies on by it
  if (!o.policy.empty() && o.file == "-") return "--policy";
  return nullptr;
}

}  // namespace

void check_options(const Options& options) {
  check_output("--screenshot", options.screenshot);
  check_output("--report", options.report);
  const fs::path picture(options.screenshot);
  if (picture.has_extension() && picture.extension() != ".png")
    refuse(ErrorKind::kValue, "--screenshot " + options.screenshot, "must end in .png");
  std::error_code error;
  if (!options.screenshot.empty() && !options.file.empty() &&
      fs::equivalent(options.screenshot, options.file, error)) {
    refuse(ErrorKind::kValue, "--screenshot " + options.screenshot, "is what is to be shown");
  }
  const char* const option = batch_option(options);
  const bool live = options.file.empty() || fs::path(options.file).extension() == ".toml";
  if (!live && option != nullptr) {
    refuse(ErrorKind::kValue, option,
           "is for a run of its own; " +
               (options.file == "-" ? "a stream" : "the recording " + options.file) +
               " has been flown already");
  }
}

void check_against(const view::Engine& engine, const Options& options) {
  const int last = engine.scenery().num_agents - 1;
  if (options.select && (*options.select < 0 || *options.select > last)) {
    refuse(ErrorKind::kValue, "--select " + std::to_string(*options.select),
           "must be in [0, " + std::to_string(last) + "]");
  }
  if (engine.batch() != nullptr && !options.policy.empty())
    static_cast<void>(engine.batch()->policy(options.policy));
  const view::TimeRange range = engine.range();
  const double step_s = static_cast<double>(engine.scenery().step_s);
  const double end_s = static_cast<double>(range.last) * step_s;
  // how long a stream lasts shows at its end; a picture belongs to the step that is nearest
  const bool ends = !range.grows && options.file != "-";
  if (ends && options.at_s && *options.at_s > end_s + step_s / 2) {
    const std::string end = number(end_s);
    refuse(ErrorKind::kValue, "--at " + number(*options.at_s),
           "must be in [0, " + end + "], " + engine.title() + " lasts " + end + " s");
  }
}

}  // namespace volery::viewer
