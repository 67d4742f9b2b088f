// The bar at the bottom: transport, the typed time, the track with events and bookmarks.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "view/numbers.hpp"
#include "viewer/panels/panel.hpp"
#include "viewer/panels/text_input.hpp"

namespace volery::viewer {

namespace {

using view::TimeEvent;

void draw_tick(ImDrawList* draw, TimeEvent::Kind kind, float x, float y, float r) {
  // a shape of its own for each kind, so that color is not needed
  switch (kind) {
    case TimeEvent::Kind::kCrash:
    case TimeEvent::Kind::kFailed: {
      const ImU32 color = packed_color(view::kFault);
      draw->AddLine({x - r, y - r}, {x + r, y + r}, color, 2);
      draw->AddLine({x - r, y + r}, {x + r, y - r}, color, 2);
      break;
    }
    case TimeEvent::Kind::kEnded:
      draw->AddCircleFilled({x, y}, r * 0.8F, packed_color(view::kTeamColors[3]));
      break;
    case TimeEvent::Kind::kTruncated:
      draw->AddRect({x - r * 0.7F, y - r * 0.7F}, {x + r * 0.7F, y + r * 0.7F},
                    packed_color(view::kTeamColors[1]));
      break;
    case TimeEvent::Kind::kReset:
      draw->AddLine({x, y - r * 1.6F}, {x, y + r * 1.6F}, packed_color(kDim), 1);
      break;
    case TimeEvent::Kind::kWritten:
      draw->AddTriangleFilled({x, y - r}, {x - r, y + r}, {x + r, y + r},
                              packed_color(view::kWarning));
      break;
  }
}

struct Track {
  float x = 0, y = 0, width = 1, height = 1;
  double first = 0, last = 1;
  [[nodiscard]] float at(double position) const {
    const double share = last > first ? (position - first) / (last - first) : 1;
    return x + static_cast<float>(std::clamp(share, 0.0, 1.0)) * width;
  }
  [[nodiscard]] bool holds(std::uint64_t position) const {
    const auto p = static_cast<double>(position);
    return p >= first && p <= last;
  }
  [[nodiscard]] double position(float px) const {
    const double share = std::clamp(static_cast<double>((px - x) / width), 0.0, 1.0);
    return first + share * (last - first);
  }
};

void draw_marks(const view::Session& session, const Track& track, ImDrawList* draw) {
  const view::Timeline& timeline = session.sight().timeline;
  const float middle = track.y + track.height / 2;
  if (timeline.in() || timeline.out()) {
    const float from = timeline.in() ? track.at(static_cast<double>(*timeline.in())) : track.x;
    const float to =
        timeline.out() ? track.at(static_cast<double>(*timeline.out())) : track.x + track.width;
    draw->AddRectFilled({from, track.y}, {to, track.y + track.height},
                        packed_color(view::kTeamColors[0], timeline.loop() ? 0.35F : 0.15F));
  }
  float last_x = -100;
  for (const TimeEvent& event : session.sight().events) {
    const float x = track.at(static_cast<double>(event.position));
    // ticks that would lie on one another are drawn once
    if (!track.holds(event.position) || x - last_x < 2) continue;
    last_x = x;
    draw_tick(draw, event.kind, x, middle, 4);
  }
  for (const std::uint64_t bookmark : timeline.bookmarks()) {
    if (!track.holds(bookmark)) continue;
    const float x = track.at(static_cast<double>(bookmark));
    draw->AddTriangleFilled({x - 5, track.y}, {x + 5, track.y}, {x, track.y + 8},
                            packed_color(view::kPicked));
  }
}

// Which part of the whole is shown, as a thin line below.
void draw_part(const view::Session& session, const Track& track, ImDrawList* draw) {
  if (!session.track.zoomed()) return;
  const view::TimeRange& range = session.sight().timeline.range();
  const Track whole{track.x,
                    track.y,
                    track.width,
                    track.height,
                    static_cast<double>(range.first),
                    static_cast<double>(range.last)};
  const float y = track.y + track.height - 3;
  draw->AddRectFilled({track.x, y}, {track.x + track.width, y + 3},
                      ImGui::GetColorU32(ImGuiCol_FrameBg));
  draw->AddRectFilled({whole.at(session.track.low()), y}, {whole.at(session.track.high()), y + 3},
                      packed_color(kDim));
}

void draw_track(Panel& panel) {
  view::Session& session = panel.session;
  view::Driver& driver = session.driver();
  const view::Timeline& timeline = session.sight().timeline;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = std::max(40.0F, ImGui::GetContentRegionAvail().x);
  const float height = ImGui::GetFrameHeight();
  ImGui::InvisibleButton("##track", {width, height});
  const Track track{at.x, at.y, width, height, session.track.low(), session.track.high()};
  if (ImGui::IsItemActivated()) {
    driver.command([](view::Timeline& t) { t.begin_drag(); });
  }
  if (ImGui::IsItemActive()) {
    const double to = track.position(ImGui::GetIO().MousePos.x);
    if (std::fabs(to - timeline.head()) > 0.5) {
      driver.command([to](view::Timeline& t) { t.seek(to); });
    }
  }
  if (ImGui::IsItemDeactivated()) {
    driver.command([](view::Timeline& t) { t.end_drag(); });
  }
  if (ImGui::IsItemHovered()) {
    const double to = std::round(track.position(ImGui::GetIO().MousePos.x));
    const auto notches = static_cast<double>(ImGui::GetIO().MouseWheel);
    if (notches != 0) session.track.zoom(notches, to);
    ImGui::SetTooltip("%s   step %.0f", view::time_text(to * timeline.step_s()).c_str(), to);
  }
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddRectFilled({track.x, track.y + height * 0.25F},
                      {track.x + width, track.y + height * 0.75F},
                      ImGui::GetColorU32(ImGuiCol_FrameBg), 3);
  draw->AddRectFilled({track.x, track.y + height * 0.25F},
                      {track.at(timeline.head()), track.y + height * 0.75F},
                      packed_color(view::kTeamColors[0], 0.45F), 3);
  draw_marks(session, track, draw);
  draw_part(session, track, draw);
  const float x = track.at(timeline.head());
  draw->AddRectFilled({x - 1.5F, track.y}, {x + 1.5F, track.y + height}, packed_color(kText));
}

void draw_typed_time(Panel& panel) {
  view::Session& session = panel.session;
  const view::Timeline& timeline = session.sight().timeline;
  std::string& typed = session.typed.time;
  const std::string now = view::time_text(timeline.time_s());
  const std::string end =
      view::time_text(static_cast<double>(timeline.range().last) * timeline.step_s());
  ImGui::SetNextItemWidth(ImGui::CalcTextSize("0:00:00.000").x);
  // asked for until it has arrived: a window that has just opened takes no focus
  const bool asked = session.panels.type_time;
  if (asked) ImGui::SetKeyboardFocusHere();
  const ImGuiInputTextFlags flags =
      ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll;
  if (ImGui::InputTextWithHint("##typed", now.c_str(), &typed, flags)) {
    const std::string text = typed;
    if (view::parse_time(text)) {
      session.driver().command([text](view::Timeline& t) { t.go_typed(text); });
    } else {
      session.say("\"" + text + "\" is no time: 12.5, 1:02.5 or #3000 for a step");
    }
    typed.clear();
    ImGui::SetWindowFocus(nullptr);
  }
  if (asked && ImGui::IsItemActive()) {
    session.panels.type_time = false;
    typed.clear();
  }
  if (ImGui::IsItemHovered()) ImGui::SetTooltip("Go to 12.5, 1:02.5 or step #3000  Ctrl+G");
  ImGui::SameLine();
  ImGui::TextColored(color_of(kDim), "/ %s", end.c_str());
  ImGui::SameLine();
}

}  // namespace

void draw_time_bar(Panel& panel) {
  if (panel.layout.time.height <= 0) return;
  const view::Timeline& timeline = panel.session.sight().timeline;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(6, 4 * panel.scale));
  if (begin_area("##time_bar", panel.layout.time, false)) {
    command_button(panel, view::Command::kGoStart, "|<");
    ImGui::SameLine();
    command_button(panel, view::Command::kStepBack, "<");
    ImGui::SameLine();
    const char* play = timeline.wants_to_play() ? "Pause" : timeline.at_end() ? "Replay" : "Play";
    command_button(panel, view::Command::kPlayPause, play, timeline.playing());
    ImGui::SameLine();
    command_button(panel, view::Command::kStepForward, ">");
    ImGui::SameLine();
    command_button(panel, view::Command::kGoNewest, ">|");
    ImGui::SameLine();
    command_button(panel, view::Command::kSlower, "-");
    ImGui::SameLine();
    ImGui::AlignTextToFramePadding();
    ImGui::TextUnformatted(view::speed_text(timeline.speed()).c_str());
    ImGui::SameLine();
    command_button(panel, view::Command::kFaster, "+");
    ImGui::SameLine();
    command_button(panel, view::Command::kToggleLoop, "loop", timeline.loop());
    ImGui::SameLine();
    draw_typed_time(panel);
    draw_track(panel);
  }
  ImGui::End();
  ImGui::PopStyleVar(2);
}

}  // namespace volery::viewer
