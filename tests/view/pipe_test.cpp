#include "view/pipe.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "core/toml.hpp"
#include "view/pipe_engine.hpp"
#include "volery/error.hpp"

namespace volery::view {
namespace {

Batch small_batch() {
  BatchConfig config;
  config.task = "formation";
  config.num_agents = 3;
  config.teams = {"red", "red", "blue"};
  Batch batch(config);
  return batch;
}

Moment moment_at(int i, bool alive = true) {
  Moment moment;
  moment.time_s = 0.1 * i;
  moment.step = static_cast<std::uint64_t>(i);
  moment.agents.resize(3);
  moment.agents[1].position_w_m = {1, 2, static_cast<float>(i)};
  moment.agents[1].alive = alive;
  moment.agents[2].present = false;
  moment.goals_w_m = {{1, 0, 0}, {2, 0, 0}, {3, 0, 0}};
  Packet packet;
  packet.sender = 1, packet.receiver = 2, packet.fate = 3, packet.bytes = 40;
  moment.packets.push_back(packet);
  Landmark gate;
  gate.kind = Landmark::Kind::kGate, gate.radius_m = 0.7F;
  moment.landmarks.push_back(gate);
  return moment;
}

std::vector<std::uint8_t> stream(int moments) {
  std::vector<std::uint8_t> bytes = pipe_begin(pipe_header(small_batch(), "training"));
  for (int i = 0; i < moments; ++i) {
    append_moment(moment_at(i), std::vector<float>{0.5F, 1.5F, 2.5F}, bytes);
  }
  append_note("episode 12", bytes);
  append_end(bytes);
  return bytes;
}

TEST(Pipe, AHeaderDescribesTheScenery) {
  const Batch batch = small_batch();
  const Value table = pipe_header(batch, "training");
  const PipeHeader header = read_pipe_header(parse_toml(write_toml(table), "test"));
  EXPECT_EQ(header.title, "training");
  EXPECT_EQ(header.scenery.num_agents, 3);
  EXPECT_EQ(header.scenery.team_of, (std::vector<int>{0, 0, 1}));
  EXPECT_EQ(header.scenery.stage.vehicles.size(), batch.fleet().types().size());
  EXPECT_EQ(header.scenery.stage.scene.statics.size(), batch.scene().statics.size());
  EXPECT_FLOAT_EQ(header.scenery.step_s, batch.facts().step_s);
}

TEST(Pipe, MomentsComeThroughInPiecesOfAnySize) {
  const std::vector<std::uint8_t> bytes = stream(2);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    PipeParser parser;
    std::vector<PipeParser::Packet> packets;
    PipeParser::Packet packet;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      parser.feed({bytes.data() + at, std::min(piece, bytes.size() - at)});
      while (parser.next(packet)) packets.push_back(packet);
    }
    ASSERT_EQ(packets.size(), 5U);
    EXPECT_EQ(packets[0].kind, PipeKind::kHeader);
    const Moment& moment = packets[2].moment;
    EXPECT_EQ(moment.step, 1U);
    EXPECT_EQ(moment.agents[1].position_w_m, (Vec3{1, 2, 1}));
    EXPECT_FALSE(moment.agents[2].present);
    EXPECT_EQ(moment.goals_w_m[2], (Vec3{3, 0, 0}));
    EXPECT_EQ(moment.packets[0].bytes, 40);
    EXPECT_EQ(moment.landmarks[0].kind, Landmark::Kind::kGate);
    EXPECT_EQ(packets[2].rewards, (std::vector<float>{0.5F, 1.5F, 2.5F}));
    EXPECT_EQ(packets[3].note, "episode 12");
    EXPECT_EQ(packets[4].kind, PipeKind::kEnd);
  }
}

