// CONTROL: what a person may do to a live run.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iterator>

#include "io/config_file.hpp"
#include "viewer/panels/panel.hpp"
#include "viewer/panels/text_input.hpp"

namespace volery::viewer {

namespace {

void draw_reset(Panel& panel) {
  view::Session& session = panel.session;
  command_button(panel, view::Command::kReset, "Reset: new episode");
  ImGui::SameLine();
  ImGui::SetNextItemWidth(110 * panel.scale);
  const bool entered = ImGui::InputTextWithHint(
      "##seed", "seed", &session.typed.seed,
      ImGuiInputTextFlags_CharsDecimal | ImGuiInputTextFlags_EnterReturnsTrue);
  ImGui::SameLine();
  if (ImGui::Button("Reset with seed") || entered) {
    std::uint64_t seed = 0;
    const std::string& text = session.typed.seed;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (error == std::errc() && end == text.data() + text.size())
      session.driver().restart(seed);
    else
      session.say("A seed is a whole number of at least 0");
  }
  ImGui::SameLine();
  command_button(panel, view::Command::kBranch, "Branch here");
}

void draw_push(Panel& panel) {
  view::Session& session = panel.session;
  ImGui::SetNextItemWidth(230 * panel.scale);
  float v[3] = {session.push_w_mps.x, session.push_w_mps.y, session.push_w_mps.z};
  if (ImGui::SliderFloat3("##push", v, -10, 10, "%.1f m/s"))
    session.push_w_mps = {v[0], v[1], v[2]};
  ImGui::SameLine();
  command_button(panel, view::Command::kPush, "Push selected");
  ImGui::SameLine();
  ImGui::SetNextItemWidth(80 * panel.scale);
  const Batch* batch = session.driver().batch();
  const int rotors = batch != nullptr ? batch->fleet().num_rotors() : 4;
  ImGui::SliderInt("##rotor", &session.rotor_to_stop, 0, rotors - 1, "rotor %d");
  ImGui::SameLine();
  command_button(panel, view::Command::kStopMotor, "Stop or start it");
  ImGui::SameLine();
  command_button(panel, view::Command::kPilot, "Fly by keys", session.piloting());
}

// Wind that blows at once.
void draw_wind(Panel& panel) {
  view::Session& session = panel.session;
  ImGui::SetNextItemWidth(230 * panel.scale);
  if (ImGui::SliderFloat3("wind: east, north, up", session.wind_w_mps, -15, 15, "%.1f m/s"))
    session.blow();
  ImGui::SameLine();
  if (ImGui::Button("Calm")) {
    std::fill(std::begin(session.wind_w_mps), std::end(session.wind_w_mps), 0.0F);
    session.blow();
  }
}

// A sphere of noise at the selected agent, or where the camera turns about.
void draw_jam(Panel& panel) {
  view::Session& session = panel.session;
  if (session.driver().scenery().fates.empty()) return;
  ImGui::SetNextItemWidth(110 * panel.scale);
  ImGui::SliderFloat("##radius", &session.jammer.radius_m, 0.5F, 50, "radius %.1f m",
                     ImGuiSliderFlags_Logarithmic);
  ImGui::SameLine();
  ImGui::SetNextItemWidth(110 * panel.scale);
  ImGui::SliderFloat("##loss", &session.jammer.probability, 0, 1, "loss %.2f");
  ImGui::SameLine();
  ImGui::Checkbox("falling", &session.jammer.falling);
  ImGui::SameLine();
  command_button(panel, view::Command::kJam, "Jam here");
  ImGui::SameLine();
  command_button(panel, view::Command::kUnjam, "Stop jamming");
}

// Any field that set_config() takes, at once where it can change in mid-episode.
void draw_config(Panel& panel) {
  view::Session& session = panel.session;
  const auto change = [&](view::Intervention::Kind kind) {
    try {
      const Value changes = io::parse_setting(session.typed.setting);
      session.driver().intervene({.kind = kind, .world = -1, .agent = -1, .changes = changes});
    } catch (const Error& error) {
      session.say(error.what());
    }
  };
  ImGui::SetNextItemWidth(230 * panel.scale);
  const bool entered =
      ImGui::InputTextWithHint("##set", "task_config.spacing_m=1.2", &session.typed.setting,
                               ImGuiInputTextFlags_EnterReturnsTrue);
  ImGui::SameLine();
  if (ImGui::Button("Set, from the next reset on") || entered)
    change(view::Intervention::Kind::kConfig);
  ImGui::SameLine();
  if (ImGui::Button("Set now")) change(view::Intervention::Kind::kConfigNow);
}

}  // namespace

void draw_control_tab(Panel& panel) {
  if (std::string(panel.session.sight().kind) != "LIVE") {
    ImGui::TextColored(color_of(kDim), "Only a live run can be changed. Ctrl+B runs on from here.");
    return;
  }
  draw_reset(panel);
  draw_push(panel);
  draw_wind(panel);
  draw_jam(panel);
  draw_config(panel);
}

}  // namespace volery::viewer
