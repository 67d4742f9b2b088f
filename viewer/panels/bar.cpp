// The bar at the top: menus, what is looked at, time, step, speed wanted and achieved.
#include <cmath>
#include <cstring>

#include "view/numbers.hpp"
#include "viewer/panels/panel.hpp"

namespace volery::viewer {

namespace {

void draw_menu(Panel& panel, const char* menu) {
  if (!ImGui::BeginMenu(menu)) return;
  for (const view::CommandRow& row : view::commands()) {
    if (std::strcmp(row.menu, menu) != 0) continue;
    if (ImGui::MenuItem(row.label, view::keys_text(row).c_str())) panel.session.apply(row.command);
  }
  ImGui::EndMenu();
}

std::string speed_line(const view::Sight& sight) {
  const view::Timeline& timeline = sight.timeline;
  if (!timeline.playing()) return "paused  " + view::speed_text(timeline.speed());
  char achieved[32];
  const double value = sight.achieved;
  std::snprintf(achieved, sizeof achieved, std::fabs(value) < 10 ? " (%.2f)" : " (%.0f)", value);
  return view::speed_text(timeline.speed()) + achieved;
}

}  // namespace

void draw_bar(Panel& panel) {
  view::Session& session = panel.session;
  const view::Sight& sight = session.sight();
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize({panel.layout.bar.width, panel.layout.bar.height});
  const ImGuiWindowFlags flags = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
                                 ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoScrollbar |
                                 ImGuiWindowFlags_MenuBar | ImGuiWindowFlags_NoSavedSettings |
                                 ImGuiWindowFlags_NoBringToFrontOnFocus;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
  if (ImGui::Begin("##bar", nullptr, flags) && ImGui::BeginMenuBar()) {
    for (const char* menu : {"File", "Sim", "View", "Select", "Layers", "Help"}) {
      draw_menu(panel, menu);
    }
    // what and when; fault colors and words for what is not live
    const bool live =
        std::strcmp(sight.kind, "LIVE") == 0 || std::strcmp(sight.kind, "STREAM") == 0;
    const bool past = live && sight.timeline.position() + 1 < sight.timeline.range().last;
    ImGui::TextColored(color_of(live && !past ? view::kTeamColors[0] : view::kTeamColors[1]),
                       "%s%s", sight.kind, past ? " (past)" : "");
    const std::string what = session.driver().title();
    const std::string line =
        "t " + view::time_text(static_cast<double>(sight.now.step) * sight.timeline.step_s()) +
        "   step " + std::to_string(sight.now.step) + "   " + speed_line(sight);
    const float needs = ImGui::CalcTextSize((what + "   " + line).c_str()).x;
    const float room = ImGui::GetContentRegionAvail().x;
    if (needs < room) ImGui::TextUnformatted(what.c_str());
    // numbers that change stand at the right end, so that nothing before them moves
    const float width = ImGui::CalcTextSize(line.c_str()).x;
    if (width < ImGui::GetContentRegionAvail().x) {
      ImGui::SetCursorPosX(ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x - width);
    }
    ImGui::TextUnformatted(line.c_str());
    ImGui::EndMenuBar();
  }
  ImGui::End();
  ImGui::PopStyleVar();
}

}  // namespace volery::viewer
