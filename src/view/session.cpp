// What is looked at, picture by picture.
#include "view/session.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "view/numbers.hpp"
#include "view/theme.hpp"

namespace volery::view {

namespace {

constexpr double kNotYet_s = -1e9;

}  // namespace

void Session::attach(std::shared_ptr<Driver> driver) {
  driver_ = std::move(driver);
  sight_ = driver_->latest();
  moment_ = sight_->now;
  selection_ = {};
  isolated_.clear();
  grip_ = Grip::kNone;
  track.show_all();
  plots_.clear();
  world_ = 0;
  following_ = piloting_ = boxing_ = world_grid_ = false;
  first_ = true;
  last_wish_ = {};
  last_wish_.world = -1;
}

void Session::update(double wall_s, double dt_s, const ViewRect& view) {
  // what is said is read from the next picture on
  if (toast_wall_s_ == kNotYet_s) toast_wall_s_ = wall_s;
  view_ = view;
  sight_ = driver_->latest();
  // between the last two steps while playing, exact at rest
  const Timeline& timeline = sight_->timeline;
  const bool between =
      timeline.playing() && timeline.speed() > 0 && sight_->before.step < sight_->now.step;
  if (between) {
    const double head =
        timeline.head() + (wall_s - sight_->wall_s) * timeline.speed() / timeline.step_s();
    interpolate(sight_->before, sight_->now,
                std::clamp(head - static_cast<double>(sight_->now.step), 0.0, 1.0), moment_);
  } else {
    moment_ = sight_->now;
  }
  // a stream has nobody to show until its first moment
  const auto& agents = moment_.agents;
  if (first_ && std::any_of(agents.begin(), agents.end(),
                            [](const AgentPose& agent) { return agent.present; })) {
    rig_.set_eased(false);
    frame_all();
    first_ = false;
  }
  rig_.set_eased(!reduce_motion);
  const std::optional<Vec3> subject = subject_position();
  std::optional<Mount> mount;
  if (subject)
    mount = Mount{*subject, moment_.agents[static_cast<std::size_t>(this->subject())].quat_wb};
  rig_.update(dt_s, following_ ? subject : std::nullopt, mount);
  compose(driver_->scenery(), isolate(), sight_->trails, thrifty(layers, economy), selection_,
          frame_);
  draw_grip();
  if (light) make_light(frame_);
  track.update(timeline.range(), timeline.head());
  if (hover_x_px_ >= 0) {
    const int index = pick(rig_.camera(), view_, frame_.vehicles, hover_x_px_, hover_y_px_,
                           kPickRadius_px * static_cast<double>(scale_));
    selection_.hovered =
        index < 0 ? -1 : static_cast<int>(frame_.vehicles[static_cast<std::size_t>(index)].id);
  }
  count_overlaps();
  post_wish();
}

// What the driver should tell next; asked only where it has changed.
void Session::post_wish() {
  Wish wish;
  wish.world = world_;
  wish.agents = selection_.agents;
  if (wish.agents.size() > kMostCompared) wish.agents.resize(kMostCompared);
  wish.details = panels.right && !panels.hidden;
  wish.plots = plots_;
  wish.worlds = grid_worlds();
  wish.radio = panels.drawer && panels.tab == DrawerTab::kRadio;
  wish.timings = panels.drawer && panels.tab == DrawerTab::kTiming;
  if (piloting_ && driver_->batch() != nullptr) {
    const Vehicle& vehicle = driver_->batch()->fleet().vehicle_of(subject());
    const auto action =
        pilot_action(driver_->batch()->layout().controls(), vehicle,
                     sight_->now.agents[static_cast<std::size_t>(subject())], hands_);
    if (action) {
      wish.fly =
          Intervention{.kind = Intervention::Kind::kFly, .world = world_, .agent = subject()};
      wish.fly->action = *action;
    }
  }
  if (grip_ != Grip::kNone) {
    const auto kind =
        grip_ == Grip::kForce ? Intervention::Kind::kForce : Intervention::Kind::kTorque;
    for (const int agent : selection_.agents) {
      wish.loads.push_back(
          {.kind = kind, .world = world_, .agent = agent, .delta_w = load_w(agent)});
    }
  }
  if (wish == last_wish_) return;
  last_wish_ = wish;
  driver_->wish(wish);
}

std::vector<int> Session::grid_worlds() const {
  std::vector<int> worlds;
  if (!world_grid_ || !driver_) return worlds;
  constexpr int kMost = 16;
  // the page of sixteen that holds the world
  const int first = world_ / kMost * kMost;
  for (int w = first; w < std::min(first + kMost, driver_->num_worlds()); ++w) worlds.push_back(w);
  return worlds;
}

void Session::count_overlaps() {
  overlaps_ = 0;
  const std::vector<render::Body>& bodies = frame_.vehicles;
  if (bodies.size() > 2000) return;
  const std::vector<Vehicle>& types = driver_->scenery().stage.vehicles;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    for (std::size_t j = i + 1; j < bodies.size(); ++j) {
      const Vec3 apart = bodies[i].position_w_m - bodies[j].position_w_m;
      const float radius_m = types[bodies[i].type].bounding_radius_m;
      if (dot(apart, apart) < radius_m * radius_m) ++overlaps_;
    }
  }
}

int Session::subject() const noexcept {
  return selection_.agents.empty() ? -1 : selection_.agents.front();
}

std::optional<Vec3> Session::subject_position() const {
  const int agent = subject();
  if (agent < 0 || agent >= static_cast<int>(moment_.agents.size())) return std::nullopt;
  const AgentPose& pose = moment_.agents[static_cast<std::size_t>(agent)];
  if (!pose.present) return std::nullopt;
  return pose.position_w_m;
}

