// The drawer below the scene: a tab for each kind of closer look.
#include "viewer/panels/panel.hpp"

namespace volery::viewer {

void draw_drawer(Panel& panel) {
  if (panel.layout.drawer.height <= 0) return;
  view::Session& session = panel.session;
  if (begin_area("##drawer", panel.layout.drawer, false)) {
    for (int i = 0; i < 5; ++i) {
      const auto tab = static_cast<view::DrawerTab>(i);
      const bool active = session.panels.tab == tab;
      if (i > 0) ImGui::SameLine();
      if (active) {
        ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(ImGuiCol_ButtonActive));
      }
      if (ImGui::Button(view::drawer_tab_name(tab))) session.panels.tab = tab;
      if (active) ImGui::PopStyleColor();
    }
    ImGui::BeginChild("##tab");
    switch (session.panels.tab) {
      case view::DrawerTab::kTiming:
        draw_timing_tab(panel);
        break;
      case view::DrawerTab::kPlots:
        draw_plots_tab(panel);
        break;
      case view::DrawerTab::kEvents:
        draw_events_tab(panel);
        break;
      case view::DrawerTab::kRadio:
        draw_radio_tab(panel);
        break;
      case view::DrawerTab::kControl:
        draw_control_tab(panel);
        break;
    }
    ImGui::EndChild();
  }
  ImGui::End();
}

}  // namespace volery::viewer
