// What panels share.
#include "viewer/panels/panel.hpp"

#include <algorithm>
#include <cmath>

#include "view/theme.hpp"

namespace volery::viewer {

namespace {

bool light_theme() {
  return ImGui::GetStyleColorVec4(ImGuiCol_WindowBg).x > 0.5F;
}

// What stands on panels of a light theme.
render::Color on_panel(render::Color color) {
  if (!light_theme()) return color;
  const ImGuiCol_ own = color == kText ? ImGuiCol_Text : ImGuiCol_TextDisabled;
  if (color == kText || color == kDim) {
    const ImVec4 v = ImGui::GetStyleColorVec4(own);
    const auto byte = [](float part) { return static_cast<std::uint8_t>(std::lround(part * 255)); };
    return {byte(v.x), byte(v.y), byte(v.z), color.a};
  }
  return view::on_light(color, view::kLightPanel, view::kTextContrast);
}

}  // namespace

ImVec4 color_of(render::Color color, float alpha) {
  color = on_panel(color);
  constexpr float kUnit = 1.0F / 255;
  return {static_cast<float>(color.r) * kUnit, static_cast<float>(color.g) * kUnit,
          static_cast<float>(color.b) * kUnit, static_cast<float>(color.a) * kUnit * alpha};
}

ImU32 packed_color(render::Color color, float alpha) {
  return ImGui::ColorConvertFloat4ToU32(color_of(color, alpha));
}

ImU32 plate_color() {
  ImVec4 color = ImGui::GetStyleColorVec4(ImGuiCol_WindowBg);
  color.w = 0.78F;
  return ImGui::ColorConvertFloat4ToU32(color);
}

bool begin_area(const char* name, const view::Area& area, bool scrolls) {
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
