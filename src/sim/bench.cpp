// volery-sim bench: figures of this machine.
#include "bench/bench.hpp"

#include <iostream>
#include <memory>

#include "sim/commands.hpp"

namespace volery::sim {

namespace {

struct BenchArguments {
  std::string case_name;
  bench::Options options;
  bool json = false;
};

std::string footer() {
  std::string text = "Cases:\n";
  for (const bench::Case& entry : bench::cases()) {
    text += "  " + std::string(entry.name) + std::string(10 - std::string(entry.name).size(), ' ') +
            entry.doc + "\n";
  }
  return text +
         "Examples:\n"
         "  volery-sim bench hover\n"
         "  volery-sim bench contact --worlds 64 --agents 16 --json\n"
         "  volery-sim bench giant --agents 100000 --threads 2";
}

}  // namespace

void add_bench(CLI::App& app, std::function<int()>& action) {
  auto arguments = std::make_shared<BenchArguments>();
  bench::Options& options = arguments->options;
  CLI::App* command = app.add_subcommand("bench", "Measure this machine; at least 5 repeats.");
  command->add_option("CASE", arguments->case_name, "what to measure")->required();
  command->add_option("--worlds", options.worlds, "worlds; the case's own where left out");
  command->add_option("--agents", options.agents, "agents per world, likewise");
  command->add_option("--threads", options.threads, "threads (default 1)");
  command->add_option("--repeats", options.repeats, "repeats; the median counts");
  command->add_flag("--quick", options.quick, "a smoke run of about a second");
  command->add_flag("--json", arguments->json, "print one JSON object");
  command->footer(footer());
  command->callback([arguments, &action] {
    action = [arguments] {
      const bench::Result result = bench::run(arguments->case_name, arguments->options);
      std::cout << (arguments->json ? bench::to_json(result) + "\n" : bench::to_text(result));
      return static_cast<int>(kOk);
    };
  });
}

}  // namespace volery::sim
