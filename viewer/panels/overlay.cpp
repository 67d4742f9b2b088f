// What lies over the scene: badges, scale bar, axes, legend, what is drawn, messages.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "view/links.hpp"
#include "view/numbers.hpp"
#include "viewer/panels/panel.hpp"

namespace volery::viewer {

namespace {

constexpr float kMargin_px = 8;

class Overlay {
 public:
  explicit Overlay(Panel& shown)
      : panel(shown), area(shown.layout.scene), draw(ImGui::GetBackgroundDrawList()) {}

  // Text on a dark plate, so that it can be read over anything.
  void plate(float x, float y, const std::string& text, render::Color color = kText) {
    const ImVec2 size = ImGui::CalcTextSize(text.c_str());
    draw->AddRectFilled({x - 5, y - 2}, {x + size.x + 5, y + size.y + 2}, plate_color(), 3);
    draw->AddText({x, y}, packed_color(color), text.c_str());
  }
  [[nodiscard]] float line() const { return ImGui::GetTextLineHeight() + 6; }

  Panel& panel;
  view::Area area;
  ImDrawList* draw;
};

// What holds the camera or the keys; each says how to get out.
void draw_badges(Overlay& o) {
  const view::Session& session = o.panel.session;
  float y = o.area.y + kMargin_px;
  const float x = o.area.x + kMargin_px + 4;
  const auto badge = [&](const std::string& text, render::Color color) {
    o.plate(x, y, text, color);
    y += o.line();
  };
  const std::string who = session.subject() >= 0 ? view::agent_name(session.subject()) : "";
  if (session.piloting()) {
    badge("PILOT " + who + ": WASD, R F up/down, Q E turn  (Esc)", view::kWarning);
  }
  const view::CameraMode mode = session.rig().mode();
  if (mode == view::CameraMode::kFly) {
    char text[80];
    std::snprintf(text, sizeof text, "FLY %.1f m/s: WASD QE, Shift x4, wheel  (Esc)",
                  session.rig().fly_speed_mps());
    badge(text, view::kTeamColors[1]);
  } else if (mode != view::CameraMode::kOrbit) {
    badge(std::string(mode == view::CameraMode::kChase ? "CHASE " : "ONBOARD ") + who + " (Esc)",
          view::kTeamColors[1]);
  } else if (session.following()) {
    badge("FOLLOW " + who + (session.subject_present() ? "" : ", not present") + " (Esc)",
          view::kTeamColors[1]);
  }
  if (!session.isolated().empty()) {
    const std::size_t count = session.isolated().size();
    badge("ALONE " +
              (count == 1 ? view::agent_name(session.isolated().front())
                          : std::to_string(count) + " agents") +
              "  (Shift+I, Esc)",
          view::kTeamColors[1]);
  }
  if (session.boxing()) badge("BOX: drag around agents  (Esc)", view::kTeamColors[1]);
  if (o.panel.recording) badge("REC  Ctrl+Shift+R ends", view::kFault);
  if (!session.sight().error.empty()) badge("! " + session.sight().error, view::kFault);
  if (!session.sight().notice.empty()) badge(session.sight().notice, view::kWarning);
  const std::string toast = session.toast(o.panel.wall_s);
  if (!toast.empty()) badge(toast, kText);
}

void draw_legend(Overlay& o) {
  const view::Session& session = o.panel.session;
  const view::Scenery& scenery = session.driver().scenery();
  struct Entry {
    render::Color color;
    std::string text;
  };
  std::vector<Entry> entries;
  const std::size_t teams = std::min<std::size_t>(scenery.team_names.size(), 8);
  for (std::size_t i = 0; i < teams; ++i) {
    entries.push_back({view::team_color(static_cast<int>(i)), scenery.team_names[i]});
  }
  const std::vector<view::AgentPose>& agents = session.moment().agents;
  const auto dead = std::count_if(agents.begin(), agents.end(), [](const view::AgentPose& agent) {
    return agent.present && !agent.alive;
  });
  if (dead > 0) entries.push_back({view::kDead, "dead " + std::to_string(dead)});
  // fates of the packets in this picture
  std::vector<int> counts(scenery.fates.size());
  for (const Packet& packet : session.moment().packets) {
    const auto fate = static_cast<std::size_t>(packet.fate);
    if (fate < counts.size()) ++counts[fate];
  }
  const bool links = session.layers.links != view::Scope::kNone;
  for (std::size_t i = 0; i < counts.size() && links; ++i) {
    const view::LinkLook look = view::look_of(scenery.fates[i]);
    if (counts[i] > 0 && look.shown) {
      entries.push_back({look.color, scenery.fates[i] + " " + view::count_text(counts[i])});
    }
  }
  if (links && static_cast<int>(session.moment().packets.size()) > view::kMostLinks) {
    entries.push_back({view::kDelivered, "halos: more than " + std::to_string(view::kMostLinks)});
  }
  const render::DrawStats& drawn = o.panel.drawn;
  if (drawn.vehicles_mapped > 0) {
    char square[48];
    std::snprintf(square, sizeof square, "1 in %g m square", static_cast<double>(drawn.map_cell_m));
    entries.push_back({render::viridis(0), square});
    entries.push_back({render::viridis(1), view::count_text(drawn.map_most)});
  }
  float y = o.area.y + kMargin_px;
  for (const Entry& entry : entries) {
    const float text = ImGui::CalcTextSize(entry.text.c_str()).x;
    const float box = ImGui::GetTextLineHeight() * 0.6F;
    const float x = o.area.x + o.area.width - kMargin_px - text - box - 12;
    o.plate(x + box + 6, y, entry.text);
    o.draw->AddRectFilled({x - 4, y + box * 0.3F}, {x - 4 + box, y + box * 1.3F},
                          packed_color(entry.color), 2);
    y += o.line();
  }
}

// A length that is round and not too long, at the pivot's distance.
void draw_scale_bar(Overlay& o) {
  const view::Session& session = o.panel.session;
  if (session.rig().mode() != view::CameraMode::kOrbit) return;
  const double height_m =
      2 * session.rig().seen().distance_m * std::tan(view::CameraRig::kFov_rad / 2);
  const double px_per_m = static_cast<double>(o.area.height) / height_m;
  const double most_m = 120.0 * static_cast<double>(o.panel.scale) / px_per_m;
  double length_m = std::pow(10, std::floor(std::log10(most_m)));
  if (length_m * 5 <= most_m)
    length_m *= 5;
  else if (length_m * 2 <= most_m)
    length_m *= 2;
  const auto length = static_cast<float>(length_m * px_per_m);
  const float x = o.area.x + kMargin_px + 4;
  const float y = o.area.y + o.area.height - kMargin_px - 4;
  const ImU32 color = packed_color(kText);
  o.draw->AddLine({x, y}, {x + length, y}, color, 2);
  o.draw->AddLine({x, y - 5}, {x, y + 1}, color, 2);
  o.draw->AddLine({x + length, y - 5}, {x + length, y + 1}, color, 2);
  char text[32];
  std::snprintf(text, sizeof text, length_m >= 1 ? "%.0f m" : "%.2g m", length_m);
  o.plate(x + 6, y - o.line() - 2, text);
}

void draw_axes(Overlay& o) {
  const render::Camera camera = o.panel.session.camera();
  const float size = 26 * o.panel.scale;
  const ImVec2 center{o.area.x + 190 * o.panel.scale, o.area.y + o.area.height - kMargin_px - size};
  struct Axis {
    Vec3 direction;
    render::Color color;
    const char* name;
  };
  const std::array<Axis, 3> axes{{{{1, 0, 0}, view::kTeamColors[2], "x E"},
                                  {{0, 1, 0}, view::kTeamColors[3], "y N"},
                                  {{0, 0, 1}, view::kTeamColors[0], "z up"}}};
  for (const Axis& axis : axes) {
    const Vec3 seen = rotate_inverse(camera.quat_wc, axis.direction);
    const ImVec2 end{center.x + seen.x * size, center.y - seen.y * size};
    o.draw->AddLine(center, end, packed_color(axis.color), 2);
    // an axis towards the eye is a dot and needs no name
    if (std::hypot(seen.x, seen.y) > 0.35F) {
      const ImVec2 text = ImGui::CalcTextSize(axis.name);
      o.draw->AddText({center.x + seen.x * size * 1.3F - text.x / 2,
                       center.y - seen.y * size * 1.3F - text.y / 2},
                      packed_color(kText), axis.name);
    }
  }
}

void draw_counts(Overlay& o) {
  const Panel& panel = o.panel;
  const auto& agents = panel.session.moment().agents;
  const auto total = std::count_if(agents.begin(), agents.end(),
                                   [](const view::AgentPose& agent) { return agent.present; });
  std::string text = "drawn " + std::to_string(panel.drawn.vehicles) + "/" + std::to_string(total);
  if (panel.drawn.vehicles_culled > 0) {
    text += ", " + std::to_string(panel.drawn.vehicles_culled) + " out of view";
  }
  if (panel.session.overlaps() > 0) {
    text += ", " + std::to_string(panel.session.overlaps()) + " overlap";
  }
  if (!panel.saving.empty()) text += ", " + panel.saving;
  const float width = ImGui::CalcTextSize(text.c_str()).x;
  const float y = o.area.y + o.area.height - kMargin_px - ImGui::GetTextLineHeight();
  o.plate(o.area.x + o.area.width - kMargin_px - width - 4, y, text, kDim);
  if (panel.show_hint != nullptr && *panel.show_hint) {
    const std::string hint = "F1 keys";
    o.plate(o.area.x + o.area.width - kMargin_px - ImGui::CalcTextSize(hint.c_str()).x - 4,
            y - o.line(), hint);
  }
}

void draw_hovered(Overlay& o) {
  const view::Session& session = o.panel.session;
  const int agent = session.selection().hovered;
  const auto& agents = session.moment().agents;
  if (agent < 0 || agent >= static_cast<int>(agents.size()) || ImGui::GetIO().WantCaptureMouse)
    return;
  const view::AgentPose& pose = agents[static_cast<std::size_t>(agent)];
  const Vec3 p = pose.position_w_m, v = pose.velocity_w_mps;
  char text[160];
  std::snprintf(text, sizeof text, "%s  %s  height %.2f m  speed %.2f m/s",
                view::agent_name(agent).c_str(), pose.alive ? "alive" : "dead",
                static_cast<double>(p.z), std::sqrt(static_cast<double>(dot(v, v))));
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const float width = ImGui::CalcTextSize(text).x;
  const float x = std::min(mouse.x + 16, o.area.x + o.area.width - width - 10);
  o.plate(x, mouse.y + 14, text);
}

// A dot where the camera turns, while it does.
void draw_pivot(Overlay& o) {
  const view::Session& session = o.panel.session;
  if (session.rig().mode() != view::CameraMode::kOrbit || session.rig().still_s() > 0.4) return;
  const view::Point& p = session.rig().seen().pivot_w_m;
  const view::ViewRect rect{static_cast<double>(o.area.x), static_cast<double>(o.area.y),
                            static_cast<double>(o.area.width), static_cast<double>(o.area.height)};
  const auto seen =
      view::project(session.camera(), rect,
                    {static_cast<float>(p[0]), static_cast<float>(p[1]), static_cast<float>(p[2])});
  if (!seen) return;
  const ImVec2 at{static_cast<float>(seen->x_px), static_cast<float>(seen->y_px)};
  o.draw->AddCircleFilled(at, 3, packed_color(view::kWarning));
  o.draw->AddCircle(at, 6, packed_color(view::kWarning, 0.6F));
}

}  // namespace

void draw_overlay(Panel& panel) {
  Overlay overlay(panel);
  const view::Area& area = panel.layout.scene;
  overlay.draw->PushClipRect({area.x, area.y}, {area.x + area.width, area.y + area.height});
  draw_pivot(overlay);
  if (!panel.session.panels.hidden) {
    draw_scale_bar(overlay);
    draw_axes(overlay);
    draw_counts(overlay);
    draw_legend(overlay);
  }
  draw_badges(overlay);
  draw_hovered(overlay);
  if (panel.box.width != 0 || panel.box.height != 0) {
    overlay.draw->AddRect({panel.box.x, panel.box.y},
                          {panel.box.x + panel.box.width, panel.box.y + panel.box.height},
                          packed_color(view::kPicked), 0, 0, 1.5F);
  }
  overlay.draw->PopClipRect();
}

}  // namespace volery::viewer
