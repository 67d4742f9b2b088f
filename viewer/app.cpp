#include "viewer/app.hpp"

#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <epoxy/gl.h>
#include <imgui.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <thread>

#include "render/libraries.hpp"
#include "view/live_engine.hpp"
#include "view/replay_engine.hpp"
#include "viewer/font.hpp"
#include "viewer/panels/panel.hpp"
#include "volery/error.hpp"

namespace volery::viewer {

namespace {

constexpr double kRest_s = 0.2;  // without anything moving: one smooth picture, then none
constexpr double kIdlePoll_s = 0.05;
constexpr double kFastest_s = 1.0 / 60, kFastestSoftware_s = 1.0 / 30;
constexpr double kReport_s = 0.05;
constexpr int kOwedPictures = 4;  // a focus that was asked for takes three to arrive
constexpr double kTrailEvery_s = 0.08;

double wall_clock_s() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

std::string glfw_error() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text != nullptr ? text : "unknown reason";
}

}  // namespace

App::App(const Options& options) : options_(options) {
  // libepoxy ends the process where a library is missing
  render::require_gl_libraries();
  if (glfwInit() == 0) {
    throw Error(ErrorKind::kState,
                "no display: " + glfw_error() + "; --screenshot needs none, xvfb-run gives one");
  }
  layout_path_ = options.no_config ? std::filesystem::path() : view::layout_path();
  std::string notice;
  layout_ = view::read_layout(layout_path_, notice);
  if (!notice.empty()) session_.say(notice);
  int width = layout_.window_width, height = layout_.window_height;
  if (options.size != "1280x720" || layout_path_.empty() || !options.screenshot.empty()) {
    if (std::sscanf(options.size.c_str(), "%dx%d", &width, &height) != 2 || width < 64 ||
        height < 64 || width > 16384 || height > 16384) {
      throw Error(ErrorKind::kValue, "--size " + options.size + ": must be like 1280x720");
    }
  }
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_VISIBLE, options.screenshot.empty() ? GLFW_TRUE : GLFW_FALSE);
  glfwWindowHint(GLFW_MAXIMIZED, layout_.maximized ? GLFW_TRUE : GLFW_FALSE);
  window_ = glfwCreateWindow(width, height, "volery-view", nullptr, nullptr);
  if (window_ == nullptr) {
    const std::string why = glfw_error();
    glfwTerminate();
    throw Error(ErrorKind::kState, "no OpenGL 3.3: " + why);
  }
  glfwMakeContextCurrent(window_);
  glfwSwapInterval(0);
  input_.attach(window_, &session_);
  ImGui::CreateContext();
  has_imgui_ = true;
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  ImGui_ImplGlfw_InitForOpenGL(window_, true);
  ImGui_ImplOpenGL3_Init("#version 330 core");
  float monitor_x = 1, monitor_y = 1;
  glfwGetWindowContentScale(window_, &monitor_x, &monitor_y);
  session_.set_scale(options.scale       ? static_cast<float>(*options.scale)
                     : layout_.scale > 0 ? layout_.scale
                                         : monitor_x);
}

App::~App() {
  if (window_ == nullptr) return;
  video_.stop();
  if (has_imgui_) {
    ImGui_ImplOpenGL3_Shutdown();
    ImGui_ImplGlfw_Shutdown();
    ImGui::DestroyContext();
  }
  // what lives in the context goes before it
  scene_.close();
  glfwDestroyWindow(window_);
  glfwTerminate();
}

void App::open(std::unique_ptr<view::Engine> engine) {
  auto driver = std::make_shared<view::Driver>(std::move(engine));
  scene_.open(driver->scenery().stage);
  session_.attach(driver);
  view::apply_layout(layout_, driver->scenery().stage.scene.name, session_);
  if (options_.select >= 0) session_.select(options_.select);
  glfwSetWindowTitle(window_, ("volery-view: " + driver->title()).c_str());
}

// Colors of the dark theme, and sizes that fit the text.
void App::style(float scale) {
  if (scale == styled_scale_) return;
  styled_scale_ = scale;
  ImGui::GetStyle() = ImGuiStyle();
  ImGui::StyleColorsDark();
  ImGuiStyle& style = ImGui::GetStyle();
  style.WindowRounding = 0;
  style.WindowBorderSize = 1;
  style.FrameRounding = 3;
  style.WindowPadding = {6, 6};
  style.ItemSpacing = {6, 4};
  style.FramePadding = {6, 4};
  style.IndentSpacing = 12;
  style.ScrollbarSize = 11;
  style.Colors[ImGuiCol_WindowBg] = {0.09F, 0.098F, 0.11F, 1};
  style.Colors[ImGuiCol_MenuBarBg] = {0.075F, 0.08F, 0.09F, 1};
  style.Colors[ImGuiCol_Border] = {0.2F, 0.22F, 0.25F, 1};
  style.Colors[ImGuiCol_Text] = color_of(kText);
  style.Colors[ImGuiCol_FrameBg] = {0.16F, 0.175F, 0.2F, 1};
  style.Colors[ImGuiCol_Button] = {0.17F, 0.19F, 0.22F, 1};
  style.Colors[ImGuiCol_ButtonHovered] = {0.2F, 0.32F, 0.42F, 1};
  style.Colors[ImGuiCol_ButtonActive] = {0.18F, 0.42F, 0.58F, 1};
  style.Colors[ImGuiCol_Header] = {0.18F, 0.27F, 0.34F, 1};
  style.Colors[ImGuiCol_HeaderHovered] = {0.2F, 0.33F, 0.43F, 1};
  style.Colors[ImGuiCol_HeaderActive] = {0.2F, 0.4F, 0.54F, 1};
  style.ScaleAllSizes(scale);
  load_fonts(scale);
  ImGui_ImplOpenGL3_DestroyFontsTexture();
  ImGui_ImplOpenGL3_CreateFontsTexture();
}

