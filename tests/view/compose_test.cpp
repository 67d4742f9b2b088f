#include "view/compose.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "view/links.hpp"

namespace volery::view {
namespace {

// Three drones in a row at 1 m, two teams.
struct Row {
  Row() {
    scenery.stage.vehicles.push_back(load_vehicle("cf2x"));
    scenery.num_agents = 3;
    scenery.vehicle_of = {0, 0, 0};
    scenery.team_of = {0, 1, 0};
    scenery.fates = radio_count_names();
    moment.agents.resize(3);
    for (std::size_t i = 0; i < 3; ++i)
      moment.agents[i].position_w_m = {static_cast<float>(i), 0, 1};
  }
  void send(int from, int to, const char* fate) {
    Packet packet;
    packet.sender = from;
    packet.receiver = to;
    for (std::size_t i = 0; i < scenery.fates.size(); ++i) {
      if (scenery.fates[i] == fate) packet.fate = static_cast<int>(i);
    }
    moment.packets.push_back(packet);
  }
  const render::Frame& draw() {
    compose(scenery, moment, trails, layers, selection, frame);
    return frame;
  }
  Scenery scenery;
  Moment moment;
  Trails trails;
  Layers layers;
  Selection selection;
  render::Frame frame;
};

int marks_of(const render::Frame& frame, render::MarkShape shape) {
  int count = 0;
  for (const render::Mark& mark : frame.marks) count += mark.shape == shape ? 1 : 0;
  return count;
}

TEST(Compose, DrawsWhoIsThereInTheColorOfItsTeam) {
  Row row;
  row.moment.agents[2].present = false;
  row.moment.agents[1].alive = false;
  const render::Frame& frame = row.draw();
  ASSERT_EQ(frame.vehicles.size(), 2U);
  EXPECT_EQ(frame.vehicles[0].color, team_color(0));
  EXPECT_EQ(frame.vehicles[1].color, kDead);
  EXPECT_TRUE(frame.vehicles[1].flags & render::kBodyDead);
}

TEST(Compose, LeavesOutCoordinatesThatAreNonsense) {
  Row row;
  row.moment.agents[0].position_w_m.x = std::nanf("");
  row.moment.agents[1].position_w_m.x = 1e30F;
  EXPECT_EQ(row.draw().vehicles.size(), 1U);
}

TEST(Compose, SelectedAgentsAreMarkedLabeledAndHaveAStem) {
  Row row;
  row.selection.agents = {1};
  const render::Frame& frame = row.draw();
  EXPECT_TRUE(frame.vehicles[1].flags & render::kBodySelected);
  ASSERT_EQ(frame.labels.size(), 1U);
  EXPECT_EQ(frame.labels[0].text, "d0001");
  ASSERT_EQ(frame.lines.size(), 1U);
  EXPECT_EQ(frame.lines[0].to_w_m.z, 0);
}

TEST(Compose, RaysEndInADotWhereTheyMeetSomething) {
  Row row;
  row.moment.beams = {{{0, 0, 1}, {1, 0, 0}, 2, true}, {{0, 0, 1}, {0, 1, 0}, 4, false}};
  const render::Frame& frame = row.draw();
  ASSERT_EQ(frame.lines.size(), 2U);
  EXPECT_FLOAT_EQ(frame.lines[0].to_w_m.x, 2);
  EXPECT_FLOAT_EQ(frame.lines[1].to_w_m.y, 4);
  EXPECT_EQ(marks_of(frame, render::MarkShape::kDot), 1);
  row.layers.sensors = Scope::kNone;
  EXPECT_TRUE(row.draw().lines.empty());
}

TEST(Compose, WindComesAtWhoIsSelected) {
  Row row;
  row.selection.agents = {1};
  for (AgentPose& agent : row.moment.agents) agent.air_w_mps = {5, 0, 0};
  const render::Frame& frame = row.draw();
  ASSERT_EQ(frame.lines.size(), 2U) << "the arrow and the stem";
  EXPECT_TRUE(frame.lines[0].arrow);
  EXPECT_EQ(frame.lines[0].to_w_m.x, 1);
  EXPECT_FLOAT_EQ(frame.lines[0].from_w_m.x, 0);
}

TEST(Compose, ASelectionOfAgentsThatAreNotThereIsEmpty) {
  Row row;
  row.selection.agents = {-1, 77};
  row.layers.velocity = Scope::kSelected;
  row.layers.links = Scope::kNeighbors;
  row.send(0, 1, "delivered");
  EXPECT_EQ(row.draw().labels.size(), 0U);
}

TEST(Compose, LinksTellTheFateByColorAndForm) {
  Row row;
  row.layers.messages = Scope::kAll;
  row.send(0, 1, "delivered");
  row.send(1, 0, "lost");
  row.send(2, 1, "occluded");
  row.send(2, 0, "collision");
  row.send(0, 2, "out_of_range");
  const render::Frame& frame = row.draw();
  ASSERT_EQ(frame.lines.size(), 4U) << "nobody expects to hear out of range";
  EXPECT_EQ(frame.lines[0].style, render::LineStyle::kSolid);
  EXPECT_EQ(frame.lines[1].style, render::LineStyle::kDashed);
  EXPECT_EQ(marks_of(frame, render::MarkShape::kCross), 1);
  EXPECT_EQ(marks_of(frame, render::MarkShape::kBurst), 1);
  EXPECT_EQ(marks_of(frame, render::MarkShape::kDart), 2);
}

TEST(Compose, EveryFateHasALook) {
  int shown = 0;
  for (const std::string& fate : radio_count_names()) shown += look_of(fate).shown ? 1 : 0;
  EXPECT_GT(shown, 5);
}

TEST(Compose, TooManyLinksBecomeHalos) {
  Row row;
  for (int i = 0; i <= kMostLinks; ++i) row.send(0, 1, "delivered");
  const render::Frame& frame = row.draw();
  EXPECT_TRUE(frame.lines.empty());
  EXPECT_EQ(marks_of(frame, render::MarkShape::kDot), 1);
}

TEST(Compose, WhatIsLeftOutIsNeverOfTheSelected) {
  Layers layers;
  layers.velocity = Scope::kNone;
  EXPECT_EQ(thrifty(layers, Economy::kEdges).trails, Scope::kAll);
  const Layers less = thrifty(layers, Economy::kTrails);
  EXPECT_EQ(less.trails, Scope::kSelected);
  EXPECT_EQ(less.goals, Scope::kAll);
  const Layers least = thrifty(layers, Economy::kOverlays);
  EXPECT_EQ(least.goals, Scope::kSelected);
  EXPECT_EQ(least.links, Scope::kSelected);
  EXPECT_EQ(least.velocity, Scope::kNone);
  EXPECT_TRUE(least.grid);
}

TEST(Compose, MessagesTravelOverTheirLatency) {
  Row row;
  row.layers.messages = Scope::kAll;
  row.send(0, 1, "delivered");
  row.moment.packets[0].delay_steps = 2;
  row.moment.share = 0.5;
  EXPECT_FLOAT_EQ(row.draw().marks.at(0).position_w_m.x, 0.25F);
}

TEST(Trails, KeepFiveSecondsAndStartAnewAfterAReset) {
  Row row;
  for (int step = 0; step <= 1000; ++step) {
    row.moment.step = static_cast<std::uint64_t>(step);
    row.moment.time_s = 0.01 * step;
    row.moment.agents[0].position_w_m.x = static_cast<float>(0.01 * step);
    row.trails.add(row.moment);
  }
  const render::Frame& frame = row.draw();
  ASSERT_EQ(frame.trails.size(), 3U);
  EXPECT_LE(frame.trails[0].count, Trails::kPoints + 1);
  EXPECT_GE(frame.trail_points[0].x, 5 - 0.2F);
  EXPECT_FLOAT_EQ(frame.trail_points[static_cast<std::size_t>(frame.trails[0].count - 1)].x, 10);
  row.moment.time_s = 0;
  row.moment.step = 1001;
  row.moment.episode = 1;
  row.moment.cut = true;
  row.trails.add(row.moment);
  EXPECT_EQ(row.draw().trails.at(0).count, 2);
}

// A drone that flies along x at 1 m/s, from one step to another.
void fly(Row& row, int from, int to) {
  for (int step = from; step <= to; ++step) {
    row.moment.step = static_cast<std::uint64_t>(step);
    row.moment.time_s = 0.05 * step;
    row.moment.agents[0].position_w_m.x = static_cast<float>(0.05 * step);
    row.trails.add(row.moment);
  }
}

TEST(Trails, GoingBackFindsThemThere) {
  Row row;
  fly(row, 0, 400);
  EXPECT_FALSE(row.trails.missing_from(row.moment, 0.05));
  fly(row, 200, 200);
  EXPECT_FALSE(row.trails.missing_from(row.moment, 0.05));
  const render::Frame& frame = row.draw();
  const render::Trail& trail = frame.trails.at(0);
  EXPECT_NEAR(frame.trail_points[static_cast<std::size_t>(trail.first)].x, 5, 0.2);
  EXPECT_FLOAT_EQ(frame.trail_points[static_cast<std::size_t>(trail.first + trail.count - 1)].x,
                  10);
}

TEST(Trails, SayFromWhereTheyAreNotKnown) {
  Row row;
  fly(row, 300, 300);
  EXPECT_EQ(row.trails.missing_from(row.moment, 0.05), 200U);
  fly(row, 200, 300);
  EXPECT_FALSE(row.trails.missing_from(row.moment, 0.05));
  // near the start there is less to know
  row.trails.clear();
  fly(row, 40, 40);
  EXPECT_EQ(row.trails.missing_from(row.moment, 0.05), 0U);
}

TEST(Trails, AnotherFutureForgetsTheFirst) {
  Row row;
  fly(row, 0, 200);
  row.trails.cut(100);
  fly(row, 100, 100);
  fly(row, 300, 300);
  EXPECT_EQ(row.trails.missing_from(row.moment, 0.05), 200U);
}

TEST(Trails, AnEarlierTimeLaterInTheRunStartsAnew) {
  Row row;
  fly(row, 0, 200);
  row.moment.step = 201;
  row.moment.time_s = 1;
  row.trails.add(row.moment);
  EXPECT_EQ(row.draw().trails.at(0).count, 2);
}

TEST(Overview, EverybodyIsInThePicture) {
  Row row;
  row.moment.agents[2].position_w_m = {30, -5, 8};
  for (const float aspect : {16.0F / 9.0F, 1.0F, 0.5F}) {
    const render::Camera camera = overview(row.scenery, row.moment, aspect);
    const float half_height = std::tan(0.5F * camera.fov_y_rad);
    for (const AgentPose& agent : row.moment.agents) {
      const Vec3 away{static_cast<float>(agent.position_w_m.x - camera.eye_w_m[0]),
                      static_cast<float>(agent.position_w_m.y - camera.eye_w_m[1]),
                      static_cast<float>(agent.position_w_m.z - camera.eye_w_m[2])};
      const Vec3 seen = rotate_inverse(camera.quat_wc, away);
      EXPECT_LT(seen.z, 0);
      EXPECT_LT(std::abs(seen.y / seen.z), half_height);
      EXPECT_LT(std::abs(seen.x / seen.z), half_height * aspect);
    }
  }
}

}  // namespace
}  // namespace volery::view
