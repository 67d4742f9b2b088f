// What a world looks like: bodies, overlays and a camera that shows them all.
#include "view/compose.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "view/links.hpp"

namespace volery::view {

namespace {

using render::Body;
using render::Color;
using render::Frame;
using render::LineStyle;
using render::Mark;
using render::MarkShape;

constexpr float kTurnsForTheEye_radps = 9;  // slow enough to be seen turning
constexpr float kVelocityArrow_s = 0.5F;    // an arrow shows where the body is this much later
constexpr float kAirArrow_s = 0.2F;         // likewise of the air, which is often faster
constexpr float kLeastAir_mps = 0.1F;
constexpr float kAboveGround_m = 0.02F;  // what lies on the ground would flicker with it
constexpr float kGone_m = 1e5F;          // beyond it a coordinate is nonsense

Color faded(Color color, float alpha) {
  color.a = static_cast<std::uint8_t>(std::clamp(alpha, 0.0F, 1.0F) * 255);
  return color;
}

bool sane(Vec3 p) {
  return std::abs(p.x) < kGone_m && std::abs(p.y) < kGone_m && std::abs(p.z) < kGone_m;
}

float length(Vec3 v) {
  return std::sqrt(dot(v, v));
}

bool contains(const std::vector<int>& agents, int agent) {
  return std::find(agents.begin(), agents.end(), agent) != agents.end();
}

// Which agents a layer is about.
class Scoped {
 public:
  Scoped(Scope scope, const Moment& moment, const Selection& selection) : scope_(scope) {
    if (scope == Scope::kSelected || scope == Scope::kNeighbors) {
      in_.assign(moment.agents.size(), 0);
      const int count = static_cast<int>(moment.agents.size());
      for (const int agent : selection.agents) {
        if (agent >= 0 && agent < count) in_[static_cast<std::size_t>(agent)] = 1;
      }
      if (scope == Scope::kNeighbors) add_neighbors(moment);
    }
  }
  [[nodiscard]] bool holds(int agent) const {
    if (scope_ == Scope::kAll) return true;
    return !in_.empty() && in_[static_cast<std::size_t>(agent)] != 0;
  }
  [[nodiscard]] bool none() const { return scope_ == Scope::kNone; }

 private:
  // whoever a packet of the last step joined to a selected one
  void add_neighbors(const Moment& moment) {
    const std::vector<std::uint8_t> chosen = in_;
    const auto is_chosen = [&](int agent) { return chosen[static_cast<std::size_t>(agent)] != 0; };
    for (const Packet& packet : moment.packets) {
      if (is_chosen(packet.sender)) in_[static_cast<std::size_t>(packet.receiver)] = 1;
      if (is_chosen(packet.receiver)) in_[static_cast<std::size_t>(packet.sender)] = 1;
    }
  }