void App::draw(double wall_s, double dt_s) {
  int width = 0, height = 0, window_width = 0, window_height = 0;
  glfwGetFramebufferSize(window_, &width, &height);
  glfwGetWindowSize(window_, &window_width, &window_height);
  if (width == 0 || height == 0) return;
  style(session_.scale());
  const WindowLayout layout =
      lay_out(static_cast<float>(window_width), static_cast<float>(window_height), session_);
  const Area& area = layout.scene;
  session_.update(wall_s, dt_s,
                  {static_cast<double>(area.x), static_cast<double>(area.y),
                   static_cast<double>(area.width), static_cast<double>(area.height)});
  const bool at_rest = !session_.sight().timeline.playing() && session_.rig().still_s() > kRest_s &&
                       wall_s - active_s_ > kRest_s;
  // monitors of high density have more pixels than the window has units
  const double px = static_cast<double>(width) / std::max(1, window_width);
  const auto whole = [px](float v) {
    return static_cast<int>(std::lround(static_cast<double>(v) * px));
  };
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  glViewport(0, 0, width, height);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  scene_.draw(
      session_,
      {whole(area.x), height - whole(area.y + area.height), whole(area.width), whole(area.height)},
      at_rest);
  times_.add("scene", scene_.draw_ms());

  draw_panels(layout, wall_s);
  rested_ = at_rest;
  owed_pictures_ = std::max(0, owed_pictures_ - 1);
  drawn_serial_ = session_.sight().serial;
}

void App::draw_panels(const WindowLayout& layout, double wall_s) {
  const double begin_s = wall_clock_s();
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImGui::NewFrame();
  Panel panel{.session = session_, .layout = layout};
  panel.wall_s = wall_s;
  panel.scale = session_.scale();
  panel.drawn = scene_.stats();
  panel.device = scene_.device();
  panel.frame_ms = frame_ms_;
  panel.draw_ms = scene_.draw_ms();
  panel.saving = scene_.saving();
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
  }
  draw_dialogs(panel);
  ImGui::Render();
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  session_.typing = ImGui::GetIO().WantTextInput;
  times_.add("panels", (wall_clock_s() - begin_s) * 1e3);
}

// Nothing is drawn twice: at rest the loop only listens.
bool App::needs_picture() {
  const double now_s = wall_clock_s();
  if (input_.take_activity()) {
    active_s_ = now_s;
    owed_pictures_ = kOwedPictures;
  }
  const std::shared_ptr<const view::Sight> latest = session_.driver().latest();
  const bool moving = latest->timeline.playing() || session_.rig().still_s() < kRest_s;
  return moving || latest->serial != drawn_serial_ || now_s - active_s_ < kRest_s * 2 || !rested_ ||
         video_.running() || !session_.toast(now_s - 0.2).empty();
}

void App::run(std::unique_ptr<view::Engine> engine) {
  open(std::move(engine));
  if (options_.at_s) {
    const double at_s = *options_.at_s;
    session_.driver().command(
        [at_s](view::Timeline& t) { t.step(static_cast<int>(std::llround(at_s / t.step_s()))); });
  }
  if (!options_.paused) session_.driver().command([](view::Timeline& t) { t.toggle_play(); });
  session_.driver().start();
  last_wall_s_ = active_s_ = wall_clock_s();
  while (glfwWindowShouldClose(window_) == 0) {
    if (!needs_picture()) {
      glfwWaitEventsTimeout(kIdlePoll_s);
      keep_report();
      continue;
    }
    glfwPollEvents();
    const double wall_s = wall_clock_s();
    const double dt_s = std::min(0.1, wall_s - last_wall_s_);
    frame_ms_ += ((wall_s - last_wall_s_) * 1e3 - frame_ms_) * 0.1;
    last_wall_s_ = wall_s;
    input_.update(dt_s);
    draw(wall_s, dt_s);
    const double swap_s = wall_clock_s();
    glfwSwapBuffers(window_);
    times_.add("swap", (wall_clock_s() - swap_s) * 1e3);
    serve_requests();
    open_asked();
    keep_report();
    if (input_.key_was_pressed()) show_hint_ = false;
    const double least_s = scene_.software() ? kFastestSoftware_s : kFastest_s;
    const double left_s = least_s - (wall_clock_s() - wall_s);
    if (left_s > 0) glfwWaitEventsTimeout(left_s);
  }
  session_.driver().stop();
  end_layout();
  reported_s_ = -1;
  keep_report();
}

