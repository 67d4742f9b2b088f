// Layout file: how the window was left. In the user's configuration folder, versioned, written
// whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/described.hpp"
#include "view/session.hpp"

namespace volery::view {

inline constexpr int kLayoutVersion = 1;

/// What is kept between runs. `cameras` is a table: name of a scene -> poses as pose_text().
struct LayoutFile {
  int version = kLayoutVersion;
  int window_width = 1280, window_height = 720;
  bool maximized = false;
  float scale = 0;  // of text; 0: the monitor's
  bool light = false;
  bool reduce_motion = false;
  bool left = true, right = true, drawer = false;
  float left_px = 180, right_px = 200, drawer_px = 190;
  std::string tab = "PLOTS";
  std::vector<float> layers{3, 3, 1, 1, 0, 3, 1, 1, 1};  // scopes 0-3 of layers 1-8, the grid 0-1
  Value cameras = Value::Table{};
  void describe(FieldVisitor& v);
};

/// $XDG_CONFIG_HOME/volery/view.toml, else ~/.config/volery/view.toml; empty where neither is set.
[[nodiscard]] std::filesystem::path layout_path();
/// Defaults where there is no file. A file of another version or that cannot be read is moved to
/// <file>.bak, and `notice` says so.
[[nodiscard]] LayoutFile read_layout(const std::filesystem::path& file, std::string& notice);
/// Writes beside it and renames. Throws Error (kFile) where the folder cannot be written.
void write_layout(const std::filesystem::path& file, const LayoutFile& layout);

/// Between file and session; `scene` names whose cameras are meant.
void apply_layout(const LayoutFile& layout, const std::string& scene, Session& session);
void collect_layout(const Session& session, const std::string& scene, LayoutFile& layout);

}  // namespace volery::view
