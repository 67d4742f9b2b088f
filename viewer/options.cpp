// Command line and opening.
#include "viewer/options.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <thread>

#include "io/config_file.hpp"
#include "render/offscreen.hpp"
#include "view/live_engine.hpp"
#include "view/pipe_engine.hpp"
#include "view/replay_engine.hpp"
#include "volery/batch.hpp"
#include "volery/error.hpp"

namespace volery::viewer {

namespace {

constexpr const char* kFooter =
    "Without FILE a live batch of --task (hover if left out) is flown by its baseline policy.\n"
    "FILE is a recording (.vrec), a scene or config (.toml), or - for moments on the standard\n"
    "input. Keys are listed by F1.\n"
    "Examples:\n"
    "  volery-view --task formation --agents 32\n"
    "  volery-view run.vrec\n"
    "  volery-view assets/scenes/room.toml --task formation --agents 16\n"
    "  volery-view --task formation --screenshot out.png --at 3.0     (needs no display)\n"
    "Exit codes: 0 ok, 1 failed while running, 2 bad command line, config or file.";

BatchConfig config_of(const Options& options, const std::string& file) {
  Value table = file.empty() ? Value() : io::read_config(file);
  for (const std::string& setting : options.settings) {
    table = merged(table, io::parse_setting(setting));
  }
  const auto set = [&table](const char* key, Value value) {
    table.table()[key] = std::move(value);
  };
  if (!options.task.empty()) set("task", options.task);
  if (options.worlds) set("num_worlds", *options.worlds);
  if (options.agents) set("num_agents", *options.agents);
  if (options.threads) set("num_threads", *options.threads);
  if (options.seed) set("seed", *options.seed);
  return batch_config(table);
}

// A number in a range; CLI::Range takes what is no number for one that is in it.
CLI::Validator within(double low, double high) {
  return CLI::Validator(
      [low, high](std::string& text) {
        double value = 0;
        if (CLI::detail::lexical_cast(text, value) && value >= low && value <= high)
          return std::string();
        char message[96];
        std::snprintf(message, sizeof message, "must be in [%g, %g]", low, high);
        return text + ": " + message;
      },
      "");
}

CLI::Validator a_file() {
  return CLI::Validator(
      [](std::string& text) { return std::string(text.empty() ? "must name a file" : ""); }, "");
}

// WIDTHxHEIGHT and nothing else
std::optional<PixelSize> size_of(const std::string& text) {
  PixelSize size;
  const char* const end = text.data() + text.size();
  const auto [cross, bad_width] = std::from_chars(text.data(), end, size.width);
  if (bad_width != std::errc() || cross == end || *cross != 'x') return std::nullopt;
  const auto [last, bad_height] = std::from_chars(cross + 1, end, size.height);
  if (bad_height != std::errc() || last != end) return std::nullopt;
  const auto fits = [](int side) { return side >= 1 && side <= render::kMaxImagePixels; };
  if (!fits(size.width) || !fits(size.height)) return std::nullopt;
  return size;
}

void take_size(const std::string& text, Options& o) {
  o.size = size_of(text);
  if (!o.size) {
    throw CLI::ValidationError("--size", text + ": must be like 1280x720, of sides in [1, " +
                                             std::to_string(render::kMaxImagePixels) + "]");
  }
}

// Feeds the inbox until the stream ends. A piece is what has arrived, so that nothing waits for a
// full buffer. The thread outlives whoever looks: a read cannot be interrupted.
view::PipeInbox read_standard_input() {
  view::PipeInbox inbox;
  std::thread([inbox]() mutable {
    std::ifstream in("/dev/stdin", std::ios::binary);
    std::vector<char> piece(1 << 16);
    while (in && in.rdbuf()->sgetc() != std::char_traits<char>::eof()) {
      const std::streamsize ready = in.rdbuf()->in_avail();
      const std::streamsize got = in.rdbuf()->sgetn(
          piece.data(), std::min(ready, static_cast<std::streamsize>(piece.size())));
      inbox.feed(
          {reinterpret_cast<const std::uint8_t*>(piece.data()), static_cast<std::size_t>(got)});
    }
    inbox.feed({});
  }).detach();
  return inbox;
}

}  // namespace

std::optional<int> parse_options(int argc, char** argv, Options& o) {
  CLI::App app{"A window on worlds of quadcopters: live, recorded or streamed.", "volery-view"};
  app.set_version_flag("--version", std::string("volery-view ") + VOLERY_VERSION);
  app.footer(kFooter);
  app.add_option("FILE", o.file, "recording, scene or config; -: standard input");
  app.add_option("--task", o.task, "task by name");
  app.add_option("--policy", o.policy, "the task's baseline if left out");
  app.add_option("--worlds", o.worlds, "number of worlds");
  app.add_option("--agents", o.agents, "agents per world");
  app.add_option("--threads", o.threads, "threads of the simulation; 0: one per core");
  app.add_option("--seed", o.seed, "world i uses seed + i");
  app.add_option("--set", o.settings, "key=value of the config, e.g. episode_s=5")
      ->allow_extra_args(false);
  app.add_option("--history-mb", o.history_mb, "memory for going back in a live run")
      ->check(within(1, 100000));
  app.add_flag("--paused", o.paused, "do not play at once");
  app.add_flag("--no-config", o.no_config, "neither read nor write the layout file");
  app.add_option("--select", o.select, "agent that is selected at first");
  app.add_option("--screenshot", o.screenshot,
                 "write a picture (.png) and leave; no display needed")
      ->check(a_file());
  app.add_option("--speed", o.speed, "of playing at first; 1: real time")
      ->check(within(view::Timeline::kSlowest, view::Timeline::kFastest));
  app.add_option("--measure", o.measure_s,
                 "print what the window costs as JSON: phases of so many seconds, in turns, of the "
                 "simulation alone, with the window open and with it hidden")
      ->check(within(0.1, 600));
  app.add_option("--at", o.at_s, "time of the picture, or where to begin, s")
      ->check(within(0, 1e6));
  app.add_option_function<std::string>(
      "--size", [&o](const std::string& text) { take_size(text, o); },
      "of window and picture, e.g. 1920x1080");
  app.add_option("--scale", o.scale, "of text")->check(within(0.75, 2.5));
  app.add_option("--theme", o.theme, "dark or light; as it was left if left out")
      ->check(CLI::IsMember({"dark", "light"}));
  app.add_option("--report", o.report, "keep a JSON file of the viewer's state up to date")
      ->check(a_file());
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    std::cerr << "volery-view: " << error.what() << " (see --help)\n";
    return kUsage;
  }
  return std::nullopt;
}

std::unique_ptr<view::Engine> open_file(const std::string& path, const Options& options) {
  const std::filesystem::path file(path);
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    throw Error(ErrorKind::kFile, path + ": no such file");
  }
  if (file.extension() == ".toml") {
    return std::make_unique<view::LiveEngine>(
        config_of(options, path),
        view::LiveOptions{.policy = options.policy, .history_mb = options.history_mb});
  }
  return std::make_unique<view::ReplayEngine>(file, options.history_mb);
}

std::unique_ptr<view::Engine> open_engine(const Options& options) {
  if (options.file == "-") {
    return std::make_unique<view::PipeEngine>(read_standard_input(), options.history_mb);
  }
  if (!options.file.empty()) return open_file(options.file, options);
  return std::make_unique<view::LiveEngine>(
      config_of(options, ""),
      view::LiveOptions{.policy = options.policy, .history_mb = options.history_mb});
}

}  // namespace volery::viewer
