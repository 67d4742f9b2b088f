#include "viewer/style.hpp"

#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>

#include "view/theme.hpp"
#include "viewer/font.hpp"
#include "viewer/panels/panel.hpp"

namespace volery::viewer {

namespace {

struct Tint {
  ImGuiCol_ what;
  render::Color dark, light;
};
// text on any of them keeps a contrast of 4.5
constexpr Tint kTints[] = {
    {ImGuiCol_Text, {0xE6, 0xE8, 0xEA}, {0x1B, 0x1E, 0x22}},
    {ImGuiCol_TextDisabled, {0x9A, 0xA0, 0xA8}, {0x58, 0x5F, 0x68}},
    {ImGuiCol_WindowBg, view::kDarkPanel, view::kLightPanel},
    {ImGuiCol_MenuBarBg, {0x13, 0x14, 0x17}, {0xE8, 0xEA, 0xED}},
    {ImGuiCol_PopupBg, {0x14, 0x16, 0x19, 0xF4}, {0xFA, 0xFB, 0xFC, 0xF8}},
    {ImGuiCol_Border, {0x33, 0x38, 0x40}, {0xC2, 0xC7, 0xCE}},
    {ImGuiCol_Separator, {0x4A, 0x50, 0x58}, {0xB4, 0xBA, 0xC2}},
    {ImGuiCol_FrameBg, {0x29, 0x2D, 0x33}, {0xDC, 0xE0, 0xE5}},
    {ImGuiCol_FrameBgHovered, {0x2B, 0x42, 0x56}, {0xC6, 0xDB, 0xEC}},
    {ImGuiCol_FrameBgActive, {0x2C, 0x50, 0x6E}, {0xB4, 0xD2, 0xE8}},
    {ImGuiCol_TitleBg, {0x13, 0x14, 0x17}, {0xE8, 0xEA, 0xED}},
    {ImGuiCol_TitleBgActive, {0x1F, 0x3A, 0x52}, {0xBF, 0xD9, 0xEC}},
    {ImGuiCol_Button, {0x2B, 0x30, 0x38}, {0xD5, 0xDA, 0xE0}},
    {ImGuiCol_ButtonHovered, {0x33, 0x52, 0x6B}, {0xBA, 0xD6, 0xEA}},
    {ImGuiCol_ButtonActive, {0x2E, 0x6B, 0x94}, {0x93, 0xC4, 0xE4}},
    {ImGuiCol_Header, {0x2E, 0x45, 0x57}, {0xC3, 0xDA, 0xEC}},
    {ImGuiCol_HeaderHovered, {0x33, 0x54, 0x6E}, {0xB2, 0xD1, 0xE8}},
    {ImGuiCol_HeaderActive, {0x33, 0x66, 0x8A}, {0x9C, 0xC7, 0xE4}},
    {ImGuiCol_CheckMark, {0x56, 0xB4, 0xE9}, {0x00, 0x72, 0xB2}},
    {ImGuiCol_SliderGrab, {0x3D, 0x85, 0xB8}, {0x4F, 0x9C, 0xCB}},
    {ImGuiCol_SliderGrabActive, {0x56, 0xB4, 0xE9}, {0x00, 0x72, 0xB2}},
    {ImGuiCol_NavHighlight, {0x56, 0xB4, 0xE9}, {0x00, 0x72, 0xB2}},
    {ImGuiCol_TextSelectedBg, {0x2E, 0x6B, 0x94}, {0x93, 0xC4, 0xE4}},
    {ImGuiCol_ScrollbarBg, {0x14, 0x16, 0x19, 0x80}, {0xE4, 0xE7, 0xEB, 0x80}},
    {ImGuiCol_ScrollbarGrab, {0x4A, 0x50, 0x58}, {0xB0, 0xB7, 0xC0}},
    {ImGuiCol_TableHeaderBg, {0x24, 0x28, 0x2E}, {0xDF, 0xE3, 0xE8}},
    {ImGuiCol_TableRowBgAlt, {0xFF, 0xFF, 0xFF, 0x0A}, {0x00, 0x00, 0x00, 0x0A}},
};

ImVec4 plain(render::Color c) {
  constexpr float kUnit = 1.0F / 255;
  return {static_cast<float>(c.r) * kUnit, static_cast<float>(c.g) * kUnit,
          static_cast<float>(c.b) * kUnit, static_cast<float>(c.a) * kUnit};
}

}  // namespace

void Style::set(float scale, bool light) {
  if (scale == scale_ && light == light_) return;
  const bool other_size = scale != scale_;
  scale_ = scale;
  light_ = light;
  ImGuiStyle& style = ImGui::GetStyle();
  style = ImGuiStyle();
  if (light)
    ImGui::StyleColorsLight();
  else
    ImGui::StyleColorsDark();
  style.WindowRounding = 0;
  style.WindowBorderSize = 1;
  style.FrameRounding = 3;
  style.WindowPadding = {6, 6};
  style.ItemSpacing = {6, 4};
  style.FramePadding = {6, 4};
  style.IndentSpacing = 12;
  style.ScrollbarSize = 11;
  for (const Tint& tint : kTints) style.Colors[tint.what] = plain(light ? tint.light : tint.dark);
  style.ScaleAllSizes(scale);
  if (!other_size) return;
  load_fonts(scale);
  ImGui_ImplOpenGL3_DestroyFontsTexture();
  ImGui_ImplOpenGL3_CreateFontsTexture();
}

}  // namespace volery::viewer
