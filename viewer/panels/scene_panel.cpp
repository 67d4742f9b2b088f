// The left side: worlds, agents, layers.
#include <algorithm>
#include <cstdio>

#include "view/numbers.hpp"
#include "viewer/panels/panel.hpp"

namespace volery::viewer {

namespace {

constexpr const char* kScopeNames[] = {"off", "sel", "near", "all"};

void draw_worlds(Panel& panel) {
  view::Session& session = panel.session;
  const int worlds = session.driver().num_worlds();
  if (worlds == 1) return;
  ImGui::AlignTextToFramePadding();
  ImGui::Text("world");
  ImGui::SameLine();
  int world = session.world();
  ImGui::SetNextItemWidth(-1);
  char format[48];
  std::snprintf(format, sizeof format, "%%d / %d", worlds - 1);
  if (ImGui::SliderInt("##world", &world, 0, worlds - 1, format)) session.set_world(world);
  command_button(panel, view::Command::kWorldGrid, "grid of worlds", session.world_grid());
}

void draw_layers(Panel& panel) {
  view::Session& session = panel.session;
  draw_heading("LAYERS");
  for (int i = 0; i < 9; ++i) {
    const auto command = static_cast<view::Command>(static_cast<int>(view::Command::kLayer1) + i);
    const view::Scope scope = i < 8 ? std::as_const(session).scope_of(i) : view::Scope::kAll;
    const bool on = i < 8 ? scope != view::Scope::kNone : session.layers.grid;
    ImGui::PushID(i);
    char name[48];
    std::snprintf(name, sizeof name, "%d %s", i + 1, view::row_of(command).label);
    ImGui::PushStyleColor(ImGuiCol_Text, color_of(on ? kText : kDim));
    if (ImGui::Selectable(name, false, 0, {ImGui::GetContentRegionAvail().x * 0.74F, 0})) {
      session.toggle_layer(i);
    }
    ImGui::PopStyleColor();
    if (i < 8) {
      ImGui::SameLine();
      const char* text = on ? kScopeNames[static_cast<int>(scope)] : "off";
      const float right = ImGui::GetWindowContentRegionMax().x;
      ImGui::SetCursorPosX(right - ImGui::CalcTextSize("near").x - 2);
      if (ImGui::Selectable(text)) session.cycle_scope(i);
      if (ImGui::IsItemHovered()) {
        ImGui::SetTooltip("of whom: selected, their neighbors, all (Shift+%d)", i + 1);
      }
    }
    ImGui::PopID();
  }
}

void draw_agents(Panel& panel) {
  view::Session& session = panel.session;
  const view::Moment& moment = session.moment();
  const view::Scenery& scenery = session.driver().scenery();
  const auto alive = std::count_if(moment.agents.begin(), moment.agents.end(),
                                   [](const view::AgentPose& a) { return a.alive && a.present; });
  char heading[64];
  std::snprintf(heading, sizeof heading, "AGENTS  %s/%s alive",
                view::count_text(static_cast<double>(alive)).c_str(),
                view::count_text(static_cast<double>(moment.agents.size())).c_str());
  draw_heading(heading);
  ImGui::BeginChild("##agents");
  // whoever is newly selected is scrolled to; the last one is kept where the scrolling is
  const int subject = session.subject();
  ImGuiStorage* kept = ImGui::GetStateStorage();
  const ImGuiID key = ImGui::GetID("scrolled to");
  if (subject != kept->GetInt(key, -1)) {
    kept->SetInt(key, subject);
    const float line = ImGui::GetTextLineHeightWithSpacing();
    const float at = static_cast<float>(subject) * line;
    const bool seen =
        at >= ImGui::GetScrollY() && at + line <= ImGui::GetScrollY() + ImGui::GetWindowHeight();
    if (subject >= 0 && !seen) ImGui::SetScrollY(at - ImGui::GetWindowHeight() / 2);
  }
  ImGuiListClipper clipper;
  clipper.Begin(scenery.num_agents);
  while (clipper.Step()) {
    for (int agent = clipper.DisplayStart; agent < clipper.DisplayEnd; ++agent) {
      const auto a = static_cast<std::size_t>(agent);
      const view::AgentPose& pose = moment.agents[a];
      const std::vector<int>& picked = session.selection().agents;
      const bool selected = std::find(picked.begin(), picked.end(), agent) != picked.end();
      const render::Color color =
          pose.alive && pose.present ? view::team_color(scenery.team_of[a]) : view::kDead;
      std::string name =
          view::agent_name(agent) + "  " +
          scenery.stage.vehicles[static_cast<std::size_t>(scenery.vehicle_of[a])].config.name;
      if (!pose.present)
        name += "  absent";
      else if (!pose.alive)
        name += "  dead";
      ImGui::PushID(agent);
      ImGui::PushStyleColor(ImGuiCol_Text, color_of(color));
      if (ImGui::Selectable(name.c_str(), selected)) session.select(agent, ImGui::GetIO().KeyCtrl);
      ImGui::PopStyleColor();
      if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0)) {
        session.apply(view::Command::kFrame);
      }
      ImGui::PopID();
    }
  }
  ImGui::EndChild();
}

}  // namespace

void draw_scene_panel(Panel& panel) {
  if (panel.layout.left.width <= 0) return;
  if (begin_area("##scene_panel", panel.layout.left, true)) {
    ImGui::TextColored(color_of(kDim), "SCENE  %s",
                       panel.session.driver().scenery().stage.scene.name.c_str());
    draw_worlds(panel);
    draw_layers(panel);
    draw_agents(panel);
  }
  ImGui::End();
}

}  // namespace volery::viewer
