#include "view/session.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "view/layout_file.hpp"
#include "view/live_engine.hpp"
#include "volery/error.hpp"

namespace volery::view {
namespace {

constexpr ViewRect kView{180, 26, 900, 660};

BatchConfig formation(const char* action, int worlds) {
  BatchConfig config;
  config.task = "formation";
  config.num_agents = 5;
  config.num_worlds = worlds;
  config.action = action;
  return config;
}

// A session whose driver is turned by hand.
struct Rig {
  explicit Rig(const char* action = "velocity", int worlds = 3)
      : Rig(std::make_unique<LiveEngine>(formation(action, worlds))) {}
  explicit Rig(std::unique_ptr<LiveEngine> engine)
      : driver(std::make_shared<Driver>(std::move(engine))) {
    session.attach(driver);
    turn(0.02);
  }
  // Time passes; the engine keeps up.
  void turn(double dt_s) {
    wall_s += dt_s;
    driver->turn(wall_s, 10);
    session.update(wall_s, dt_s, kView);
    driver->turn(wall_s + 0.01, 10);
    wall_s += 0.01;
    session.update(wall_s, 0.01, kView);
  }
  void press(Command command) {
    session.apply(command);
    turn(0.02);
  }
  [[nodiscard]] const Timeline& timeline() const { return session.sight().timeline; }
  std::shared_ptr<Driver> driver;
  Session session;
  double wall_s = 100;
};

TEST(Session, SpaceOnlyToggles) {
  Rig rig;
  rig.press(Command::kPlayPause);
  EXPECT_TRUE(rig.timeline().playing());
  for (int i = 0; i < 20; ++i) rig.turn(0.1);
  EXPECT_NEAR(static_cast<double>(rig.session.sight().now.step), 69, 6);  // 2.3 s at 30 Hz
  rig.press(Command::kPlayPause);
  EXPECT_FALSE(rig.timeline().playing());
  const std::uint64_t at = rig.session.sight().now.step;
  for (int i = 0; i < 5; ++i) rig.turn(0.1);
  EXPECT_EQ(rig.session.sight().now.step, at);
}

TEST(Session, APausedStateHasAHashOnceItIsReached) {
  Rig rig;
  rig.session.apply(Command::kStepForward);
  // no time to step in: it is paused, and the step is still to come
  rig.driver->turn(rig.wall_s += 0.1, 0);
  EXPECT_FALSE(rig.driver->latest()->timeline.playing());
  EXPECT_EQ(rig.driver->latest()->now.step, 0U);
  EXPECT_EQ(rig.driver->latest()->state_hash, 0U);
  rig.turn(0.1);
  EXPECT_EQ(rig.driver->latest()->now.step, 1U);
  EXPECT_NE(rig.driver->latest()->state_hash, 0U);
}

TEST(Session, BackTenForwardTenIsTheSameState) {
  Rig rig;
  for (int i = 0; i < 40; ++i) rig.session.apply(Command::kStepForward);
  rig.turn(0.1);
  ASSERT_EQ(rig.session.sight().now.step, 40U);
  const std::uint64_t before = rig.session.sight().state_hash;
  EXPECT_NE(before, 0U);
  rig.press(Command::kBackSecond);
  EXPECT_EQ(rig.session.sight().now.step, 10U);
  EXPECT_NE(rig.session.sight().state_hash, before);
  rig.press(Command::kForwardSecond);
  EXPECT_EQ(rig.session.sight().now.step, 40U);
  EXPECT_EQ(rig.session.sight().state_hash, before);
}

TEST(Session, AClickSelectsAndEmptyClears) {
  Rig rig;
  const auto seen =
      project(rig.session.camera(), kView, rig.session.moment().agents[2].position_w_m);
  ASSERT_TRUE(seen);
  rig.session.click(seen->x_px + 2, seen->y_px - 2, false);
  EXPECT_EQ(rig.session.subject(), 2);
  rig.session.select(4, true);
  EXPECT_EQ(rig.session.selection().agents, (std::vector<int>{2, 4}));
  rig.session.click(kView.x + 3, kView.y + 3, false);
  EXPECT_EQ(rig.session.subject(), -1);
}

TEST(Session, SelectionOutlivesSeekAndReset) {
  Rig rig;
  rig.session.select(3);
  for (int i = 0; i < 10; ++i) rig.session.apply(Command::kStepForward);
  rig.turn(0.1);
  rig.press(Command::kGoStart);
  EXPECT_EQ(rig.session.subject(), 3);
  rig.press(Command::kReset);
  EXPECT_EQ(rig.session.subject(), 3);
  EXPECT_EQ(rig.session.sight().now.step, 0U);
}

TEST(Session, EscTakesOneStepOutAndNeverQuits) {
  Rig rig;
  rig.session.select(1);
  rig.press(Command::kFollow);
  rig.press(Command::kHelp);
  rig.press(Command::kEscape);
  EXPECT_FALSE(rig.session.panels.help);
  EXPECT_TRUE(rig.session.following());
  rig.press(Command::kEscape);
  EXPECT_FALSE(rig.session.following());
  EXPECT_EQ(rig.session.subject(), 1);
  rig.press(Command::kEscape);
  EXPECT_EQ(rig.session.subject(), -1);
  rig.press(Command::kEscape);
  EXPECT_FALSE(rig.session.take_requests().quit);
}

TEST(Session, FollowEndsByEscAndItsKeyAlone) {
  Rig rig;
  rig.session.select(1);
  rig.press(Command::kFollow);
  rig.session.drag_orbit(40, 10);
  rig.session.wheel(3, 600, 300);
  rig.press(Command::kLayer1);
  rig.press(Command::kForwardSecond);
  EXPECT_TRUE(rig.session.following());
  const auto seen =
      project(rig.session.camera(), kView, rig.session.moment().agents[1].position_w_m);
  EXPECT_NEAR(seen->x_px, kView.x + kView.width / 2, 2);
}

TEST(Session, FrameBringsTheSubjectBack) {
  Rig rig;
  rig.session.reduce_motion = true;
  rig.turn(0.02);
  rig.session.select(2);
  rig.session.drag_pan(5000, 3000);
  rig.press(Command::kFrame);
  const auto seen =
      project(rig.session.camera(), kView, rig.session.moment().agents[2].position_w_m);
  ASSERT_TRUE(seen);
  EXPECT_NEAR(seen->x_px, kView.x + kView.width / 2, 2);
  EXPECT_NEAR(seen->y_px, kView.y + kView.height / 2, 2);
}

TEST(Session, LayersToggleAndRememberTheirScope) {
  Rig rig;
  rig.session.layers.links = Scope::kNeighbors;
  rig.press(Command::kLayer1);
  EXPECT_EQ(rig.session.layers.trails, Scope::kNone);
  rig.press(Command::kLayer1);
  EXPECT_EQ(rig.session.layers.trails, Scope::kAll);
  rig.press(Command::kScope1);
  EXPECT_EQ(rig.session.layers.trails, Scope::kSelected);
  rig.press(Command::kLayer9);
  EXPECT_FALSE(rig.session.layers.grid);
}

TEST(Session, WorldsAndAgentsAreWalkedByKeys) {
  Rig rig;
  rig.press(Command::kNextAgent);
  EXPECT_EQ(rig.session.subject(), 0);
  rig.press(Command::kPreviousAgent);
  EXPECT_EQ(rig.session.subject(), 4);
  rig.press(Command::kNextWorld);
  EXPECT_EQ(rig.session.world(), 1);
  EXPECT_EQ(rig.session.sight().now.world, 1);
  rig.press(Command::kNextWorld);
  rig.press(Command::kNextWorld);
  EXPECT_EQ(rig.session.world(), 2);
  rig.press(Command::kWorldGrid);
  EXPECT_EQ(rig.session.sight().worlds.size(), 3U);
}

TEST(Session, DetailsNameWhatTheInspectorShows) {
  Rig rig;
  rig.session.select(2);
  rig.turn(0.02);
  rig.press(Command::kStepForward);
  ASSERT_EQ(rig.session.sight().details.size(), 1U);
  const AgentDetails& details = rig.session.sight().details.front();
  EXPECT_EQ(details.vehicle, "cf2x");
  EXPECT_FALSE(details.observation.empty());
  EXPECT_EQ(details.action.columns.front(), "vx");
  EXPECT_FALSE(details.reward_terms.values.empty());
  const std::string json = details_json(details, 1, 0.1, 0);
  EXPECT_NE(json.find("\"position_w_m\": ["), std::string::npos);
  rig.press(Command::kCopy);
  EXPECT_EQ(rig.session.take_requests().copy.front(), '{');
}

TEST(Session, PlotsCollectEveryStep) {
  Rig rig;
  rig.session.add_plot({"position_w_m", 2, 0, 1});
  rig.turn(0.02);
  for (int i = 0; i < 3; ++i) rig.press(Command::kStepForward);
  ASSERT_EQ(rig.session.sight().series.size(), 1U);
  const Series& series = rig.session.sight().series.front();
  EXPECT_EQ(series.unit, "m");
  ASSERT_EQ(series.values.size(), 3U);
  EXPECT_EQ(series.values.back(), rig.session.sight().now.agents[1].position_w_m.z);
  // going back drops what came after
  rig.press(Command::kStepBack);
  EXPECT_EQ(rig.session.sight().series.front().positions.back(), 2U);
}

TEST(Session, APushAndAPilotMoveTheAgent) {
  Rig rig;
  rig.session.select(1);
  rig.session.push({0, 0, 5});
  rig.turn(0.05);
  EXPECT_GT(rig.session.sight().now.agents[1].velocity_w_mps.z, 3);
  rig.press(Command::kReset);
  rig.press(Command::kPilot);
  ASSERT_TRUE(rig.session.piloting());
  // less than a second: the room has a ceiling
  for (int i = 0; i < 12; ++i) {
    rig.session.hold({0, 0, 1, 0}, false, 0.05);
    rig.turn(0.05);
  }
  // 0.7 of the 2 m/s that the velocity level reaches, once it has got going
  EXPECT_GT(rig.session.sight().now.agents[1].velocity_w_mps.z, 0.5);
  EXPECT_LT(std::fabs(rig.session.sight().now.agents[0].velocity_w_mps.z), 1);
  rig.press(Command::kEscape);
  EXPECT_FALSE(rig.session.piloting());
}

TEST(Session, SingleRotorsCannotBeFlownByHand) {
  Rig rig("rotor");
  rig.press(Command::kPilot);
  EXPECT_FALSE(rig.session.piloting());
  EXPECT_NE(rig.session.toast(rig.wall_s).find("action=velocity"), std::string::npos);
}

TEST(Session, AWrongRotorIsAnErrorThatIsShown) {
  Rig rig;
  rig.session.select(0);
  rig.session.stop_motor(17);
  rig.turn(0.05);
  EXPECT_NE(rig.session.sight().error.find("rotor 17"), std::string::npos);
}

TEST(Session, TheWindSliderBlowsAtOnce) {
  Rig rig;
  rig.press(Command::kStepForward);
  rig.session.wind_w_mps[0] = 4;
  rig.session.blow();
  rig.turn(0.02);
  EXPECT_EQ(rig.session.sight().now.agents[1].air_w_mps.x, 4);
  rig.session.wind_w_mps[0] = 45;
  rig.session.blow();
  rig.turn(0.02);
  EXPECT_NE(rig.session.sight().error.find("max_air_speed_mps"), std::string::npos);
  EXPECT_EQ(rig.session.sight().now.agents[1].air_w_mps.x, 4);
}

TEST(Session, AConfigIsSetFromTheNextResetOn) {
  Rig rig;
  const Value changes = Value::Table{{"episode_s", Value(0.1)}};
  rig.driver->intervene({.kind = Intervention::Kind::kConfig, .world = -1, .changes = changes});
  rig.press(Command::kReset);
  for (int i = 0; i < 5; ++i) rig.press(Command::kStepForward);
  EXPECT_EQ(rig.session.sight().now.episode, 2U) << "the shorter one is over";
  rig.driver->intervene({.kind = Intervention::Kind::kConfig,
                         .world = -1,
                         .changes = Value::Table{{"num_worlds", Value(2)}}});
  rig.turn(0.02);
  EXPECT_NE(rig.session.sight().error.find("num_worlds"), std::string::npos);
}

TEST(Session, AJammerStandsAtTheSubjectAndCanBeTakenAway) {
  BatchConfig config = formation("velocity", 2);
  config.radio = "disc";
  Rig rig(std::make_unique<LiveEngine>(config));
  rig.session.jammer.radius_m = 3;
  rig.session.select(2);
  rig.press(Command::kJam);
  const Moment& moment = rig.session.sight().now;
  ASSERT_EQ(moment.landmarks.size(), 1U);
  EXPECT_EQ(moment.landmarks[0].kind, Landmark::Kind::kJammer);
  EXPECT_EQ(moment.landmarks[0].radius_m, 3);
  EXPECT_EQ(moment.landmarks[0].position_w_m.x, moment.agents[2].position_w_m.x);
  const std::size_t marks = rig.session.frame().marks.size();
  rig.session.clear_selection();
  rig.press(Command::kJam);
  ASSERT_EQ(rig.session.sight().now.landmarks.size(), 2U);
  EXPECT_GT(rig.session.frame().marks.size() + 4, marks) << "a ring per great circle";
  rig.press(Command::kUnjam);
  EXPECT_TRUE(rig.session.sight().now.landmarks.empty());

  Rig mute;
  mute.press(Command::kJam);
  EXPECT_NE(mute.session.sight().error.find("no radio"), std::string::npos);
}

TEST(Session, TheTimingTabTellsWhatStagesCost) {
  Rig rig;
  rig.press(Command::kStepForward);
  EXPECT_TRUE(rig.session.sight().stage_times.stages.empty());
  rig.session.panels.drawer = true;
  rig.session.panels.tab = DrawerTab::kTiming;
  rig.turn(0.02);
  for (int i = 0; i < 3; ++i) rig.press(Command::kStepForward);
  const std::vector<StageTimes::Stage>& stages = rig.session.sight().stage_times.stages;
  ASSERT_GT(stages.size(), 5U);
  EXPECT_EQ(stages.front().name, "actions");
  EXPECT_EQ(stages.front().count, 3U);
}

TEST(Session, AgentsAreFoundByNumberAndVehicle) {
  Rig rig;
  EXPECT_TRUE(rig.session.find("3"));
  EXPECT_EQ(rig.session.subject(), 3);
  EXPECT_TRUE(rig.session.find("d0001"));
  EXPECT_EQ(rig.session.subject(), 1);
  EXPECT_TRUE(rig.session.find("cf2"));
  EXPECT_FALSE(rig.session.find("99"));
  EXPECT_FALSE(rig.session.find(""));
}

TEST(Session, IsolatedAgentsAreShownAlone) {
  Rig rig;
  rig.session.select(1);
  rig.session.select(3, true);
  rig.press(Command::kIsolate);
  ASSERT_EQ(rig.session.frame().vehicles.size(), 2U);
  EXPECT_EQ(rig.session.frame().vehicles[0].id, 1U);
  EXPECT_EQ(rig.session.frame().vehicles[1].id, 3U);
  EXPECT_EQ(rig.session.moment().agents.size(), 5U) << "panels still know everybody";
  // they stay alone whatever is selected, until Esc or the key
  rig.session.clear_selection();
  rig.press(Command::kForwardSecond);
  EXPECT_EQ(rig.session.frame().vehicles.size(), 2U);
  rig.press(Command::kEscape);
  EXPECT_EQ(rig.session.frame().vehicles.size(), 5U);
  rig.press(Command::kIsolate);
  EXPECT_TRUE(rig.session.isolated().empty());
  EXPECT_NE(rig.session.toast(rig.wall_s).find("Select"), std::string::npos);
}

TEST(Session, ADragWithAForceMovesTheSelectedAgent) {
  Rig rig;
  rig.session.select(1);
  ASSERT_TRUE(rig.session.grab(Grip::kForce));
  rig.session.drag_grip(0, -100);  // up: as much as its weight
  const float weight_n = load_vehicle("cf2x").config.mass_kg * kGravityMps2;
  const Vec3 load = rig.session.load_w(1);
  EXPECT_NEAR(std::sqrt(dot(load, load)), weight_n, 1e-4F * weight_n);
  EXPECT_GT(load.z, 0.5F * weight_n) << "up in the picture is mostly up in the world";
  // held while it plays, at every step
  rig.press(Command::kPlayPause);
  for (int i = 0; i < 5; ++i) rig.turn(0.05);
  EXPECT_GT(rig.session.sight().now.agents[1].velocity_w_mps.z,
            rig.session.sight().now.agents[0].velocity_w_mps.z + 0.3F);
  const auto has_arrow = [&] {
    const auto& lines = rig.session.frame().lines;
    return std::any_of(lines.begin(), lines.end(),
                       [](const render::Line& line) { return line.arrow && line.width_px > 2; });
  };
  EXPECT_TRUE(has_arrow());
  const auto& labels = rig.session.frame().labels;
  EXPECT_TRUE(std::any_of(labels.begin(), labels.end(), [](const render::Label& label) {
    return label.text.find(" N") != std::string::npos;
  }));
  rig.session.release_grip();
  rig.turn(0.02);
  EXPECT_FALSE(has_arrow());
  EXPECT_EQ(rig.session.sight().num_events, 1U);
}

TEST(Session, ADragWithATorqueTurnsTheSideThatFacesTheEye) {
  Rig rig;
  rig.session.select(2);
  ASSERT_TRUE(rig.session.grab(Grip::kTorque));
  rig.session.drag_grip(50, 0);
  const float most_nm = 0.25F * load_vehicle("cf2x").max_torque_b_nm.x;
  const Vec3 torque = rig.session.load_w(2);
  EXPECT_NEAR(std::sqrt(dot(torque, torque)), 0.5F * most_nm, 1e-3F * most_nm);
  // the point that is nearest to the eye goes to the right of the picture, as the hand does
  const Quat wc = rig.session.camera().quat_wc;
  const Vec3 near = rotate(wc, {0, 0, 1}), right = rotate(wc, {1, 0, 0});
  const Vec3 goes{torque.y * near.z - torque.z * near.y, torque.z * near.x - torque.x * near.z,
                  torque.x * near.y - torque.y * near.x};
  EXPECT_GT(dot(goes, right), 0.4F * most_nm);
  rig.press(Command::kPlayPause);
  for (int i = 0; i < 3; ++i) rig.turn(0.05);
  EXPECT_EQ(rig.session.sight().error, "");
  EXPECT_EQ(rig.session.sight().num_events, 1U);
  rig.press(Command::kEscape);
  EXPECT_EQ(rig.session.grip(), Grip::kNone);
  EXPECT_EQ(rig.session.subject(), 2) << "Esc ends the drag alone";
}

TEST(Session, ABranchRunsOnFromWhereItStands) {
  Rig rig;
  for (int i = 0; i < 60; ++i) rig.session.apply(Command::kStepForward);
  rig.turn(0.1);
  rig.press(Command::kBackSecond);
  ASSERT_EQ(rig.session.sight().now.step, 30U);
  rig.press(Command::kBranch);
  EXPECT_TRUE(rig.timeline().playing());
  EXPECT_LT(rig.session.sight().now.step, 40U);
  EXPECT_LT(rig.timeline().range().last, 40U) << "the future is forgotten";
}

TEST(Session, WithoutASelectionADragIsTheCameras) {
  Rig rig;
  EXPECT_FALSE(rig.session.grab(Grip::kForce));
  EXPECT_EQ(rig.session.grip(), Grip::kNone);
}

TEST(Session, ASettingHoldsFromTheNextResetOn) {
  Rig rig;
  rig.session.set_config("task_config.spacing_m=0.8");
  rig.turn(0.05);
  EXPECT_EQ(rig.session.sight().error, "");
  EXPECT_EQ(rig.session.sight().num_events, 1U);
  const auto goals_apart = [&] {
    const std::vector<Vec3>& goals = rig.session.sight().now.goals_w_m;
    const Vec3 apart = goals[1] - goals[0];
    return std::sqrt(dot(apart, apart));
  };
  const float before = goals_apart();
  rig.press(Command::kReset);
  EXPECT_GT(goals_apart(), 1.2F * before);
  rig.session.set_config("task_config.spacin_m=1");
  rig.turn(0.05);
  EXPECT_NE(rig.session.sight().error.find("spacing_m"), std::string::npos) << "the nearest name";
  rig.session.set_config("no setting at all");
  EXPECT_NE(rig.session.toast(rig.wall_s), "");
}

TEST(Session, ASeekHasItsTrailsAtOnce) {
  Rig rig;
  for (int i = 0; i < 300; ++i) rig.session.apply(Command::kStepForward);
  rig.turn(0.1);
  ASSERT_EQ(rig.session.sight().now.step, 300U);
  // 300 steps in one go: the five seconds before were flown again
  const auto length_s = [&] {
    const render::Trail& trail = rig.session.frame().trails.at(0);
    return trail.count * Trails::kSpacing_s;
  };
  EXPECT_GT(length_s(), 0.6 * Trails::kSpan_s);
  const std::uint64_t hash = rig.session.sight().state_hash;
  rig.press(Command::kGoStart);
  rig.press(Command::kForwardTen);
  EXPECT_EQ(rig.session.sight().state_hash, hash) << "the state is none the worse for it";
  EXPECT_GT(length_s(), 0.6 * Trails::kSpan_s);
  rig.session.set_world(1);
  rig.turn(0.05);
  rig.turn(0.05);
  EXPECT_GT(length_s(), 0.6 * Trails::kSpan_s);
}

TEST(Session, ResettingTheLayoutKeepsCamerasAndSelection) {
  Rig rig;
  rig.session.select(2);
  rig.press(Command::kSaveCamera);
  rig.session.panels.left = false;
  rig.session.panels.left_px = 300;
  rig.session.set_scale(2);
  rig.press(Command::kLayer9);
  rig.press(Command::kResetLayout);
  EXPECT_TRUE(rig.session.panels.left);
  EXPECT_EQ(rig.session.panels.left_px, Panels{}.left_px);
  EXPECT_EQ(rig.session.scale(), 1);
  EXPECT_TRUE(rig.session.layers.grid);
  EXPECT_EQ(rig.session.saved().all().size(), 1U);
  EXPECT_EQ(rig.session.subject(), 2);
}

TEST(Session, ALightPictureHasColorsForALightGround) {
  Rig rig;
  const render::Color dark = rig.session.frame().vehicles.at(0).color;
  rig.press(Command::kTheme);
  EXPECT_TRUE(rig.session.light);
  EXPECT_NE(rig.session.frame().vehicles.at(0).color, dark);
}

TEST(Session, TheLayoutComesBack) {
  const auto file = std::filesystem::temp_directory_path() / "volery_layout_test" / "view.toml";
  std::filesystem::remove_all(file.parent_path());
  Rig rig;
  rig.session.panels.left = false;
  rig.session.panels.tab = DrawerTab::kRadio;
  rig.session.set_scale(1.5F);
  rig.session.light = true;
  rig.session.panels.right_px = 333;
  rig.press(static_cast<Command>(static_cast<int>(Command::kLayer1) + 1));
  rig.press(Command::kSaveCamera);
  LayoutFile layout;
  collect_layout(rig.session, "yard", layout);
  write_layout(file, layout);

  std::string notice;
  const LayoutFile read = read_layout(file, notice);
  EXPECT_TRUE(notice.empty()) << notice;
  Session other;
  apply_layout(read, "yard", other);
  EXPECT_FALSE(other.panels.left);
  EXPECT_EQ(other.panels.tab, DrawerTab::kRadio);
  EXPECT_FLOAT_EQ(read.scale, 1.5F);
  EXPECT_TRUE(other.light);
  EXPECT_FLOAT_EQ(other.panels.right_px, 333);
  EXPECT_EQ(other.layers.links, Scope::kNone);
  EXPECT_EQ(other.saved().all().size(), 1U);
  apply_layout(read, "elsewhere", other);
  EXPECT_TRUE(other.saved().all().empty());

  // of a later version: defaults, and nothing is lost
  std::ofstream(file) << "version = 99\n";
  EXPECT_EQ(read_layout(file, notice).left, true);
  EXPECT_NE(notice.find("view.toml.bak"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(file.string() + ".bak"));
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_THROW(write_layout("/proc/nowhere/view.toml", layout), Error);
  std::filesystem::remove_all(file.parent_path());
}

TEST(Session, TheReportIsWhatTheWindowShows) {
  Rig rig;
  rig.session.select(2);
  rig.press(Command::kStepForward);
  const std::string report = rig.session.report();
  for (const char* part : {"\"step\": 1", "\"playing\": false", "\"selection\": [2]",
                           "\"mode\": \"orbit\"", "\"kind\": \"LIVE\""}) {
    EXPECT_NE(report.find(part), std::string::npos) << part << "\n" << report;
  }
}

}  // namespace
}  // namespace volery::view
