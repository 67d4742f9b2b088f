// volery-view: a window on worlds of quadcopters.
#include <cmath>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <thread>

#include "render/context.hpp"
#include "render/offscreen.hpp"
#include "viewer/app.hpp"
#include "viewer/options.hpp"
#include "volery/error.hpp"

namespace volery::viewer {

namespace {

int fail(std::string message, int code) {
  for (char& c : message) {
    if (c == '\n') c = ' ';
  }
  std::cerr << "volery-view: " << message << "\n";
  return code;
}

bool has_display() {
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && value[0] != '\0') return true;
  }
  return false;
}

// The scene alone, without window and panels.
void picture_without_display(std::unique_ptr<view::Engine> engine, const Options& options) {
  const auto [width, height] = options.size.value_or(PixelSize{});
  auto driver = std::make_shared<view::Driver>(std::move(engine));
  view::Session session;
  session.attach(driver);
  if (options.select) session.select(*options.select);
  session.light = options.theme == "light";
  run_to(*driver, options.at_s.value_or(0));
  const view::ViewRect view{0, 0, static_cast<double>(width), static_cast<double>(height)};
  session.update(0, 0, view);
  render::Offscreen offscreen(driver->scenery().stage, render::backend_from_environment());
  std::vector<std::uint8_t> rgb(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                                3);
  offscreen.rgb(session.frame(), session.camera(), width, height, {.light_theme = session.light},
                rgb);
  write_png(options.screenshot, width, height, rgb);
  if (!options.report.empty() && !write_report(options.report, session.report()))
    throw Error(ErrorKind::kFile, options.report + ": cannot be written");
}

int run_program(int argc, char** argv) {
  Options options;
  if (const std::optional<int> code = parse_options(argc, argv, options)) return *code;
  // software drivers take all cores for pictures; one stays with the simulation
  if (std::thread::hardware_concurrency() <= 4) setenv("LP_NUM_THREADS", "1", 0);
  try {
    check_options(options);
    // pictures that are switched off are so in windows, too; this says it
    if (render::backend_from_environment() == render::Backend::kOff)
      static_cast<void>(render::make_context(render::Backend::kOff));
    std::unique_ptr<view::Engine> engine = open_engine(options);
    check_against(*engine, options);
    if (!options.screenshot.empty() && !has_display()) {
      picture_without_display(std::move(engine), options);
      return kOk;
    }
    App app(options);
    if (options.measure_s)
      app.measure(std::move(engine));
    else if (options.screenshot.empty())
      app.run(std::move(engine));
    else
      app.screenshot(std::move(engine));
  } catch (const Error& error) {
    return fail(error.what(), error.kind() == ErrorKind::kState ? kFailed : kUsage);
  } catch (const std::exception& error) {
    return fail(error.what(), kFailed);
  }
  return kOk;
}

}  // namespace

}  // namespace volery::viewer

int main(int argc, char** argv) {
  return volery::viewer::run_program(argc, argv);
}
