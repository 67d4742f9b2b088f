// Panels: parts of the window, one file each. They keep nothing: what is shown comes from the
// session, and what is clicked goes back to it, so that tests reach everything without a window.
#pragma once

#include <imgui.h>

#include <string>

#include "render/renderer.hpp"
#include "view/session.hpp"
#include "view/window_layout.hpp"

namespace volery::viewer {

struct Panel {
  view::Session& session;
  const view::WindowLayout& layout;
  double wall_s = 0;
  float scale = 1;
  render::DrawStats drawn{};
  std::string device{};    // what draws
  double frame_ms = 0;     // between pictures
  double draw_ms = 0;      // of the scene
  std::string saving{};    // what is being done about drawing slowly; "" nothing
  bool recording = false;  // a video
  view::StageTimes* window_times = nullptr;
  // set by dialogs, taken by the program
  std::string* open_path = nullptr;
  bool* show_hint = nullptr;
  view::Area box{};  // being dragged; width 0: none
  bool* menu_asked = nullptr;
};

void draw_bar(Panel& panel);
void draw_scene_panel(Panel& panel);
void draw_inspect_panel(Panel& panel);
void draw_time_bar(Panel& panel);
void draw_drawer(Panel& panel);
void draw_overlay(Panel& panel);
void draw_dialogs(Panel& panel);
void draw_splitters(Panel& panel);

// tabs of the drawer
void draw_timing_tab(Panel& panel);
void draw_plots_tab(Panel& panel);
void draw_events_tab(Panel& panel);
void draw_radio_tab(Panel& panel);
void draw_control_tab(Panel& panel);

// helpers

/// A color of the dark theme as the current one shows it on panels: text keeps its contrast.
[[nodiscard]] ImVec4 color_of(render::Color color, float alpha = 1);
[[nodiscard]] ImU32 packed_color(render::Color color, float alpha = 1);
/// Behind text that lies over the scene.
[[nodiscard]] ImU32 plate_color();
inline constexpr render::Color kDim{0x9A, 0xA0, 0xA8};
inline constexpr render::Color kText{0xE6, 0xE8, 0xEA};

/// Begins a fixed region without title; End() it in any case.
bool begin_area(const char* name, const view::Area& area, bool scrolls);
/// Name at the left, value at the right end of the line, or on the next line where both do not fit.
void draw_value(const std::string& name, const std::string& value, const std::string& tip = "");
void draw_heading(const char* text);
/// A button that does a command, with its keys as a tip. True where it was pressed.
bool command_button(Panel& panel, view::Command command, const char* label, bool active = false);

}  // namespace volery::viewer
