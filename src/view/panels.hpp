// Panels: which parts of the window are open, and how large. What a layout file keeps, and dialogs,
// which it does not.
#pragma once

namespace volery::view {

enum class DrawerTab : int { kTiming, kPlots, kEvents, kRadio, kControl };
[[nodiscard]] const char* drawer_tab_name(DrawerTab tab) noexcept;

struct Panels {
  bool left = true, right = true, drawer = false;
  bool hidden = false;  // all of them, until H again
  bool help = false, palette = false, find = false, type_time = false, open_file = false;
  bool type_setting = false;
  DrawerTab tab = DrawerTab::kPlots;
  float left_px = 180, right_px = 200, drawer_px = 190;  // at text scale 1
  [[nodiscard]] bool any_dialog() const noexcept;
  void close_dialogs() noexcept;
};

}  // namespace volery::view
