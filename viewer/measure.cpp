// What the window costs: the same run alone, watched and hidden, in turns.
#include <GLFW/glfw3.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "view/stage_clock.hpp"
#include "viewer/app.hpp"

namespace volery::viewer {

namespace {

constexpr int kRounds = 5;
enum Phase : int { kAlone, kOpen, kHidden };
constexpr std::array<const char*, 3> kPhaseNames{"alone", "open", "hidden"};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void print_list(const char* name, const std::vector<double>& values) {
  std::printf("\"%s\": [", name);
  for (std::size_t i = 0; i < values.size(); ++i) std::printf(i > 0 ? ", %.2f" : "%.2f", values[i]);
  std::printf("], ");
}

}  // namespace

void App::measure(std::unique_ptr<view::Engine> engine) {
  open(std::move(engine));
  play_from_start();
  view::Driver& driver = session_.driver();
  std::array<std::vector<double>, 3> steps_per_s;
  std::vector<double> pictures_per_s;
  for (int i = 0; i < 10; ++i) turn();
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < 3; ++i) {
      // each phase comes after each other one
      const int phase = round % 2 == 0 ? i : 2 - i;
      if (phase == kHidden)
        glfwHideWindow(window_->handle());
      else
        glfwShowWindow(window_->handle());
      glfwPollEvents();
      const std::uint64_t pictures = pictures_;
      const std::uint64_t step = driver.latest()->now.step;
      const double begin_s = view::clock_s();
      double now_s = begin_s;
      while (now_s - begin_s < *options_.measure_s) {
        if (phase == kAlone)
          glfwWaitEventsTimeout(begin_s + *options_.measure_s - now_s);
        else
          turn();
        now_s = view::clock_s();
      }
      const double took_s = now_s - begin_s;
      const auto steps = static_cast<double>(driver.latest()->now.step - step);
      steps_per_s[static_cast<std::size_t>(phase)].push_back(steps / took_s);
      if (phase == kOpen)
        pictures_per_s.push_back(static_cast<double>(pictures_ - pictures) / took_s);
    }
  }
  driver.stop();
  std::printf("{\"device\": \"%s\", \"agents\": %d, \"worlds\": %d, \"speed\": %g, ",
              scene_.device().c_str(), driver.scenery().num_agents, driver.num_worlds(),
              options_.speed);
  for (std::size_t i = 0; i < kPhaseNames.size(); ++i) {
    std::printf("\"%s_steps_per_s\": %.2f, ", kPhaseNames[i], median(steps_per_s[i]));
    print_list((std::string(kPhaseNames[i]) + "_all").c_str(), steps_per_s[i]);
  }
  print_list("pictures_all", pictures_per_s);
  std::printf("\"pictures_per_s\": %.2f", median(pictures_per_s));
  for (const view::StageTimes::Stage& stage : times_.stages)
    std::printf(", \"%s_ms\": %.2f", stage.name.c_str(), stage.mean_ms);
  for (const view::StageTimes::Stage& stage : driver.latest()->times.stages)
    std::printf(", \"sim_%s_ms\": %.3f", stage.name.c_str(), stage.mean_ms);
  std::printf("}\n");
}

}  // namespace volery::viewer
