// volery-sim replay: does a recording again and says where it differs, if it does.

#include <nlohmann/json.hpp>

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "io/player.hpp"
#include "sim/commands.hpp"
#include "sim/progress.hpp"

namespace volery::sim {

namespace {

struct ReplayArguments {
  std::string file;
  int threads = 1;
  bool json = false;
};

nlohmann::ordered_json report_of(const io::Player& player, const ReplayArguments& arguments,
                                 const std::optional<io::Difference>& difference, double seconds) {
  const io::RecordingHeader& header = player.header();
  const double rows =
      static_cast<double>(player.position()) * header.num_worlds * header.num_agents;
  nlohmann::ordered_json out;
  out["file"] = arguments.file;
  out["task"] = player.batch().config().task;
  out["worlds"] = header.num_worlds;
  out["agents"] = header.num_agents;
  out["steps"] = player.num_steps();
  out["complete"] = player.complete();
  if (!player.complete()) out["notice"] = player.notice();
  out["agent_steps_per_s"] = rows / seconds;
  out["verified"] = !difference.has_value();
  if (difference) {
    out["difference"] = {{"step", difference->step},
                         {"after", difference->what},
                         {"worlds", difference->worlds},
                         {"fields", difference->fields}};
  } else {
    char hash[24];
    std::snprintf(hash, sizeof(hash), "0x%016" PRIx64, player.batch().state_hash());
    out["state_hash"] = hash;
  }
  out["version"] = header.version;
  return out;
}

int replay(const ReplayArguments& arguments) {
  io::Player player(arguments.file, {.num_threads = arguments.threads, .terms = false});
  std::optional<io::Difference> difference;
  const auto start = std::chrono::steady_clock::now();
  {
    Progress progress(static_cast<long>(player.num_steps()));
    difference = player.verify([&](std::uint64_t position) {
      progress.update(static_cast<long>(position), "steps");
      return true;
    });
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (arguments.json) {
    std::cout << report_of(player, arguments, difference, took.count()).dump() << "\n";
  } else {
    if (!player.complete()) std::cout << "notice: " << player.notice() << "\n";
    std::cout << arguments.file << ": " << player.num_steps() << " steps of "
              << player.header().num_worlds << " x " << player.header().num_agents << " agents, "
              << (difference ? "differs at " + difference->text() : "replays to the bit") << "\n";
  }
  return difference ? kFailed : kOk;
}

}  // namespace

void add_replay(CLI::App& app, std::function<int()>& action) {
  auto arguments = std::make_shared<ReplayArguments>();
  CLI::App* command =
      app.add_subcommand("replay", "Do a recording again and compare it step by step.");
  command->add_option("FILE", arguments->file, "a recording, .vrec")->required();
  command->add_option("--threads", arguments->threads, "threads; 0: one per core")
      ->check(CLI::Range(0, 1024));
  command->add_flag("--json", arguments->json, "print one JSON object");
  command->footer(
      "Exit code 1 where it differs from what was recorded.\n"
      "Example:\n"
      "  volery-sim replay run.vrec --threads 2");
  command->callback([arguments, &action] { action = [arguments] { return replay(*arguments); }; });
}

}  // namespace volery::sim
