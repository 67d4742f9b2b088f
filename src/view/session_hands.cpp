// What a person does to the agents of a run.
#include <algorithm>
#include <cmath>

#include "io/config_file.hpp"
#include "view/numbers.hpp"
#include "view/session.hpp"
#include "volery/error.hpp"

namespace volery::view {

namespace {

// A drag this long puts on the vehicle its weight, or a quarter of the most torque that it has
// about x: light and heavy ones feel alike, and a controller can hold against it.
constexpr double kGripUnit_px = 100;
constexpr float kTorqueShare = 0.25F;
constexpr float kSecondHead = 0.85F;  // of the arrow
constexpr float kGripWidth_px = 3;

float length(Vec3 v) {
  return std::sqrt(dot(v, v));
}

// Of what the picture shows at a depth.
double height_m(const render::Camera& camera, double depth_m) {
  if (camera.height_m > 0) return static_cast<double>(camera.height_m);
  return 2 * depth_m * std::tan(static_cast<double>(camera.fov_y_rad) / 2);
}

}  // namespace

void Session::set_pilot(bool on) {
  piloting_ = false;
  hands_ = {};
  if (!on) return;
  if (subject() < 0) select(0);
  const Batch* batch = driver_->batch();
  if (batch == nullptr || std::string(sight_->kind) != "LIVE") {
    return say("Only an agent of a live run can be flown");
  }
  const Vehicle& vehicle = batch->fleet().vehicle_of(subject());
  if (!pilot_action(batch->layout().controls(), vehicle, {}, {})) {
    return say("The action level \"" + batch->config().action +
               "\" cannot be flown by hand: start with --set action=velocity");
  }
  piloting_ = true;
  driver_->command([](Timeline& timeline) {
    timeline.set_speed(1);
    timeline.go_newest();
  });
}

void Session::push(Vec3 delta_w_mps) {
  if (selection_.agents.empty()) return say("Select an agent to push");
  for (const int agent : selection_.agents) {
    driver_->intervene({.kind = Intervention::Kind::kPush,
                        .world = world_,
                        .agent = agent,
                        .delta_w = delta_w_mps});
  }
}

void Session::stop_motor(int rotor) {
  if (selection_.agents.empty()) return say("Select an agent whose motor shall stop");
  for (const int agent : selection_.agents) {
    driver_->intervene(
        {.kind = Intervention::Kind::kStopMotor, .world = world_, .agent = agent, .index = rotor});
  }
}

void Session::jam() {
  const Point& pivot = rig_.pose().pivot_w_m;
  const Vec3 at_w_m = subject_position().value_or(Vec3{
      static_cast<float>(pivot[0]), static_cast<float>(pivot[1]), static_cast<float>(pivot[2])});
  Intervention jam{.kind = Intervention::Kind::kJam, .world = world_, .jammer = jammer};
  jam.jammer.center_w_m = {at_w_m.x, at_w_m.y, at_w_m.z};
  driver_->intervene(jam);
}

void Session::blow() {
  Value::Array mean;
  for (const float v : wind_w_mps) mean.emplace_back(static_cast<double>(v));
  const Value wind = Value::Table{{"mean_w_mps", mean}};
  driver_->intervene({.kind = Intervention::Kind::kConfigNow,
                      .world = -1,
                      .agent = -1,
                      .changes = Value::Table{{"wind", wind}}});
}

void Session::set_config(const std::string& setting) {
  if (std::string(sight_->kind) != "LIVE") return say("Only a live run can be changed");
  try {
    driver_->intervene({.kind = Intervention::Kind::kConfig,
                        .world = -1,
                        .agent = -1,
                        .changes = io::parse_setting(setting)});
    say(setting + " from the next reset on");
  } catch (const Error& error) {
    say(error.what());
  }
}

bool Session::grab(Grip grip) {
  if (selection_.agents.empty()) return false;
  if (std::string(sight_->kind) != "LIVE") {
    say("Only agents of a live run can be pushed; Ctrl+B runs on from here");
    return true;
  }
  if (!sight_->timeline.wants_to_play()) say("Paused: it acts while the run plays");
  leave();
  grip_ = grip;
  grip_x_px_ = grip_y_px_ = 0;
  return true;
}

void Session::drag_grip(double dx_px, double dy_px) {
  grip_x_px_ = dx_px;
  grip_y_px_ = -dy_px;
}

// In the plane of the picture; a torque turns the side that faces the eye with the hand.
Vec3 Session::load_w(int agent) const {
  if (grip_ == Grip::kNone) return {};
  const Scenery& scenery = driver_->scenery();
  const Vehicle& vehicle =
      scenery.stage
          .vehicles[static_cast<std::size_t>(scenery.vehicle_of[static_cast<std::size_t>(agent)])];
  const Vec3 hand =
      rotate(rig_.camera().quat_wc, {static_cast<float>(grip_x_px_ / kGripUnit_px),
                                     static_cast<float>(grip_y_px_ / kGripUnit_px), 0});
  const float weight_n = vehicle.config.mass_kg * kGravityMps2;
  if (grip_ == Grip::kForce) return hand * weight_n;
  const float own_nm = kTorqueShare * vehicle.max_torque_b_nm.x;
  const float unit_nm = own_nm > 0 ? own_nm : weight_n * vehicle.bounding_radius_m;
  return cross(rotate(rig_.camera().quat_wc, {0, 0, 1}), hand) * unit_nm;
}

// The load as an arrow as long as the drag, with its size.
void Session::draw_grip() {
  if (grip_ == Grip::kNone) return;
  const double drag_px = std::hypot(grip_x_px_, grip_y_px_);
  for (const int agent : selection_.agents) {
    const AgentPose& pose = moment_.agents[static_cast<std::size_t>(agent)];
    const auto seen = project(rig_.camera(), view_, pose.position_w_m);
    const Vec3 load = load_w(agent);
    if (!pose.present || !seen || !(length(load) > 0)) continue;
    const double m_per_px = height_m(rig_.camera(), seen->depth_m) / std::max(1.0, view_.height);
    const Vec3 way = load * static_cast<float>(drag_px * m_per_px / length(load));
    const Vec3 tip = pose.position_w_m + way;
    frame_.lines.push_back(
        {pose.position_w_m, tip, kWarning, kGripWidth_px, render::LineStyle::kSolid, true});
    const bool torque = grip_ == Grip::kTorque;
    frame_.labels.push_back(
        {tip, quantity(static_cast<double>(length(load)), torque ? "N m" : "N"), kWarning, 2.0F});
    // two heads, as moments are drawn
    if (torque) {
      frame_.lines.push_back({pose.position_w_m, pose.position_w_m + way * kSecondHead, kWarning,
                              kGripWidth_px, render::LineStyle::kSolid, true});
    }
  }
}

void Session::set_isolated(bool on) {
  isolated_.clear();
  if (!on) return;
  if (selection_.agents.empty()) return say("Select the agents that shall be seen alone");
  isolated_ = selection_.agents;
}

// The moment with nobody but the isolated agents.
const Moment& Session::isolate() {
  if (isolated_.empty()) return moment_;
  shown_ = moment_;
  std::vector<std::uint8_t> in(shown_.agents.size(), 0);
  for (const int agent : isolated_) {
    if (static_cast<std::size_t>(agent) < in.size()) in[static_cast<std::size_t>(agent)] = 1;
  }
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] == 0) shown_.agents[i].present = false;
  }
  std::erase_if(shown_.packets, [&](const Packet& packet) {
    return in[static_cast<std::size_t>(packet.sender)] == 0 ||
           in[static_cast<std::size_t>(packet.receiver)] == 0;
  });
  return shown_;
}

}  // namespace volery::view