TEST(Pipe, WhatIsNoSuchStreamIsRefused) {
  PipeParser::Packet packet;
  PipeParser foreign;
  const std::string text = "GET / HTTP/1.1";
  foreign.feed({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  EXPECT_THROW(foreign.next(packet), Error);

  PipeParser headless;
  std::vector<std::uint8_t> bytes(kPipeMagic, kPipeMagic + 8);
  append_note("hello", bytes);
  headless.feed(bytes);
  EXPECT_THROW(headless.next(packet), Error);
}

// Every byte of a short stream, turned: an error or a packet, never anything worse.
TEST(Pipe, DamageNeverGoesFurtherThanAnError) {
  const std::vector<std::uint8_t> whole = stream(1);
  int refused = 0;
  // the header's text is as good damaged as whole for the bytes behind it: only the last part
  for (std::size_t i = whole.size() - 400; i < whole.size(); ++i) {
    std::vector<std::uint8_t> bytes = whole;
    bytes[i] ^= 0xFFU;
    PipeParser parser;
    PipeParser::Packet packet;
    parser.feed(bytes);
    try {
      while (parser.next(packet)) {
      }
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 10);
}

TEST(Pipe, WrongHeadersSayWhatIsWrong) {
  const auto wrong = [](const char* key, Value value, const char* expected) {
    Value header = pipe_header(small_batch(), "t");
    header.table()[key] = std::move(value);
    try {
      (void)read_pipe_header(header);
      ADD_FAILURE() << key;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what();
    }
  };
  wrong("num_agents", 0, "num_agents = 0");
  wrong("num_worlds", 0, "num_worlds = 0");
  wrong("step_s", 0.0, "step_s");
  wrong("step_s", "fast", "step_s");
  wrong("num_agent", 3, "did you mean");
  wrong("teams", 3, "teams");
  wrong("vehicle", "cf2y", "did you mean");
  Value empty = Value::Table{};
  EXPECT_THROW((void)read_pipe_header(empty), Error);
}

TEST(PipeEngine, PlaysWhatHasCome) {
  PipeInbox inbox;
  PipeInbox writer = inbox;
  std::thread thread([writer]() mutable { writer.feed(stream(10)); });
  PipeEngine engine(inbox);
  thread.join();
  EXPECT_TRUE(engine.poll());
  EXPECT_EQ(engine.range().last, 10U);  // position 0 is empty
  EXPECT_FALSE(engine.range().grows);   // the stream has ended
  EXPECT_EQ(engine.notice(), "episode 12");
  engine.seek(4);
  Moment moment;
  engine.read(0, moment);
  EXPECT_EQ(moment.agents[1].position_w_m.z, 3);
  EXPECT_EQ(engine.facts().reward[1], 1.5F);
  engine.seek(10);
  EXPECT_FALSE(engine.step());
}

TEST(PipeEngine, WorldsOfOneStepStandBesideEachOther) {
  Value table = pipe_header(small_batch(), "t");
  table.table()["num_worlds"] = 2;
  std::vector<std::uint8_t> bytes = pipe_begin(table);
  for (int i = 0; i < 3; ++i) {
    for (int world = 0; world < 2; ++world) {
      Moment moment = moment_at(i);
      moment.world = world;
      moment.agents[0].position_w_m.x = static_cast<float>(10 * world + i);
      append_moment(moment, {}, bytes);
    }
  }
  PipeInbox inbox;
  inbox.feed(bytes);
  PipeEngine engine(inbox);
  engine.poll();
  EXPECT_EQ(engine.range().last, 3U);
  engine.seek(2);
  Moment moment;
  engine.read(1, moment);
  EXPECT_EQ(moment.world, 1);
  EXPECT_EQ(moment.agents[0].position_w_m.x, 11);
  engine.read(0, moment);
  EXPECT_EQ(moment.agents[0].position_w_m.x, 1);
  EXPECT_TRUE(engine.events().empty());
}

TEST(PipeEngine, AStreamThatEndsBeforeItsHeaderIsAnError) {
  PipeInbox inbox;
  inbox.feed({});
  EXPECT_THROW(PipeEngine{inbox}, Error);
}

TEST(PipeEngine, DamageIsToldAndThePastStays) {
  std::vector<std::uint8_t> bytes = pipe_begin(pipe_header(small_batch(), "t"));
  append_moment(moment_at(0), {}, bytes);
  bytes.insert(bytes.end(), {9, 0, 0, 0, 0, 0, 0, 0});
  PipeInbox inbox;
  inbox.feed(bytes);
  PipeEngine engine(inbox);
  engine.poll();
  engine.poll();
  EXPECT_NE(engine.notice().find("unknown packet"), std::string::npos);
  EXPECT_EQ(engine.range().last, 1U);
}

TEST(PipeEngine, DeathsAndNewEpisodesAreEvents) {
  std::vector<std::uint8_t> bytes = pipe_begin(pipe_header(small_batch(), "t"));
  append_moment(moment_at(0), {}, bytes);
  append_moment(moment_at(1, false), {}, bytes);
  Moment next = moment_at(2);
  next.episode = 1;
  append_moment(next, {}, bytes);
  PipeInbox inbox;
  inbox.feed(bytes);
  PipeEngine engine(inbox);
  engine.poll();
  ASSERT_EQ(engine.events().size(), 2U);
  EXPECT_EQ(engine.events()[0].kind, TimeEvent::Kind::kEnded);
  EXPECT_EQ(engine.events()[0].agent, 1);
  EXPECT_EQ(engine.events()[1].kind, TimeEvent::Kind::kReset);
  EXPECT_TRUE(engine.range().grows);
}

}  // namespace
}  // namespace volery::view
