#include "viewer/app.hpp"

#include <GLFW/glfw3.h>
#include <epoxy/gl.h>
#include <imgui.h>

#include <cmath>
#include <cstdio>

#include "view/stage_clock.hpp"
#include "viewer/panels/panel.hpp"
#include "volery/error.hpp"

namespace volery::viewer {

namespace {

constexpr int kLeastSide_px = 64;  // of a window
constexpr double kRest_s = 0.2;    // without anything moving: one smooth picture, then none
constexpr double kIdlePoll_s = 0.05;
constexpr double kFastest_s = 1.0 / 60, kFastestSoftware_s = 1.0 / 30;
constexpr int kOwedPictures =
    4;  // after an event: a focus that was asked for takes three to arrive

// The window as it was left, unless something else is asked for.
Window::Plan plan_of(const Options& options, const view::LayoutFile& layout, bool remembered) {
  Window::Plan plan{layout.window_width, layout.window_height, options.screenshot.empty(),
                    layout.maximized};
  if (!options.size && remembered && options.screenshot.empty()) return plan;
  const PixelSize size = options.size.value_or(PixelSize{});
  if (size.width < kLeastSide_px || size.height < kLeastSide_px) {
    throw Error(ErrorKind::kValue,
                "--size " + std::to_string(size.width) + "x" + std::to_string(size.height) +
                    ": sides of a window must be at least " + std::to_string(kLeastSide_px));
  }
  plan.width = size.width, plan.height = size.height;
  return plan;
}

}  // namespace

App::App(const Options& options)
    : options_(options),
      layout_path_(options.no_config ? std::filesystem::path() : view::layout_path()) {
  std::string notice;
  layout_ = view::read_layout(layout_path_, notice);
  if (!notice.empty()) session_.say(notice);
  window_ = std::make_unique<Window>(plan_of(options, layout_, !layout_path_.empty()));
  input_.attach(window_->handle(), &session_);
  window_->attach_imgui();
  session_.set_scale(options.scale       ? static_cast<float>(*options.scale)
                     : layout_.scale > 0 ? layout_.scale
                                         : window_->content_scale());
}

App::~App() {
  video_.stop();
  // what lives in the context goes before it
  scene_.close();
}

void App::open(std::unique_ptr<view::Engine> engine) {
  auto driver = std::make_shared<view::Driver>(std::move(engine));
  scene_.open(driver->scenery().stage);
  session_.attach(driver);
  view::apply_layout(layout_, driver->scenery().stage.scene.name, session_);
  if (options_.theme) session_.light = *options_.theme == "light";
  if (options_.select) session_.select(*options_.select);
  glfwSetWindowTitle(window_->handle(), ("volery-view: " + driver->title()).c_str());
}

void App::draw(double wall_s, double dt_s) {
  const Window::Size pixels = window_->pixels(), units = window_->units();
  if (pixels.width == 0 || pixels.height == 0) return;
  style_.set(session_.scale(), session_.light);
  const view::WindowLayout layout =
      view::lay_out(static_cast<float>(units.width), static_cast<float>(units.height),
                    session_.panels, session_.scale());
  const view::Area& area = layout.scene;
  const double begin_s = view::clock_s();
  const bool at_rest = !session_.sight().timeline.playing() && session_.rig().still_s() > kRest_s &&
                       wall_s - active_s_ > kRest_s;
  session_.economy = at_rest ? view::Economy::kNothing : scene_.economy();
  session_.update(wall_s, dt_s,
                  {static_cast<double>(area.x), static_cast<double>(area.y),
                   static_cast<double>(area.width), static_cast<double>(area.height)});
  times_.add("compose", (view::clock_s() - begin_s) * 1e3);
  // monitors of high density have more pixels than the window has units
  const double px = static_cast<double>(pixels.width) / std::max(1, units.width);
  const auto whole = [px](float v) {
    return static_cast<int>(std::lround(static_cast<double>(v) * px));
  };
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  glViewport(0, 0, pixels.width, pixels.height);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  scene_.draw(session_,
              {whole(area.x), pixels.height - whole(area.y + area.height), whole(area.width),
               whole(area.height)},
              at_rest);
  times_.add("scene", scene_.draw_ms());

  draw_panels(layout, wall_s);
  rested_ = at_rest;
  owed_pictures_ = std::max(0, owed_pictures_ - 1);
  drawn_serial_ = session_.sight().serial;
  ++pictures_;
}

void App::draw_panels(const view::WindowLayout& layout, double wall_s) {
  const double begin_s = view::clock_s();
  window_->begin_imgui();
  Panel panel{.session = session_, .layout = layout};
  panel.wall_s = wall_s;
  panel.scale = session_.scale();
  panel.drawn = scene_.stats();
  panel.device = scene_.device();
  panel.frame_ms = frame_ms_;
  panel.draw_ms = scene_.draw_ms();
  panel.saving = rested_ ? "" : scene_.saving();
  panel.recording = video_.running();
  panel.window_times = &times_;
  panel.open_path = &open_path_;
  panel.show_hint = &show_hint_;
  panel.box = input_.box();
  panel.menu_asked = input_.menu_asked();
  draw_overlay(panel);
  if (!session_.panels.hidden) {
    draw_bar(panel);
    draw_scene_panel(panel);
    draw_inspect_panel(panel);
    draw_drawer(panel);
    draw_time_bar(panel);
    draw_splitters(panel);
  }
  draw_dialogs(panel);
  // keys are the scene's until somebody clicks into a panel
  if (pictures_ == 0) ImGui::SetWindowFocus(nullptr);
  window_->end_imgui();
  session_.typing = ImGui::GetIO().WantTextInput;
  times_.add("panels", (view::clock_s() - begin_s) * 1e3);
}

// Nothing is drawn twice: at rest the loop only listens.
bool App::needs_picture() {
  const double now_s = view::clock_s();
  if (input_.take_activity()) {
    active_s_ = now_s;
    owed_pictures_ = kOwedPictures;
  }
  if (window_->hidden()) return false;
  const std::shared_ptr<const view::Sight> latest = session_.driver().latest();
  const bool moving = latest->timeline.playing() || session_.rig().still_s() < kRest_s;
  return moving || latest->serial != drawn_serial_ || now_s - active_s_ < kRest_s * 2 ||
         owed_pictures_ > 0 || !rested_ || video_.running() || !session_.toast(now_s - 0.2).empty();
}

void App::run(std::unique_ptr<view::Engine> engine) {
  open(std::move(engine));
  play_from_start();
  while (glfwWindowShouldClose(window_->handle()) == 0) turn();
  session_.driver().stop();
  end_layout();
  reported_s_ = -1;
  keep_report();
}

// From where, how fast and whether at all, as the command line says.
void App::play_from_start() {
  view::Driver& driver = session_.driver();
  if (options_.at_s) {
    const double at_s = *options_.at_s;
    driver.command(
        [at_s](view::Timeline& t) { t.step(static_cast<int>(std::llround(at_s / t.step_s()))); });
  }
  driver.command([speed = options_.speed](view::Timeline& t) { t.set_speed(speed); });
  if (!options_.paused) driver.command([](view::Timeline& t) { t.toggle_play(); });
  driver.start();
  last_wall_s_ = active_s_ = view::clock_s();
}

// One picture, or some rest where nothing has changed.
void App::turn() {
  if (!needs_picture()) {
    glfwWaitEventsTimeout(kIdlePoll_s);
    // nobody looks at a hidden window, but tests read of it
    if (window_->hidden() && !options_.report.empty())
      session_.update(view::clock_s(), kIdlePoll_s, session_.view());
    keep_report();
    return;
  }
  glfwPollEvents();
  const double wall_s = view::clock_s();
  const double dt_s = std::min(0.1, wall_s - last_wall_s_);
  frame_ms_ += ((wall_s - last_wall_s_) * 1e3 - frame_ms_) * 0.1;
  last_wall_s_ = wall_s;
  input_.update(dt_s);
  draw(wall_s, dt_s);
  // before the swap, after which nobody says what can be read
  keep_video();
  serve_requests();
  const double swap_s = view::clock_s();
  glfwSwapBuffers(window_->handle());
  times_.add("swap", (view::clock_s() - swap_s) * 1e3);
  if (!rested_) scene_.note_picture((view::clock_s() - wall_s) * 1e3);
  open_asked();
  keep_report();
  if (input_.key_was_pressed()) show_hint_ = false;
  const double least_s = scene_.software() ? kFastestSoftware_s : kFastest_s;
  const double left_s = least_s - (view::clock_s() - wall_s);
  if (left_s > 0) glfwWaitEventsTimeout(left_s);
}

void App::screenshot(std::unique_ptr<view::Engine> engine) {
  open(std::move(engine));
  view::Driver& driver = session_.driver();
  run_to(driver, options_.at_s.value_or(0));
  session_.reframe();
  // some more, so that panels know their sizes and cameras have arrived
  for (int i = 0; i < 4; ++i) draw(view::clock_s(), 1);
  driver.turn(view::clock_s() + 1);
  draw(view::clock_s() + 2, 1);
  glFinish();
  Window::Size size;
  const std::vector<std::uint8_t> rgb = window_->read(size);
  write_png(options_.screenshot, size.width, size.height, rgb);
  reported_s_ = -1;
  keep_report();
}

}  // namespace volery::viewer
