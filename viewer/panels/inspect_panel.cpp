// The right side: everything about the selected agents; up to eight side by side.
#include <cmath>
#include <cstdio>

#include "view/numbers.hpp"
#include "viewer/panels/panel.hpp"

namespace volery::viewer {

namespace {

// Which numbers come first for people: name in the state, name on the screen.
struct Shown {
  const char* field;
  const char* name;
};
constexpr Shown kFirst[] = {{"position_w_m", "position"},
                            {"velocity_w_mps", "velocity"},
                            {"omega_b_radps", "rates"},
                            {"battery_soc", "battery"}};

std::string joined(const view::NamedValues& values) {
  std::string text;
  const std::size_t count = values.values.size();
  for (std::size_t i = 0; i < count; ++i) {
    // the unit once, behind the last
    const std::string unit = i + 1 == count ? values.unit : "";
    std::string number = view::quantity(static_cast<double>(values.values[i]), values.unit);
    const std::size_t space = number.find(' ');
    if (unit.empty() && space != std::string::npos) number.erase(space);
    text += (i > 0 ? " " : "") + number;
  }
  return text;
}

std::string full(const view::NamedValues& values) {
  std::string text =
      values.name + " [" + values.unit + (values.frame.empty() ? "" : ", ") + values.frame + "]";
  if (!values.doc.empty()) text.append("\n").append(values.doc);
  for (const float v : values.values)
    text.append("\n").append(view::full_text(static_cast<double>(v)));
  return text + "\nclick: plot";
}

void plot_on_click(Panel& panel, const std::string& field, int agent, std::size_t columns) {
  if (!ImGui::IsItemClicked()) return;
  const bool alone = ImGui::GetIO().KeyCtrl;
  for (std::size_t c = 0; c < std::min<std::size_t>(alone ? 1 : 4, columns); ++c) {
    panel.session.add_plot({field, static_cast<int>(c), panel.session.world(), agent});
  }
}

void draw_field(Panel& panel, const std::string& name, const view::NamedValues& values, int agent) {
  draw_value(name, joined(values), full(values));
  plot_on_click(panel, values.name, agent, values.values.size());
}

// One line for each column of a group.
void draw_columns(Panel& panel, const view::NamedValues& values, const std::string& field,
                  int agent) {
  for (std::size_t i = 0; i < values.values.size(); ++i) {
    const std::string unit = i < values.units.size() ? values.units[i] : "";
    const std::string name = i < values.columns.size() ? values.columns[i] : std::to_string(i);
    draw_value(name, view::quantity(static_cast<double>(values.values[i]), unit));
    if (!field.empty() && ImGui::IsItemClicked()) {
      panel.session.add_plot({field, static_cast<int>(i), panel.session.world(), agent});
    }
  }
}

void draw_summary(Panel& panel, const view::AgentDetails& details) {
  const auto find = [&](const char* field) -> const view::NamedValues* {
    for (const view::NamedValues& values : details.state) {
      if (values.name == field) return &values;
    }
    return nullptr;
  };
  for (const Shown& shown : kFirst) {
    if (const view::NamedValues* values = find(shown.field)) {
      draw_field(panel, shown.name, *values, details.agent);
    }
  }
  const auto agent = static_cast<std::size_t>(details.agent);
  const view::Moment& moment = panel.session.moment();
  if (agent < moment.agents.size()) {
    const view::AgentPose& pose = moment.agents[agent];
    const Vec3 v = pose.velocity_w_mps;
    draw_value("speed", view::quantity(std::sqrt(static_cast<double>(dot(v, v))), "m/s"));
    draw_value("height", view::quantity(static_cast<double>(pose.position_w_m.z), "m"));
    draw_value("state", !pose.present ? "absent" : pose.alive ? "alive" : "dead");
  }
  draw_value("reward", view::quantity(static_cast<double>(details.reward), ""),
             "of the last step\nclick: plot");
  if (ImGui::IsItemClicked()) {
    panel.session.add_plot({"reward", 0, panel.session.world(), details.agent});
  }
}

void draw_agent(Panel& panel, const view::AgentDetails& details) {
  draw_summary(panel, details);
  const ImGuiTreeNodeFlags open = ImGuiTreeNodeFlags_DefaultOpen;
  if (!details.reward_terms.values.empty() && ImGui::CollapsingHeader("Reward terms", open)) {
    draw_columns(panel, details.reward_terms, "", details.agent);
  }
  if (!details.action.values.empty() && ImGui::CollapsingHeader("Action", open)) {
    draw_columns(panel, details.action, "action", details.agent);
  }
  if (!details.inbox.empty() && ImGui::CollapsingHeader("Inbox")) {
    for (const view::NamedValues& slot : details.inbox) {
      if (ImGui::TreeNode(slot.name.c_str())) {
        draw_columns(panel, slot, "", details.agent);
        ImGui::TreePop();
      }
    }
  }
  if (!details.observation.empty() && ImGui::CollapsingHeader("Observation")) {
    for (const view::NamedValues& group : details.observation) {
      if (ImGui::TreeNode(group.name.c_str())) {
        draw_columns(panel, group, "obs:" + group.name, details.agent);
        ImGui::TreePop();
      }
    }
  }
  if (ImGui::CollapsingHeader("State")) {
    for (const view::NamedValues& values : details.state) {
      draw_field(panel, values.name, values, details.agent);
    }
  }
}

// Several agents: a table with a column each.
void draw_compared(const std::vector<view::AgentDetails>& list) {
  const int columns = static_cast<int>(list.size()) + 1;
  const ImGuiTableFlags flags = ImGuiTableFlags_ScrollX | ImGuiTableFlags_ScrollY |
                                ImGuiTableFlags_RowBg | ImGuiTableFlags_BordersInnerV;
  if (!ImGui::BeginTable("##compare", columns, flags)) return;
  ImGui::TableSetupScrollFreeze(1, 1);
  ImGui::TableSetupColumn("");
  for (const view::AgentDetails& one : list) {
    ImGui::TableSetupColumn(view::agent_name(one.agent).c_str());
  }
  ImGui::TableHeadersRow();
  for (std::size_t f = 0; f < list.front().state.size(); ++f) {
    const view::NamedValues& field = list.front().state[f];
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::TextColored(color_of(kDim), "%s", field.name.c_str());
    for (const view::AgentDetails& one : list) {
      ImGui::TableNextColumn();
      ImGui::TextUnformatted(joined(one.state[f]).c_str());
    }
  }
  ImGui::EndTable();
}

}  // namespace

void draw_inspect_panel(Panel& panel) {
  if (panel.layout.right.width <= 0) return;
  view::Session& session = panel.session;
  if (begin_area("##inspect_panel", panel.layout.right, true)) {
    const int subject = session.subject();
    const std::vector<view::AgentDetails>& details = session.sight().details;
    if (subject < 0) {
      ImGui::TextColored(color_of(kDim), "INSPECT");
      ImGui::PushTextWrapPos(0);
      ImGui::TextColored(color_of(kDim), "Click an agent, or PgDn for the next one.");
      ImGui::PopTextWrapPos();
    } else if (details.empty() || !session.subject_present()) {
      ImGui::Text("%s", view::agent_name(subject).c_str());
      ImGui::PushTextWrapPos(0);
      ImGui::TextColored(color_of(view::kTeamColors[1]), "not present at this step");
      ImGui::PopTextWrapPos();
    } else if (details.size() == 1) {
      const view::AgentDetails& one = details.front();
      ImGui::Text("%s  %s", view::agent_name(one.agent).c_str(), one.vehicle.c_str());
      if (!one.team.empty()) ImGui::TextColored(color_of(kDim), "team %s", one.team.c_str());
      ImGui::Separator();
      draw_agent(panel, one);
    } else {
      ImGui::Text("%zu agents%s", session.selection().agents.size(),
                  session.selection().agents.size() > details.size() ? ", first 8 compared" : "");
      draw_compared(details);
    }
  }
  ImGui::End();
}

}  // namespace volery::viewer
