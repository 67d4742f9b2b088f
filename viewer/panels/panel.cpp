// What panels share.
#include "viewer/panels/panel.hpp"

#include <algorithm>
#include <cmath>

namespace volery::viewer {

namespace {

constexpr float kBar_px = 26, kTime_px = 34;
constexpr float kMostSide = 0.24F;    // of the width, each
constexpr float kMostDrawer = 0.45F;  // of the height

}  // namespace

WindowLayout lay_out(float width, float height, const view::Session& session) {
  const view::Panels& panels = session.panels;
  const float scale = session.scale();
  const bool shown = !panels.hidden;
  const float bar = shown ? std::round(kBar_px * scale) : 0;
  const float time = shown ? std::round(kTime_px * scale) : 0;
  const auto side = [&](bool open, float px) {
    return shown && open ? std::round(std::min(px * scale, kMostSide * width)) : 0.0F;
  };
  const float left = side(panels.left, panels.left_px);
  const float right = side(panels.right, panels.right_px);
  const float middle = std::max(0.0F, height - bar - time);
  const float drawer = shown && panels.drawer
                           ? std::round(std::min(panels.drawer_px * scale, kMostDrawer * height))
                           : 0.0F;
  WindowLayout layout;
  layout.bar = {0, 0, width, bar};
  layout.left = {0, bar, left, middle};
  layout.right = {width - right, bar, right, middle};
  layout.scene = {left, bar, std::max(1.0F, width - left - right), std::max(1.0F, middle - drawer)};
  layout.drawer = {left, bar + middle - drawer, layout.scene.width, drawer};
  layout.time = {0, height - time, width, time};
  return layout;
}

ImVec4 color_of(render::Color color, float alpha) {
  constexpr float kUnit = 1.0F / 255;
  return {static_cast<float>(color.r) * kUnit, static_cast<float>(color.g) * kUnit,
          static_cast<float>(color.b) * kUnit, static_cast<float>(color.a) * kUnit * alpha};
}

ImU32 packed_color(render::Color color, float alpha) {
  return ImGui::ColorConvertFloat4ToU32(color_of(color, alpha));
}

bool begin_area(const char* name, const Area& area, bool scrolls) {
  ImGui::SetNextWindowPos({area.x, area.y});
  ImGui::SetNextWindowSize({area.width, area.height});
  ImGuiWindowFlags flags = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
                           ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoCollapse |
                           ImGuiWindowFlags_NoSavedSettings |
                           ImGuiWindowFlags_NoBringToFrontOnFocus;
  if (!scrolls) flags |= ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
  return ImGui::Begin(name, nullptr, flags);
}

void draw_value(const std::string& name, const std::string& value, const std::string& tip) {
  ImGui::PushStyleColor(ImGuiCol_Text, color_of(kDim));
  ImGui::TextUnformatted(name.c_str());
  ImGui::PopStyleColor();
  if (!tip.empty() && ImGui::IsItemHovered()) ImGui::SetTooltip("%s", tip.c_str());
  const float room = ImGui::GetWindowContentRegionMax().x;
  const float needs = ImGui::CalcTextSize(value.c_str()).x;
  const float taken = ImGui::GetItemRectMax().x - ImGui::GetWindowPos().x;
  if (taken + needs + ImGui::GetStyle().ItemSpacing.x <= room) {
    ImGui::SameLine();
    ImGui::SetCursorPosX(room - needs);
    ImGui::TextUnformatted(value.c_str());
  } else {
    ImGui::PushTextWrapPos(room);
    if (needs <= room) ImGui::SetCursorPosX(std::max(ImGui::GetCursorPosX(), room - needs));
    ImGui::TextUnformatted(value.c_str());
    ImGui::PopTextWrapPos();
  }
  if (!tip.empty() && ImGui::IsItemHovered()) ImGui::SetTooltip("%s", tip.c_str());
}

void draw_heading(const char* text) {
  ImGui::Spacing();
  ImGui::PushStyleColor(ImGuiCol_Text, color_of(view::kTeamColors[0]));
  ImGui::TextUnformatted(text);
  ImGui::PopStyleColor();
  ImGui::Separator();
}

bool command_button(Panel& panel, view::Command command, const char* label, bool active) {
  const view::CommandRow& row = view::row_of(command);
  if (active)
    ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(ImGuiCol_ButtonActive));
  ImGui::PushID(row.name);
  const bool pressed = ImGui::Button(label);
  ImGui::PopID();
  if (active) ImGui::PopStyleColor();
  if (ImGui::IsItemHovered()) {
    ImGui::SetTooltip("%s  %s", row.label, view::keys_text(row).c_str());
  }
  if (pressed) panel.session.apply(command);
  return pressed;
}

}  // namespace volery::viewer