bool Session::subject_present() const noexcept {
  return subject_position().has_value();
}

void Session::hover(double x_px, double y_px) {
  hover_x_px_ = x_px;
  hover_y_px_ = y_px;
}

void Session::click(double x_px, double y_px, bool add) {
  const int index = pick(rig_.camera(), view_, frame_.vehicles, x_px, y_px,
                         kPickRadius_px * static_cast<double>(scale_));
  if (index >= 0) {
    select(static_cast<int>(frame_.vehicles[static_cast<std::size_t>(index)].id), add);
  } else if (!add) {
    clear_selection();
  }
}

void Session::double_click(double x_px, double y_px) {
  const int index = pick(rig_.camera(), view_, frame_.vehicles, x_px, y_px,
                         kPickRadius_px * static_cast<double>(scale_));
  std::optional<Vec3> to;
  if (index >= 0) {
    to = frame_.vehicles[static_cast<std::size_t>(index)].position_w_m;
  } else {
    to = meets_ground(ray_through(rig_.camera(), view_, x_px, y_px), 0);
  }
  if (!to) return;
  rig_.set_pivot(
      {static_cast<double>(to->x), static_cast<double>(to->y), static_cast<double>(to->z)});
}

void Session::select_box(double x0_px, double y0_px, double x1_px, double y1_px, bool add) {
  if (!add) clear_selection();
  for (const int index :
       pick_box(rig_.camera(), view_, frame_.vehicles, x0_px, y0_px, x1_px, y1_px)) {
    select(static_cast<int>(frame_.vehicles[static_cast<std::size_t>(index)].id), true);
  }
  boxing_ = false;
}

void Session::drag_orbit(double dx_px, double dy_px) {
  const int height = static_cast<int>(view_.height);
  if (rig_.mode() == CameraMode::kFly) {
    rig_.look(dx_px, dy_px, height);
  } else if (rig_.mode() == CameraMode::kOrbit) {
    rig_.orbit(dx_px, dy_px, height);
  } else {
    // a hand on the mounted camera takes it off
    rig_.set_mode(CameraMode::kOrbit);
  }
}

void Session::drag_pan(double dx_px, double dy_px) {
  if (rig_.mode() == CameraMode::kOrbit) rig_.pan(dx_px, dy_px, static_cast<int>(view_.height));
}

void Session::wheel(double notches, double x_px, double y_px) {
  const double x = (x_px - view_.x) / view_.width * 2 - 1;
  const double y = 1 - (y_px - view_.y) / view_.height * 2;
  rig_.zoom(notches, x, y, view_.aspect());
}

void Session::hold(const Hands& hands, bool fast, double dt_s) {
  hands_ = hands;
  if (rig_.mode() != CameraMode::kFly || piloting_) return;
  rig_.fly(static_cast<double>(hands.forward), static_cast<double>(hands.left),
           static_cast<double>(hands.up), fast, dt_s);
}

void Session::select(int agent, bool add) {
  if (agent < 0 || agent >= driver_->scenery().num_agents) return;
  if (piloting_) set_pilot(false);
  std::vector<int>& agents = selection_.agents;
  const auto at = std::find(agents.begin(), agents.end(), agent);
  if (!add) {
    agents.assign(1, agent);
  } else if (at != agents.end()) {
    agents.erase(at);
  } else {
    agents.push_back(agent);
  }
}

void Session::set_world(int world) {
  world_ = std::clamp(world, 0, driver_->num_worlds() - 1);
}

void Session::set_follow(bool on) {
  if (on && subject() < 0) select(0);
  following_ = on;
  if (!on && rig_.mode() != CameraMode::kFly) rig_.set_mode(CameraMode::kOrbit);
}

void Session::set_scale(float scale) {
  scale_ = std::clamp(scale, kScaleLow, kScaleHigh);
}

bool Session::find(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c))) digits += c;
  }
  const bool numeric = !digits.empty() && (digits.size() == text.size() ||
                                           (text[0] == 'd' && digits.size() + 1 == text.size()));
  const Scenery& scenery = driver_->scenery();
  if (numeric && digits.size() < 10) {
    const int agent = std::stoi(digits);
    if (agent >= scenery.num_agents) return false;
    select(agent);
    return true;
  }
  if (text.empty()) return false;
  for (int agent = 0; agent < scenery.num_agents; ++agent) {
    const auto a = static_cast<std::size_t>(agent);
    const auto team = static_cast<std::size_t>(scenery.team_of[a]);
    const std::string& vehicle =
        scenery.stage.vehicles[static_cast<std::size_t>(scenery.vehicle_of[a])].config.name;
    const bool fits = vehicle.find(text) != std::string::npos ||
                      (team < scenery.team_names.size() &&
                       scenery.team_names[team].find(text) != std::string::npos);
    if (!fits) continue;
    select(agent);
    return true;
  }
  return false;
}

void Session::add_plot(const PlotKey& key) {
  if (std::find(plots_.begin(), plots_.end(), key) != plots_.end()) return;
  if (plots_.size() >= 12) plots_.erase(plots_.begin());
  plots_.push_back(key);
  panels.drawer = true;
  panels.tab = DrawerTab::kPlots;
}

void Session::say(const std::string& text) {
  toast_ = text;
  toast_wall_s_ = kNotYet_s;
}

std::string Session::toast(double wall_s) const {
  const bool due = toast_wall_s_ == kNotYet_s || wall_s - toast_wall_s_ < kToast_s;
  return due ? toast_ : "";
}

}  // namespace volery::view
