// What pictures ask the program for, and what it keeps in files.
#include <GLFW/glfw3.h>

#include <cmath>
#include <fstream>

#include "view/live_engine.hpp"
#include "view/replay_engine.hpp"
#include "view/stage_clock.hpp"
#include "viewer/app.hpp"
#include "volery/error.hpp"

namespace volery::viewer {

namespace {

constexpr double kReport_s = 0.05;  // between reports

}  // namespace

void App::serve_requests() {
  const view::Requests requests = session_.take_requests();
  try {
    Window::Size size;
    if (requests.picture) {
      const std::filesystem::path name = next_name("volery", ".png");
      const std::vector<std::uint8_t> rgb = window_->read(size);
      write_png(name, size.width, size.height, rgb);
      session_.say("Saved " + name.string());
    }
    if (requests.video && video_.running()) {
      session_.say("Saved " + video_.stop());
    } else if (requests.video) {
      size = window_->pixels();
      video_.start(size.width, size.height);
      session_.say("Records a video until Ctrl+Shift+R");
    }
    if (requests.save_layout) end_layout();
  } catch (const Error& error) {
    session_.say(error.what());
  }
  if (!requests.copy.empty()) glfwSetClipboardString(window_->handle(), requests.copy.c_str());
  if (requests.branch) branch_recording();
  if (requests.quit) glfwSetWindowShouldClose(window_->handle(), GLFW_TRUE);
  if (requests.full_screen) window_->toggle_full_screen();
}

void App::keep_video() {
  const double now_s = view::clock_s();
  if (!video_.running() || now_s - video_s_ < 1.0 / Video::kRate_hz) return;
  video_s_ = now_s;
  Window::Size size;
  const std::vector<std::uint8_t> rgb = window_->read(size);
  try {
    video_.add(size.width, size.height, rgb);
  } catch (const Error& error) {
    session_.say(error.what());
  }
}

// A live run that begins with what the recording shows.
void App::branch_recording() {
  session_.driver().stop();
  auto* replay = dynamic_cast<view::ReplayEngine*>(&session_.driver().engine());
  if (replay == nullptr) return;
  try {
    auto live = std::make_unique<view::LiveEngine>(
        replay->branched(),
        view::LiveOptions{.policy = options_.policy, .history_mb = options_.history_mb});
    const view::OrbitPose pose = session_.rig().pose();
    open(std::move(live));
    session_.rig().jump(pose);
    session_.say("Runs on from the recording, flown by the task's policy");
  } catch (const std::exception& error) {
    session_.say(error.what());
  }
  session_.driver().start();
}

// What a dialog or a drop asked for. What is open stays where it cannot be.
void App::open_asked() {
  std::string path = std::exchange(open_path_, {});
  if (path.empty()) path = input_.take_dropped();
  if (path.empty()) return;
  try {
    std::unique_ptr<view::Engine> engine = open_file(path, options_);
    session_.driver().stop();
    end_layout();
    open(std::move(engine));
    session_.driver().start();
  } catch (const std::exception& error) {
    session_.say(error.what());
  }
}

void App::end_layout() {
  if (layout_path_.empty() || !session_.attached()) return;
  view::collect_layout(session_, session_.driver().scenery().stage.scene.name, layout_);
  layout_.maximized = window_->maximized();
  if (!layout_.maximized && !window_->full_screen()) {
    const Window::Size units = window_->units();
    layout_.window_width = units.width, layout_.window_height = units.height;
  }
  try {
    view::write_layout(layout_path_, layout_);
  } catch (const Error& error) {
    session_.say(error.what());
  }
}

bool write_report(const std::string& file, const std::string& report) {
  const std::string beside = file + ".new";
  std::ofstream(beside) << report << "\n";
  std::error_code error;
  std::filesystem::rename(beside, file, error);
  return !error;
}

// For tests.
void App::keep_report() {
  if (options_.report.empty()) return;
  const double now_s = view::clock_s();
  if (reported_s_ >= 0 && now_s - reported_s_ < kReport_s) return;
  reported_s_ = now_s;
  std::string report = session_.report();
  if (report == reported_) return;
  if (!write_report(options_.report, report)) session_.say(options_.report + ": cannot be written");
  reported_ = std::move(report);
}

void run_to(view::Driver& driver, double time_s) {
  double wall_s = std::max(0.0, driver.latest()->wall_s);
  const auto position =
      static_cast<std::uint64_t>(std::llround(time_s / driver.latest()->timeline.step_s()));
  driver.command([position](view::Timeline& t) {
    t.step(static_cast<int>(position) - static_cast<int>(t.position()));
  });
  // slices of work, not of time: the clock here is only a counter
  for (int i = 0; i < 1000000; ++i) {
    driver.turn(wall_s += 1, 1.0);
    const std::shared_ptr<const view::Sight> sight = driver.latest();
    const view::TimeRange range = sight->timeline.range();
    if (sight->now.step >= (range.grows ? position : std::min(position, range.last))) break;
    if (!sight->error.empty()) throw Error(ErrorKind::kState, sight->error);
  }
}

}  // namespace volery::viewer
