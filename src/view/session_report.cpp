// The state of a session as JSON.
#include <string>

#include "view/numbers.hpp"
#include "view/session.hpp"

namespace volery::view {

namespace {

// An object that is being written.
class Object {
 public:
  Object& raw(const char* name, const std::string& json) {
    text_ += (text_.empty() ? "{" : ", ") + json_string(name) + ": " + json;
    return *this;
  }
  Object& text(const char* name, const std::string& value) { return raw(name, json_string(value)); }
  Object& flag(const char* name, bool value) { return raw(name, value ? "true" : "false"); }
  Object& whole(const char* name, std::uint64_t value) { return raw(name, std::to_string(value)); }
  Object& index(const char* name, int value) { return raw(name, std::to_string(value)); }
  Object& number(const char* name, double value) { return raw(name, full_text(value)); }
  template <class List>
  Object& list(const char* name, const List& values) {
    std::string json;
    for (const auto value : values) {
      json += (json.empty() ? "" : ", ") + full_text(static_cast<double>(value));
    }
    return raw(name, "[" + json + "]");
  }
  [[nodiscard]] std::string done() const { return text_ + "}"; }

 private:
  std::string text_;
};

std::string camera_json(const CameraRig& rig, std::size_t saved) {
  const OrbitPose& pose = rig.pose();
  Object out;
  out.text("mode", camera_mode_name(rig.mode()));
  out.list("pivot_w_m", pose.pivot_w_m).list("eye_w_m", rig.eye_w_m());
  out.number("distance_m", pose.distance_m).number("yaw_rad", pose.yaw_rad);
  out.number("pitch_rad", pose.pitch_rad).flag("ortho", pose.ortho).whole("saved", saved);
  return out.done();
}

std::string panels_json(const Panels& panels) {
  Object out;
  out.flag("left", panels.left).flag("right", panels.right).flag("drawer", panels.drawer);
  out.flag("hidden", panels.hidden).flag("help", panels.help).flag("palette", panels.palette);
  out.text("tab", drawer_tab_name(panels.tab));
  return out.done();
}

}  // namespace

std::string Session::report() const {
  const Timeline& t = sight_->timeline;
  Object out;
  out.text("kind", sight_->kind).text("title", driver_->title());
  out.number("time_s", static_cast<double>(sight_->now.step) * t.step_s());
  out.whole("step", sight_->now.step).whole("first", t.range().first);
  out.whole("last", t.range().last).flag("playing", t.playing()).number("speed", t.speed());
  out.number("achieved", sight_->achieved).flag("loop", t.loop());
  out.whole("bookmarks", t.bookmarks().size()).whole("events", sight_->num_events);
  // as text: 64 bits are more than a JSON number holds
  out.text("state_hash", std::to_string(sight_->state_hash));
  out.index("world", world_).index("num_worlds", driver_->num_worlds());
  out.index("num_agents", driver_->scenery().num_agents);
  out.list("selection", selection_.agents).index("hovered", selection_.hovered);
  const char* const grips[] = {"", "force", "torque"};
  out.list("isolated", isolated_).text("grip", grips[static_cast<int>(grip_)]);
  out.flag("light", light);
  out.list("track", std::vector<double>{track.low(), track.high()});
  out.flag("following", following_).flag("piloting", piloting_).flag("typing", typing);
  out.flag("world_grid", world_grid_).raw("camera", camera_json(rig_, saved_.all().size()));
  std::vector<int> scopes;
  for (int i = 0; i < 8; ++i) scopes.push_back(static_cast<int>(scope_of(i)));
  scopes.push_back(layers.grid ? 3 : 0);
  out.list("layers", scopes).raw("panels", panels_json(panels));
  out.list("panels_px", std::vector<float>{panels.left_px, panels.right_px, panels.drawer_px});
  out.list("view_px", std::vector<double>{view_.x, view_.y, view_.width, view_.height});
  out.number("scale", static_cast<double>(scale_)).text("message", toast_);
  out.text("error", sight_->error).text("notice", sight_->notice);
  return out.done();
}

}  // namespace volery::view
