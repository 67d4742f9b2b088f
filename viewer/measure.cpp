// What the window costs: the same run alone, watched and hidden, in turns.
//
// Rates by the clock say what a person gets; those by processor time are less stretched by other
// programs, and say what the simulation's own thread spends on being looked at.
#include <GLFW/glfw3.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "view/stage_clock.hpp"
#include "viewer/app.hpp"

namespace volery::viewer {

namespace {

constexpr int kRounds = 5;
constexpr std::array<const char*, 3> kPhaseNames{"alone", "open", "hidden"};
enum Phase : int { kAlone, kOpen, kHidden };

double processor_s() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void print_list(const char* name, const std::vector<double>& values) {
  std::printf("\"%s\": [", name);
  for (std::size_t i = 0; i < values.size(); ++i) std::printf(i > 0 ? ", %.2f" : "%.2f", values[i]);
  std::printf("], ");
}

// What a phase has taken, each round.
struct Rates {
  std::vector<double> steps_per_s, steps_per_busy_s, pictures_per_s, processor_share;
};

void print_rates(const char* phase, const Rates& rates) {
  const std::string name(phase);
  std::printf("\"%s_steps_per_s\": %.2f, ", phase, median(rates.steps_per_s));
  print_list((name + "_all").c_str(), rates.steps_per_s);
  std::printf("\"%s_steps_per_busy_s\": %.2f, ", phase, median(rates.steps_per_busy_s));
  print_list((name + "_busy_all").c_str(), rates.steps_per_busy_s);
}

// Processor time of a picture: what an open window takes more than a hidden one.
double picture_cpu_ms(const Rates& open, const Rates& hidden) {
  std::vector<double> each_ms;
  for (std::size_t i = 0; i < open.pictures_per_s.size(); ++i) {
    const double more = open.processor_share[i] - hidden.processor_share[i];
    each_ms.push_back(more / std::max(open.pictures_per_s[i], 1e-9) * 1e3);
  }
  return median(each_ms);
}

}  // namespace

App::Spent App::spend(double duration_s, bool watched) {
  view::Driver& driver = session_.driver();
  const std::shared_ptr<const view::Sight> before = driver.latest();
  const std::uint64_t pictures = pictures_;
  const double begin_s = view::clock_s(), processor_begin_s = processor_s();
  double now_s = begin_s;
  while (now_s - begin_s < duration_s) {
    if (watched)
      turn();
    else
      glfwWaitEventsTimeout(begin_s + duration_s - now_s);
    now_s = view::clock_s();
  }
  const std::shared_ptr<const view::Sight> after = driver.latest();
  return {now_s - begin_s, after->busy_s - before->busy_s, processor_s() - processor_begin_s,
          static_cast<double>(after->now.step - before->now.step),
          static_cast<double>(pictures_ - pictures)};
}

void App::measure(std::unique_ptr<view::Engine> engine) {
  open(std::move(engine));
  play_from_start();
  view::Driver& driver = session_.driver();
  std::array<Rates, 3> all;
  // shaders are built by the first pictures
  for (int i = 0; i < 10; ++i) turn();
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < 3; ++i) {
      // forth and back, so that what drifts favors no phase
      const int phase = round % 2 == 0 ? i : 2 - i;
      if (phase == kHidden)
        glfwHideWindow(window_->handle());
      else
        glfwShowWindow(window_->handle());
      glfwPollEvents();
      const Spent spent = spend(*options_.measure_s, phase != kAlone);
      Rates& rates = all[static_cast<std::size_t>(phase)];
      rates.steps_per_s.push_back(spent.steps / spent.wall_s);
      rates.steps_per_busy_s.push_back(spent.steps / std::max(spent.busy_s, 1e-9));
      rates.pictures_per_s.push_back(spent.pictures / spent.wall_s);
      rates.processor_share.push_back(spent.processor_s / spent.wall_s);
    }
  }
  driver.stop();
  std::printf("{\"device\": \"%s\", \"agents\": %d, \"worlds\": %d, \"speed\": %g, ",
              scene_.device().c_str(), driver.scenery().num_agents, driver.num_worlds(),
              options_.speed);
  for (std::size_t i = 0; i < all.size(); ++i) print_rates(kPhaseNames[i], all[i]);
  print_list("pictures_all", all[kOpen].pictures_per_s);
  std::printf("\"pictures_per_s\": %.2f, \"picture_cpu_ms\": %.2f",
              median(all[kOpen].pictures_per_s), picture_cpu_ms(all[kOpen], all[kHidden]));
  for (const view::StageTimes::Stage& stage : times_.stages)
    std::printf(", \"%s_ms\": %.2f", stage.name.c_str(), stage.mean_ms);
  for (const view::StageTimes::Stage& stage : driver.latest()->times.stages)
    std::printf(", \"sim_%s_ms\": %.3f", stage.name.c_str(), stage.mean_ms);
  std::printf("}\n");
}

}  // namespace volery::viewer
