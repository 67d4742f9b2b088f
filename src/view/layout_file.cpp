// Reading, writing and applying what is kept between runs.
#include "view/layout_file.hpp"

#include <cstdlib>
#include <fstream>

#include "core/toml.hpp"
#include "view/window_layout.hpp"
#include "volery/error.hpp"

namespace volery::view {

namespace fs = std::filesystem;

void LayoutFile::describe(FieldVisitor& v) {
  v.field("version", version,
          {.low = kLayoutVersion, .high = kLayoutVersion, .doc = "of this file"});
  v.field("window_width", window_width, {.unit = "px", .low = 320, .high = 16384, .doc = ""});
  v.field("window_height", window_height, {.unit = "px", .low = 240, .high = 16384, .doc = ""});
  v.field("maximized", maximized, {.doc = "the window fills the screen"});
  v.field("scale", scale, {.low = 0, .high = 2.5, .doc = "of text; 0: the monitor's"});
  v.field("light", light, {.doc = "the light theme"});
  v.field("reduce_motion", reduce_motion, {.doc = "cameras jump instead of easing"});
  v.field("left", left, {.doc = "the scene panel is open"});
  v.field("right", right, {.doc = "the inspector is open"});
  v.field("drawer", drawer, {.doc = "the drawer is open"});
  const auto size = [&v](const char* name, float& px, PanelLimits limits) {
    v.field(name, px,
            {.unit = "px", .low = limits.least_px, .high = limits.most_px, .doc = "at scale 1"});
  };
  size("left_px", left_px, kLeftLimits);
  size("right_px", right_px, kRightLimits);
  size("drawer_px", drawer_px, kDrawerLimits);
  v.field("tab", tab, {.doc = "of the drawer"});
  v.field("layers", layers,
          {.low = 0, .high = 3, .doc = "scopes of layers 1-8, then the grid", .size = 9});
  v.tree("cameras", cameras, "saved cameras by scene");
}

fs::path layout_path() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && config[0] == '/') return fs::path(config) / "volery" / "view.toml";
  const char* home = std::getenv("HOME");
  if (home == nullptr || home[0] == '\0') return {};
  return fs::path(home) / ".config" / "volery" / "view.toml";
}

LayoutFile read_layout(const fs::path& file, std::string& notice) {
  LayoutFile layout;
  std::error_code error;
  if (file.empty() || !fs::exists(file, error)) return layout;
  try {
    load(layout, read_toml(file), "layout");
  } catch (const Error& wrong) {
    const fs::path backup = file.string() + ".bak";
    fs::rename(file, backup, error);
    notice = "The layout was reset, the old one is " + backup.filename().string() + " (" +
             wrong.what() + ")";
    return LayoutFile{};
  }
  return layout;
}

void write_layout(const fs::path& file, const LayoutFile& layout) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  const fs::path beside = file.string() + ".new";
  std::ofstream out(beside);
  out << write_toml(to_value(layout));
  out.close();
  if (out) fs::rename(beside, file, error);
  if (!out || error) {
    throw Error(ErrorKind::kFile, file.string() + ": cannot be written" +
                                      (error ? ": " + error.message() : std::string()));
  }
}

void apply_layout(const LayoutFile& layout, const std::string& scene, Session& session) {
  Panels& panels = session.panels;
  panels.left = layout.left, panels.right = layout.right, panels.drawer = layout.drawer;
  panels.left_px = layout.left_px, panels.right_px = layout.right_px;
  panels.drawer_px = layout.drawer_px;
  for (int i = 0; i < 5; ++i) {
    if (layout.tab == drawer_tab_name(static_cast<DrawerTab>(i))) {
      panels.tab = static_cast<DrawerTab>(i);
    }
  }
  for (int i = 0; i < 8; ++i) {
    session.scope_of(i) =
        static_cast<Scope>(static_cast<int>(layout.layers[static_cast<std::size_t>(i)]));
  }
  session.layers.grid = layout.layers[8] != 0;
  session.light = layout.light;
  session.reduce_motion = layout.reduce_motion;
  std::vector<OrbitPose> poses;
  const Value* saved = layout.cameras.find(scene);
  if (saved != nullptr && saved->is<Value::Array>()) {
    for (const Value& text : saved->as<Value::Array>()) {
      if (!text.is<std::string>()) continue;
      if (const auto pose = pose_of_text(text.as<std::string>())) poses.push_back(*pose);
    }
  }
  session.saved().set_all(std::move(poses));
}

void collect_layout(const Session& session, const std::string& scene, LayoutFile& layout) {
  const Panels& panels = session.panels;
  layout.left = panels.left, layout.right = panels.right, layout.drawer = panels.drawer;
  layout.left_px = panels.left_px, layout.right_px = panels.right_px;
  layout.drawer_px = panels.drawer_px;
  layout.tab = drawer_tab_name(panels.tab);
  for (int i = 0; i < 8; ++i) {
    layout.layers[static_cast<std::size_t>(i)] = static_cast<float>(session.scope_of(i));
  }
  layout.layers[8] = session.layers.grid ? 1 : 0;
  layout.scale = session.scale();
  layout.light = session.light;
  layout.reduce_motion = session.reduce_motion;
  Value::Array poses;
  for (const OrbitPose& pose : session.saved().all()) poses.emplace_back(pose_text(pose));
  layout.cameras.table()[scene] = poses;
}

}  // namespace volery::view
