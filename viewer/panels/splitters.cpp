// Edges between panels and scene that can be dragged; a double click puts one back.
#include "viewer/panels/panel.hpp"

namespace volery::viewer {

void draw_splitters(Panel& panel) {
  const char* const names[] = {"##left_edge", "##right_edge", "##drawer_edge"};
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
  for (const view::Splitter which : view::kSplitters) {
    const view::Area area = view::splitter_area(panel.layout, which, panel.scale);
    if (area.width <= 0) continue;
    const char* name = names[static_cast<int>(which)];
    ImGui::SetNextWindowPos({area.x, area.y});
    ImGui::SetNextWindowSize({area.width, area.height});
    // over the panels and below dialogs
    const ImGuiWindowFlags flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                   ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav |
                                   ImGuiWindowFlags_NoFocusOnAppearing |
                                   ImGuiWindowFlags_NoSavedSettings;
    if (ImGui::Begin(name, nullptr, flags)) {
      ImGui::InvisibleButton(name, {area.width, area.height});
      const bool flat = which == view::Splitter::kDrawer;
      if (ImGui::IsItemHovered() || ImGui::IsItemActive()) {
        ImGui::SetMouseCursor(flat ? ImGuiMouseCursor_ResizeNS : ImGuiMouseCursor_ResizeEW);
        const float x = area.x + area.width / 2, y = area.y + area.height / 2;
        ImGui::GetForegroundDrawList()->AddLine(
            {flat ? area.x : x, flat ? y : area.y},
            {flat ? area.x + area.width : x, flat ? y : area.y + area.height},
            ImGui::GetColorU32(ImGuiCol_SliderGrabActive), 2);
      }
      const ImVec2 mouse = ImGui::GetIO().MousePos;
      if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0)) {
        view::reset_splitter(panel.session.panels, which);
      } else if (ImGui::IsItemActive() && ImGui::IsMouseDragging(0)) {
        view::drag_splitter(panel.session.panels, which, flat ? mouse.y : mouse.x, panel.layout,
                            panel.scale);
      }
    }
    ImGui::End();
  }
  ImGui::PopStyleVar(2);
}

}  // namespace volery::viewer