  Scope scope_;
  std::vector<std::uint8_t> in_;
};

void add_vehicles(const Scenery& scenery, const Moment& moment, const Selection& selection,
                  Frame& out) {
  for (std::size_t i = 0; i < moment.agents.size(); ++i) {
    const AgentPose& agent = moment.agents[i];
    if (!agent.present || !sane(agent.position_w_m)) continue;
    const int index = static_cast<int>(i);
    Body body;
    body.position_w_m = agent.position_w_m;
    body.quat_wb = agent.quat_wb;
    body.type = static_cast<std::uint16_t>(scenery.vehicle_of[i]);
    body.id = static_cast<std::uint32_t>(i);
    body.color = agent.alive ? team_color(scenery.team_of[i]) : kDead;
    if (!agent.alive) body.flags |= render::kBodyDead;
    if (contains(selection.agents, index)) body.flags |= render::kBodySelected;
    if (selection.hovered == index) body.flags |= render::kBodyHovered;
    body.rotor_speed_radps = agent.rotor_speed_radps;
    body.rotor_angle_rad = static_cast<float>(std::fmod(
        moment.time_s * static_cast<double>(kTurnsForTheEye_radps) + static_cast<double>(i),
        6.283185307179586));
    out.vehicles.push_back(body);
  }
}

void add_props(const Scenery& scenery, const Moment& moment, Frame& out) {
  for (std::size_t i = 0; i < moment.props.size(); ++i) {
    const PropPose& prop = moment.props[i];
    if (!prop.present || !sane(prop.position_w_m)) continue;
    Body body;
    body.position_w_m = prop.position_w_m;
    body.quat_wb = prop.quat_wb;
    body.type = static_cast<std::uint16_t>(i);
    body.id = static_cast<std::uint32_t>(scenery.num_agents) + static_cast<std::uint32_t>(i);
    body.color = kProp;
    out.props.push_back(body);
  }
}

Vec3 end_of(const Moment& moment, const CableEnd& end) {
  const auto i = static_cast<std::size_t>(end.index);
  switch (end.kind) {
    case CableEnd::Kind::kAgent:
      return moment.agents[i].position_w_m + rotate(moment.agents[i].quat_wb, end.at_m);
    case CableEnd::Kind::kProp:
      return moment.props[i].position_w_m + rotate(moment.props[i].quat_wb, end.at_m);
    case CableEnd::Kind::kWorld:
      break;
  }
  return end.at_m;
}

void add_cables(const Scenery& scenery, const Moment& moment, Frame& out) {
  for (const Cable& cable : scenery.cables) {
    const Vec3 a = end_of(moment, cable.a);
    const Vec3 b = end_of(moment, cable.b);
    if (!sane(a) || !sane(b)) continue;
    // a slack one is dotted: where it hangs is not simulated
    const bool taut = length(b - a) > 0.995F * cable.length_m;
    out.lines.push_back({a, b, kCable, 1.5F, taut ? LineStyle::kSolid : LineStyle::kDotted, false});
  }
}

void add_landmarks(const Moment& moment, Frame& out) {
  for (const Landmark& landmark : moment.landmarks) {
    const Color color = landmark.state == Landmark::State::kDone   ? kDone
                        : landmark.state == Landmark::State::kBusy ? kWarning
                                                                   : kOpen;
    Mark mark;
    mark.position_w_m = landmark.position_w_m;
    mark.axis_w = landmark.axis_w;
    mark.radius_m = landmark.radius_m;
    mark.color = color;
    switch (landmark.kind) {
      case Landmark::Kind::kTarget:
        mark.shape = MarkShape::kSphere;
        break;
      case Landmark::Kind::kItem:
        mark.shape = MarkShape::kSphere;
        break;
      case Landmark::Kind::kGate:
        mark.shape = MarkShape::kSquare;
        break;
      case Landmark::Kind::kZone:
        mark.position_w_m.z += kAboveGround_m;
        mark.color = faded(color, 0.18F);
        mark.shape = MarkShape::kDisc;
        out.marks.push_back(mark);
        mark.color = color;
        mark.shape = MarkShape::kRing;
        break;
      case Landmark::Kind::kJammer:
        mark.color = kFault;
        mark.shape = MarkShape::kRing;
        // a sphere by its three great circles
        for (const Vec3 axis_w : {Vec3{1, 0, 0}, Vec3{0, 1, 0}}) {
          mark.axis_w = axis_w;
          out.marks.push_back(mark);
        }
        mark.axis_w = {0, 0, 1};
        break;
    }
    out.marks.push_back(mark);
  }
}

void add_goals(const Scenery& scenery, const Moment& moment, Scope scope,
               const Selection& selection, Frame& out) {
  if (moment.goals_w_m.empty()) return;
  const Scoped scoped(scope, moment, selection);
  if (scoped.none()) return;
  for (std::size_t i = 0; i < moment.agents.size(); ++i) {
    const AgentPose& agent = moment.agents[i];
    if (!agent.present || !agent.alive || !scoped.holds(static_cast<int>(i))) continue;
    const Vec3 goal = moment.goals_w_m[i];
    const Color color = team_color(scenery.team_of[i]);
    const float radius_m =
        scenery.stage.vehicles[static_cast<std::size_t>(scenery.vehicle_of[i])].bounding_radius_m;
    out.marks.push_back(
        {goal, {0, 0, 1}, faded(color, 0.8F), MarkShape::kRing, 1.2F * radius_m, 4});
    out.lines.push_back(
        {agent.position_w_m, goal, faded(color, 0.35F), 1, LineStyle::kDotted, false});
  }
}

void add_velocities(const Moment& moment, Scope scope, const Selection& selection, Frame& out) {
  const Scoped scoped(scope, moment, selection);
  if (scoped.none()) return;
  for (std::size_t i = 0; i < moment.agents.size(); ++i) {
    const AgentPose& agent = moment.agents[i];
    if (!agent.present || !scoped.holds(static_cast<int>(i))) continue;
    const Vec3 ahead = agent.velocity_w_mps * kVelocityArrow_s;
    if (length(ahead) < 0.02F) continue;
    out.lines.push_back(
        {agent.position_w_m, agent.position_w_m + ahead, kVelocity, 1.5F, LineStyle::kSolid, true});
  }
}

void add_contacts(const Moment& moment, Scope scope, const Selection& selection, Frame& out) {
  const Scoped scoped(scope, moment, selection);
  if (scoped.none()) return;
  for (std::size_t i = 0; i < moment.agents.size(); ++i) {
    const AgentPose& agent = moment.agents[i];
    if (!agent.present || !agent.touching || !scoped.holds(static_cast<int>(i))) continue;
    out.marks.push_back({agent.position_w_m, {0, 0, 1}, kFault, MarkShape::kBurst, 0, 9});
  }
}

// gray where a ray meets nothing, orange to a dot at what it meets
void add_beams(const Moment& moment, Frame& out) {
  for (const SensorBeam& beam : moment.beams) {
    const Vec3 end = beam.from_w_m + beam.direction_w * beam.range_m;
    const Color color = beam.meets ? kTeamColors[1] : kDead;
    out.lines.push_back(
        {beam.from_w_m, end, faded(color, beam.meets ? 0.7F : 0.3F), 1, LineStyle::kSolid, false});
    if (beam.meets) out.marks.push_back({end, {0, 0, 1}, color, MarkShape::kDot, 0, 3});
  }
}

// the air that comes at an agent: an arrow that ends at it
void add_air(const Moment& moment, Scope scope, const Selection& selection, Frame& out) {
  const Scoped scoped(scope, moment, selection);
  if (scoped.none()) return;
  for (std::size_t i = 0; i < moment.agents.size(); ++i) {
    const AgentPose& agent = moment.agents[i];
    if (!agent.present || !scoped.holds(static_cast<int>(i))) continue;
    if (length(agent.air_w_mps) < kLeastAir_mps) continue;
    const Vec3 from = agent.position_w_m - agent.air_w_mps * kAirArrow_s;
    out.lines.push_back({from, agent.position_w_m, kWind, 1.5F, LineStyle::kDashed, true});
  }
}

// id and, on the selected ones, a stem to the ground that tells the height
void add_labels(const Moment& moment, Scope scope, const Selection& selection, Frame& out) {
  for (const int agent : selection.agents) {
    if (agent < 0 || agent >= static_cast<int>(moment.agents.size())) continue;
    const AgentPose& pose = moment.agents[static_cast<std::size_t>(agent)];
    if (!pose.present || !sane(pose.position_w_m) || pose.position_w_m.z <= 0) continue;
    const Vec3 foot{pose.position_w_m.x, pose.position_w_m.y, 0};
    out.lines.push_back(
        {pose.position_w_m, foot, faded(kPicked, 0.6F), 1, LineStyle::kSolid, false});
  }
  const Scoped scoped(scope, moment, selection);
  for (std::size_t i = 0; i < moment.agents.size(); ++i) {
    const int agent = static_cast<int>(i);
    const bool picked = contains(selection.agents, agent) || selection.hovered == agent;
    if (!moment.agents[i].present || !sane(moment.agents[i].position_w_m)) continue;
    if (!picked && (scoped.none() || !scoped.holds(agent))) continue;
    out.labels.push_back(
        {moment.agents[i].position_w_m, agent_name(agent), kPicked, picked ? 1.0F : 0.0F});
  }
}

}  // namespace

std::string agent_name(int agent) {
  char text[24];
  std::snprintf(text, sizeof text, "d%04d", agent);
  return text;
}

Layers thrifty(const Layers& layers, Economy economy) noexcept {
  Layers less = layers;
  const auto lessen = [](Scope& scope) {
    if (scope != Scope::kNone) scope = Scope::kSelected;
  };
  if (economy >= Economy::kTrails) lessen(less.trails);
  if (economy < Economy::kOverlays) return less;
  for (Scope* scope :
       {&less.links, &less.messages, &less.velocity, &less.goals, &less.contacts, &less.labels}) {
    lessen(*scope);
  }
  return less;
}

void compose(const Scenery& scenery, const Moment& moment, const Trails& trails,
             const Layers& layers, const Selection& selection, Frame& out) {
  out.clear();
  add_vehicles(scenery, moment, selection, out);
  add_props(scenery, moment, out);
  add_cables(scenery, moment, out);
  add_landmarks(moment, out);
  add_goals(scenery, moment, layers.goals, selection, out);
  if (layers.trails != Scope::kNone) {
    trails.compose(scenery, moment, selection.agents, layers.trails == Scope::kAll, out);
  }
  add_links(scenery, moment, layers, selection, out);
  if (layers.sensors != Scope::kNone) add_beams(moment, out);
  add_air(moment, layers.sensors, selection, out);
  add_velocities(moment, layers.velocity, selection, out);
  add_contacts(moment, layers.contacts, selection, out);
  add_labels(moment, layers.labels, selection, out);
}

}  // namespace volery::view
