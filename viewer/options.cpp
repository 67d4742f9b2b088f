// Command line and opening.
#include "viewer/options.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <thread>

#include "io/config_file.hpp"
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
      ->check(CLI::Range(1.0, 100000.0));
  app.add_flag("--paused", o.paused, "do not play at once");
  app.add_flag("--no-config", o.no_config, "neither read nor write the layout file");
  app.add_option("--select", o.select, "agent that is selected at first");
  app.add_option("--screenshot", o.screenshot,
                 "write a picture (PNG) and leave; no display needed");
  app.add_option("--speed", o.speed, "of playing at first; 1: real time")
      ->check(CLI::Range(view::Timeline::kSlowest, view::Timeline::kFastest));
  app.add_option("--measure", o.measure_s,
                 "print what the window costs as JSON: phases of so many seconds, in turns, of the "
                 "simulation alone, with the window open and with it hidden")
      ->check(CLI::Range(0.1, 600.0));
  app.add_option("--at", o.at_s, "time of the picture, or where to begin, s")
      ->check(CLI::Range(0.0, 1e6));
  app.add_option("--size", o.size, "of window and picture, e.g. 1920x1080");
  app.add_option("--scale", o.scale, "of text")->check(CLI::Range(0.75, 2.5));
  app.add_option("--theme", o.theme, "dark or light; as it was left if left out")
      ->check(CLI::IsMember({"dark", "light"}));
  app.add_option("--report", o.report, "keep a JSON file of the viewer's state up to date");
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