void App::screenshot(std::unique_ptr<view::Engine> engine) {
  open(std::move(engine));
  view::Driver& driver = session_.driver();
  // what was flown lately leaves its trail
  const double at_s = options_.at_s.value_or(0);
  for (double t_s = at_s - view::Trails::kSpan_s; t_s < at_s; t_s += kTrailEvery_s) {
    if (t_s < 0) continue;
    run_to(driver, t_s);
    session_.update(wall_clock_s(), 0, {});
  }
  run_to(driver, at_s);
  session_.reframe();
  // some more, so that panels know their sizes and cameras have arrived
  for (int i = 0; i < 4; ++i) draw(wall_clock_s(), 1);
  driver.turn(wall_clock_s() + 1);
  draw(wall_clock_s() + 2, 1);
  glFinish();
  int width = 0, height = 0;
  const std::vector<std::uint8_t> rgb = pixels(width, height);
  write_png(options_.screenshot, width, height, rgb);
  reported_s_ = -1;
  keep_report();
}

std::vector<std::uint8_t> App::pixels(int& width, int& height) const {
  glfwGetFramebufferSize(window_, &width, &height);
  const std::size_t row = static_cast<std::size_t>(width) * 3;
  std::vector<std::uint8_t> up(row * static_cast<std::size_t>(height)), down(up.size());
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE, up.data());
  for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
    const auto from =
        up.begin() + static_cast<std::ptrdiff_t>((static_cast<std::size_t>(height) - 1 - y) * row);
    std::copy(from, from + static_cast<std::ptrdiff_t>(row),
              down.begin() + static_cast<std::ptrdiff_t>(y * row));
  }
  return down;
}

void App::serve_requests() {
  const view::Requests requests = session_.take_requests();
  int width = 0, height = 0;
  try {
    if (requests.picture) {
      const std::filesystem::path name = next_name("volery", ".png");
      const std::vector<std::uint8_t> rgb = pixels(width, height);
      write_png(name, width, height, rgb);
      session_.say("Saved " + name.string());
    }
    if (requests.video) {
      if (video_.running()) {
        session_.say("Saved " + video_.stop());
      } else {
        glfwGetFramebufferSize(window_, &width, &height);
        video_.start(width, height);
      }
    }
    const double now_s = wall_clock_s();
    if (video_.running() && now_s - video_s_ >= 1.0 / Video::kRate_hz) {
      video_s_ = now_s;
      const std::vector<std::uint8_t> rgb = pixels(width, height);
      video_.add(width, height, rgb);
    }
    if (requests.save_layout) end_layout();
  } catch (const Error& error) {
    session_.say(error.what());
  }
  if (!requests.copy.empty()) glfwSetClipboardString(window_, requests.copy.c_str());
  if (requests.branch) branch_recording();
  if (requests.quit) glfwSetWindowShouldClose(window_, GLFW_TRUE);
  if (requests.full_screen) {
    if (glfwGetWindowMonitor(window_) != nullptr) {
      glfwSetWindowMonitor(window_, nullptr, windowed_[0], windowed_[1], windowed_[2], windowed_[3],
                           GLFW_DONT_CARE);
    } else if (GLFWmonitor* monitor = glfwGetPrimaryMonitor()) {
      glfwGetWindowPos(window_, &windowed_[0], &windowed_[1]);
      glfwGetWindowSize(window_, &windowed_[2], &windowed_[3]);
      const GLFWvidmode* mode = glfwGetVideoMode(monitor);
      glfwSetWindowMonitor(window_, monitor, 0, 0, mode->width, mode->height, mode->refreshRate);
    }
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
  layout_.maximized = glfwGetWindowAttrib(window_, GLFW_MAXIMIZED) != 0;
  if (!layout_.maximized && glfwGetWindowMonitor(window_) == nullptr) {
    glfwGetWindowSize(window_, &layout_.window_width, &layout_.window_height);
  }
  try {
    view::write_layout(layout_path_, layout_);
  } catch (const Error& error) {
    session_.say(error.what());
  }
}

// For tests: whoever reads it never sees half a file.
void App::keep_report() {
  if (options_.report.empty()) return;
  const double now_s = wall_clock_s();
  if (reported_s_ >= 0 && now_s - reported_s_ < kReport_s) return;
  reported_s_ = now_s;
  std::string report = session_.report();
  if (report == reported_) return;
  const std::string beside = options_.report + ".new";
  std::ofstream(beside) << report << "\n";
  std::error_code error;
  std::filesystem::rename(beside, options_.report, error);
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
