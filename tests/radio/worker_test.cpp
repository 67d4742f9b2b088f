// The pipeline against an oracle that looks at every pair and keeps every message on a list, and
// what a reader of docs/radio.md would try by hand.
#include "radio/worker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "radio_world.hpp"

namespace volery::radio {
namespace {

using testing::Heard;
using testing::RadioWorld;

/// A message on its way or held, as the oracle keeps it.
struct Note {
  int from = 0;
  std::uint32_t created = 0, arrives = 0;
  float square_m2 = 0, distance_m = 0;
  std::vector<float> payload;
};

/// All pairs, one list per agent: what the pipeline must do, for one world with discs, constant
/// loss, latency, jitter and groups.
class Oracle {
 public:
  explicit Oracle(const RadioWorld& world)
      : world_(world),
        lists_(static_cast<std::size_t>(world.slab.num_agents)),
        fates_(static_cast<std::size_t>(world.slab.num_agents)) {}

  void step(const RadioKey& key) {
    const RadioConfig& config = world_.radio().config();
    const int num_agents = world_.slab.num_agents;
    for (int receiver = 0; receiver < num_agents; ++receiver) {
      std::map<std::uint32_t, std::vector<Note>> arriving;
      for (int sender = 0; sender < num_agents; ++sender) {
        Note note;
        const Fate fate = judge(key, sender, receiver, note);
        if (fate == Fate::kQueueFull) continue;  // no candidate
        if (fate == Fate::kDelivered) {
          arriving[note.arrives].push_back(note);
        } else {
          ++fates_[static_cast<std::size_t>(receiver)][fate];
        }
      }
      auto& list = lists_[static_cast<std::size_t>(receiver)];
      for (auto& [step, notes] : arriving) {
        std::sort(notes.begin(), notes.end(), before);
        const auto held = static_cast<std::size_t>(std::count_if(
            list.begin(), list.end(), [&](const Note& n) { return n.arrives == step; }));
        const auto room = static_cast<std::size_t>(config.inbox.slots) - held;
        for (std::size_t i = 0; i < notes.size(); ++i) {
          ++fates_[static_cast<std::size_t>(receiver)]
                  [i < room ? Fate::kDelivered : Fate::kInboxFull];
          if (i < room) list.push_back(notes[i]);
        }
      }
    }
  }

  /// What the receiver holds in the observation of that step.
  [[nodiscard]] std::vector<Note> inbox(int receiver, std::uint32_t step) {
    const RadioConfig& config = world_.radio().config();
    auto& list = lists_[static_cast<std::size_t>(receiver)];
    const auto most =
        static_cast<std::uint32_t>(config.timing.latency_steps + config.inbox.keep_steps - 1);
    std::vector<Note> seen;
    for (const Note& note : list) {
      const bool fresh = note.arrives == step;
      if (note.arrives > step || (!fresh && step - note.created > most)) continue;
      if (!fresh && (config.inbox.keep_steps == 1)) continue;
      seen.push_back(note);
    }
    // a newer message of the same sender replaces the older ones, which are then gone for good
    std::sort(seen.begin(), seen.end(), before);
    std::vector<Note> out;
    for (const Note& note : seen) {
      const bool replaced =
          note.arrives != step &&
          std::any_of(out.begin(), out.end(), [&](auto& n) { return n.from == note.from; });
      if (!replaced) out.push_back(note);
    }
    if (out.size() > static_cast<std::size_t>(config.inbox.slots))
      out.resize(static_cast<std::size_t>(config.inbox.slots));
    // what is not seen now will not be seen again
    list.erase(std::remove_if(list.begin(), list.end(),
                              [&](const Note& note) {
                                return note.arrives <= step &&
                                       std::none_of(out.begin(), out.end(), [&](const Note& n) {
                                         return n.from == note.from && n.created == note.created;
                                       });
                              }),
               list.end());
    return out;
  }

  [[nodiscard]] int fate(int receiver, Fate fate) const {
    const auto& counts = fates_[static_cast<std::size_t>(receiver)];
    const auto found = counts.find(fate);
    return found == counts.end() ? 0 : found->second;
  }

 private:
  static bool before(const Note& a, const Note& b) {
    if (a.created != b.created) return a.created > b.created;
    if (a.arrives != b.arrives) return a.arrives > b.arrives;
    if (a.square_m2 != b.square_m2) return a.square_m2 < b.square_m2;
    return a.from < b.from;
  }

  Fate judge(const RadioKey& key, int sender, int receiver, Note& note) const {
    const RadioConfig& config = world_.radio().config();
    const Blocks& agents = world_.slab.agents;
    const MessageRows& rows = world_.radio().rows();
    if (agents.at(sender, rows.send) <= 0) return Fate::kQueueFull;
    if (sender == receiver && !config.address.echo) return Fate::kQueueFull;
    const int to = rows.to < 0 ? -1 : static_cast<int>(std::lround(agents.at(sender, rows.to)));
    const int num_agents = world_.slab.num_agents;
    if (to >= 0 && to < num_agents && to != receiver) return Fate::kQueueFull;
    if (to >= num_agents &&
        static_cast<int>(config.address.group[static_cast<std::size_t>(receiver)]) !=
            to - num_agents)
      return Fate::kQueueFull;
    const Vec3 a = agents.vec3(sender, kPosition), b = agents.vec3(receiver, kPosition);
    const float dx = b.x - a.x, dy = b.y - a.y, dz = b.z - a.z;
    note.square_m2 = dx * dx + dy * dy + dz * dz;
    const auto& ranges = config.range.range_m;
    const float range = ranges.size() == 1 ? ranges[0] : ranges[static_cast<std::size_t>(sender)];
    const float largest = *std::max_element(ranges.begin(), ranges.end());
    const bool unicast = to >= 0 && to < num_agents;
    if (!(note.square_m2 < largest * largest))
      return unicast ? Fate::kOutOfRange : Fate::kQueueFull;
    if (sender != receiver && !(note.square_m2 < range * range)) return Fate::kOutOfRange;
    const LinkDraws draws =
        link_draws(key, static_cast<std::uint32_t>(sender), static_cast<std::uint32_t>(receiver));
    note.distance_m = std::sqrt(note.square_m2);
    if (sender != receiver) {
      const Fate lost = world_.radio().loss().fate(key, static_cast<std::uint32_t>(sender),
                                                   static_cast<std::uint32_t>(receiver), draws,
                                                   note.distance_m, 4 * rows.size);
      if (lost != Fate::kDelivered) return lost;
    }
    note.from = sender;
    note.created = key.step;
    note.arrives = key.step + static_cast<std::uint32_t>(config.timing.latency_steps);
    if (config.timing.jitter_steps > 0)
      note.arrives +=
          below_of(draws.jitter, static_cast<std::uint32_t>(config.timing.jitter_steps) + 1);
    for (int i = 0; i < rows.size; ++i) note.payload.push_back(agents.at(sender, rows.data + i));
    return Fate::kDelivered;
  }

  const RadioWorld& world_;
  std::vector<std::vector<Note>> lists_;
  std::vector<std::map<Fate, int>> fates_;
};

// The outboxes of a step: about two thirds of the agents send.
void babble(const RadioWorld& world, std::uint32_t step) {
  const MessageRows& rows = world.radio().rows();
  for (int body = 0; body < world.slab.agents.num_bodies; ++body) {
    Rng rng(3, 0, Stream::kAction, static_cast<std::uint32_t>(body), step);
    std::vector<float> payload;
    for (int i = 0; i < rows.size; ++i) payload.push_back(rng.uniform(-1, 1));
    const int most = world.slab.num_agents + world.radio().num_groups();
    const int to =
        rng.uniform() < 0.5F ? -1 : static_cast<int>(rng.below(static_cast<std::uint32_t>(most)));
    world.say(body, payload, to);
    if (rng.uniform() < 0.33F) world.hush(body);
  }
}

void expect_like_oracle(const std::string& toml, int num_agents, float side_m,
                        int largest_brute_force) {
  RadioWorld world(toml, num_agents);
  world.worker->set_largest_brute_force(largest_brute_force);
  Oracle oracle(world);
  constexpr int kSteps = 12;
  for (std::uint32_t step = 0; step < kSteps; ++step) {
    world.scatter(side_m, step / 4);
    babble(world, step);
    const RadioKey key{world.header(0).seed, world.header(0).episode, step};
    oracle.step(key);
    world.step();
    for (int agent = 0; agent < num_agents; ++agent) {
      const std::vector<Heard> heard = world.inbox(agent);
      const auto expected = oracle.inbox(agent, step + 1);
      ASSERT_EQ(heard.size(), expected.size()) << "agent " << agent << " step " << step;
      for (std::size_t k = 0; k < heard.size(); ++k) {
        ASSERT_EQ(heard[k].from, expected[k].from) << "agent " << agent << " step " << step;
        ASSERT_EQ(heard[k].payload, expected[k].payload);
        ASSERT_EQ(heard[k].distance_m, expected[k].distance_m);
        ASSERT_FLOAT_EQ(heard[k].age_s,
                        RadioWorld::kStep_s * static_cast<float>(step + 1 - expected[k].created));
      }
    }
  }
  for (int agent = 0; agent < num_agents; ++agent) {
    float sum = 0;
    for (int f = 0; f < kNumFates; ++f) {
      ASSERT_EQ(world.count(agent, f), static_cast<float>(oracle.fate(agent, static_cast<Fate>(f))))
          << kFateNames[f] << " of agent " << agent;
      sum += world.count(agent, f);
    }
    ASSERT_EQ(sum, world.count(agent, kCandidates));
  }
  // the case is no case if nothing is heard
  EXPECT_GT(world.total(Fate::kDelivered), num_agents);
}

constexpr const char* kPlain = "payload.size = 3\nrange.range_m = [4]\ninbox.slots = 5\n";
constexpr const char* kDelays =
    "payload.size = 3\nrange.range_m = [4]\ninbox.slots = 5\nloss.probability = 0.3\n"
    "timing.latency_steps = 2\ntiming.jitter_steps = 3\n";
constexpr const char* kKept =
    "payload.size = 2\nrange.range_m = [4]\ninbox.slots = 6\ninbox.keep_steps = 4\n"
    "loss.probability = 0.2\n";
constexpr int kGridAlways = 0;
constexpr int kGridNever = 1 << 20;

TEST(RadioWorker, EqualsTheOracleByBruteForce) {
  expect_like_oracle(kPlain, 60, 10, kGridNever);
}
TEST(RadioWorker, EqualsTheOracleThroughTheGrid) {
  expect_like_oracle(kPlain, 400, 20, kGridAlways);
}
TEST(RadioWorker, DelaysEqualTheOracle) {
  expect_like_oracle(kDelays, 60, 10, kGridNever);
  expect_like_oracle(kDelays, 300, 18, kGridAlways);
}
TEST(RadioWorker, KeptMessagesEqualTheOracle) {
  expect_like_oracle(kKept, 60, 10, kGridNever);
}
TEST(RadioWorker, AddressesAndEchoEqualTheOracle) {
  std::string toml = std::string(kPlain) + "address.mode = \"any\"\naddress.echo = true\n";
  toml += "address.group = [0";
  for (int i = 1; i < 60; ++i) toml += ", " + std::to_string(i % 3);
  expect_like_oracle(toml + "]\n", 60, 10, kGridNever);
}
TEST(RadioWorker, AsymmetricRangesEqualTheOracle) {
  std::string toml = "payload.size = 1\ninbox.slots = 8\nrange.range_m = [2";
  for (int i = 1; i < 60; ++i) toml += ", " + std::to_string(2 + i % 4);
  expect_like_oracle(toml + "]\n", 60, 10, kGridNever);
}

TEST(RadioWorker, TheRangeCutsExactly) {
  RadioWorld world("payload.size = 1\nrange.range_m = [5]\n", 2);
  world.put(0, {0, 0, 0});
  world.put(1, {3, 4, 0});
  world.say(0, {0.5F});
  world.step();
  EXPECT_TRUE(world.inbox(1).empty()) << "the range itself is out of range";
  world.put(1, {3, std::nextafter(4.0F, 0.0F), 0});
  world.step();
  EXPECT_EQ(world.inbox(1).size(), 1U);
}

TEST(RadioWorker, AHearsBWhileBDoesNotHearA) {
  RadioWorld world("payload.size = 1\nrange.range_m = [2, 8]\n", 2);
  world.put(0, {0, 0, 0});
  world.put(1, {5, 0, 0});
  world.say(0, {0.1F});
  world.say(1, {0.2F});
  world.step();
  ASSERT_EQ(world.inbox(0).size(), 1U);
  EXPECT_EQ(world.inbox(0)[0].payload[0], 0.2F);
  EXPECT_TRUE(world.inbox(1).empty());
  EXPECT_EQ(world.count(1, Fate::kOutOfRange), 1);
}

TEST(RadioWorker, NobodySendsWithoutTheFlag) {
  RadioWorld world("payload.size = 1\n", 3);
  world.say(0, {1});
  world.hush();
  world.step();
  EXPECT_EQ(world.total(kSent), 0);
  EXPECT_EQ(world.total(kCandidates), 0);
}

TEST(RadioWorker, AMessageIsSeenAfterItsLatencyAndOnce) {
  RadioWorld world("payload.size = 1\ntiming.latency_steps = 3\n", 2);
  world.put(1, {1, 0, 0});
  world.say(0, {0.25F});
  for (int step = 1; step <= 5; ++step) {
    world.step();
    world.hush();
    EXPECT_EQ(world.inbox(1).size(), step == 3 ? 1U : 0U) << "observation " << step;
    if (step == 3) {
      EXPECT_FLOAT_EQ(world.inbox(1)[0].age_s, 3 * RadioWorld::kStep_s);
    }
  }
}

TEST(RadioWorker, RangeAndBearingAreThoseOfTheMomentOfSending) {
  RadioWorld world("payload.size = 1\ntiming.latency_steps = 2\n", 2);
  // the receiver looks north: what is east of it is to its right
  const float half = std::sqrt(0.5F);
  world.slab.agents.set_quat(1, {0, 0, half, half});
  world.put(0, {3, 0, 0});
  world.say(0, {0});
  world.step();
  world.hush();
  world.put(0, {-9, 0, 0});
  world.step();
  ASSERT_EQ(world.inbox(1).size(), 1U);
  const Heard heard = world.inbox(1)[0];
  EXPECT_FLOAT_EQ(heard.distance_m, 3);
  constexpr float kRounding = 1e-6F;  // of a quaternion of two floats
  EXPECT_NEAR(heard.bearing_b.x, 0, kRounding);
  EXPECT_NEAR(heard.bearing_b.y, -1, kRounding);
}

TEST(RadioWorker, TheVelocityIsRelativeAndOfTheMomentOfSending) {
  RadioWorld world("inbox.velocity = true\ntiming.latency_steps = 2\n", 2);
  world.scatter(3, 4);
  world.slab.agents.set_vec3(0, kVelocity, {1, 2, 3});
  world.slab.agents.set_vec3(1, kVelocity, {-1, 0.5F, 0});
  const Quat attitude = world.slab.agents.quat(1);
  world.say(0, {0.5F});
  world.step();
  world.hush();
  world.slab.agents.set_vec3(0, kVelocity, {9, 9, 9});
  world.step();
  const MessageRows& rows = world.radio().rows();
  ASSERT_EQ(world.inbox(1).size(), 1U);
  const Vec3 seen = rotate(attitude, world.slab.agents.vec3(1, rows.inbox + rows.velocity));
  constexpr float kRounding = 1e-5F;
  EXPECT_NEAR(seen.x, 2, kRounding);
  EXPECT_NEAR(seen.y, 1.5F, kRounding);
  EXPECT_NEAR(seen.z, 3, kRounding);
}

TEST(RadioWorker, AReplyGoesToTheNewestSender) {
  RadioWorld world("payload.size = 1\naddress.mode = \"any\"\n", 3);
  world.put(1, {1, 0, 0});
  world.put(2, {2, 0, 0});
  world.say(2, {0.5F});
  world.step();
  world.hush();
  world.say(0, {0.75F}, kReply);
  world.step();
  EXPECT_TRUE(world.inbox(1).empty());
  ASSERT_EQ(world.inbox(2).size(), 1U);
  EXPECT_EQ(world.inbox(2)[0].payload[0], 0.75F);
  // with an empty inbox there is nobody to reply to
  world.hush();
  world.step();
  const double sent = world.total(kSent);
  world.say(1, {0.5F}, kReply);
  world.step();
  EXPECT_EQ(world.total(kSent), sent);
}

TEST(RadioWorker, AFarAddresseeIsCountedAsOutOfRange) {
  RadioWorld world("payload.size = 1\nrange.range_m = [5]\naddress.mode = \"any\"\n", 3);
  world.put(1, {2, 0, 0});
  world.put(2, {100, 0, 0});
  world.say(0, {1}, 2);
  world.step();
  EXPECT_EQ(world.count(2, Fate::kOutOfRange), 1);
  EXPECT_EQ(world.count(2, kCandidates), 1);
  EXPECT_EQ(world.count(1, kCandidates), 0) << "it was for somebody else";
}

TEST(RadioWorker, TheDeadNeitherSendNorReceive) {
  RadioWorld world("payload.size = 1\n", 3);
  const int alive = world.radio().alive_row();
  world.slab.agents.at(0, alive) = 0;
  for (int body = 0; body < 3; ++body) {
    world.put(body, {static_cast<float>(body), 0, 0});
    world.say(body, {1});
  }
  world.step();
  EXPECT_EQ(world.total(kSent), 2);
  EXPECT_TRUE(world.inbox(0).empty());
  EXPECT_EQ(world.count(0, Fate::kReceiverDead), 2);
}

TEST(RadioWorker, ASenderOverItsRateWaitsInOrder) {
  // 8 bytes a message, room for one, and one more every second step
  RadioWorld world(
      "payload.size = 2\nbandwidth.rate_bytes_ps = 40\nbandwidth.burst_bytes = 8\n"
      "bandwidth.queue = 2\n",
      2);
  world.put(1, {1, 0, 0});
  std::vector<float> heard;
  for (int step = 0; step < 12; ++step) {
    world.hush();
    if (step < 6) world.say(0, {static_cast<float>(step) / 8, 0});
    world.step();
    for (const Heard& message : world.inbox(1)) heard.push_back(message.payload[0] * 8);
  }
  // 0 goes at once, then one every other step; of the rest two fit the queue at a time
  ASSERT_GE(heard.size(), 4U);
  EXPECT_TRUE(std::is_sorted(heard.begin(), heard.end()));
  EXPECT_EQ(heard[0], 0);
  EXPECT_EQ(heard[1], 1);
  EXPECT_EQ(world.count(0, kSent) + world.count(0, kRefusedQueue), 6);
  EXPECT_GT(world.count(0, kRefusedQueue), 0);
}

TEST(RadioWorker, WithoutAQueueWhatIsOverTheRateIsRefused) {
  RadioWorld world("payload.size = 2\nbandwidth.rate_bytes_ps = 40\nbandwidth.burst_bytes = 8\n",
                   2);
  world.put(1, {1, 0, 0});
  for (int step = 0; step < 10; ++step) {
    world.say(0, {0, 0});
    world.step();
  }
  EXPECT_EQ(world.count(0, kSent), 5);
  EXPECT_EQ(world.count(0, kRefusedRate), 5);
  EXPECT_EQ(world.count(0, kBytesSent), 40);
}

TEST(RadioWorker, AFullQueueDropsTheOldestWhereAsked) {
  RadioWorld world(
      "payload.size = 2\nbandwidth.rate_bytes_ps = 40\nbandwidth.burst_bytes = 8\n"
      "bandwidth.queue = 1\nbandwidth.drop = \"oldest\"\n",
      2);
  world.put(1, {1, 0, 0});
  std::vector<float> heard;
  for (int step = 0; step < 9; ++step) {
    world.hush();
    if (step < 5) world.say(0, {static_cast<float>(step) / 8, 0});
    world.step();
    for (const Heard& message : world.inbox(1)) heard.push_back(message.payload[0] * 8);
  }
  ASSERT_FALSE(heard.empty());
  EXPECT_EQ(heard.back(), 4) << "the newest is never dropped";
}

TEST(RadioWorker, ALongMessageTakesLongerAndKeepsItsSenderBusy) {
  // 32 bytes at 1,024 bit/s take a quarter of a second: two and a half steps
  RadioWorld world("payload.size = 8\ntiming.bit_rate_bps = 1024\n", 2);
  world.put(1, {1, 0, 0});
  int first = 0;
  for (int step = 1; step <= 8; ++step) {
    world.say(0, std::vector<float>(8, 0));
    world.step();
    if (first == 0 && !world.inbox(1).empty()) first = step;
  }
  EXPECT_EQ(first, 3) << "latency 1 and two whole steps on the air";
  // 0.8 s hold three of them; the fourth began in time
  EXPECT_EQ(world.count(0, kSent), 4);
  EXPECT_EQ(world.count(0, kRefusedRate), 4);
}

TEST(RadioWorker, OnlyTheListenersOfAChannelHearIt) {
  RadioWorld world("payload.size = 1\naddress.channels = 2\naddress.listens = [0, 0, 1]\n", 3);
  const MessageRows& rows = world.radio().rows();
  world.put(1, {1, 0, 0});
  world.put(2, {2, 0, 0});
  world.say(0, {1});
  world.slab.agents.at(0, rows.channel) = 1;
  world.step();
  EXPECT_TRUE(world.inbox(1).empty());
  EXPECT_EQ(world.inbox(2).size(), 1U);
}

TEST(RadioWorker, TokensArriveAsOne) {
  RadioWorld world("payload.kind = \"token\"\npayload.size = 4\n", 2);
  world.put(1, {1, 0, 0});
  world.say(0, {-0.5F, 0.2F, 0.9F, 0.1F});
  world.step();
  ASSERT_EQ(world.inbox(1).size(), 1U);
  EXPECT_EQ(world.inbox(1)[0].payload, (std::vector<float>{0, 0, 1, 0}));
  EXPECT_EQ(world.count(0, kBytesSent), 1);
}

TEST(RadioWorker, BytesBeyondTheLengthAreNotSent) {
  RadioWorld world("payload.kind = \"bytes\"\npayload.size = 4\npayload.header_bytes = 2\n", 2);
  world.put(1, {1, 0, 0});
  world.say(0, {17, 200.3F, 99, 5, 2});
  world.step();
  ASSERT_EQ(world.inbox(1).size(), 1U);
  EXPECT_EQ(world.inbox(1)[0].payload, (std::vector<float>{17, 200, 0, 0, 2}));
  EXPECT_EQ(world.count(0, kBytesSent), 4);
}

TEST(RadioWorker, QuantizedNumbersKeepTheirBits) {
  RadioWorld world("payload.size = 2\npayload.quantize_bits = 4\n", 2);
  world.put(1, {1, 0, 0});
  world.say(0, {0.99F, -0.3F});
  world.step();
  ASSERT_EQ(world.inbox(1).size(), 1U);
  // sixteen levels an eighth apart, from -1 to 7/8
  EXPECT_EQ(world.inbox(1)[0].payload, (std::vector<float>{0.875F, -0.25F}));
  EXPECT_EQ(world.count(0, kBytesSent), 1);
}

TEST(RadioWorker, LossFollowsItsProbability) {
  constexpr float kLoss = 0.3F;
  RadioWorld world("payload.size = 1\nloss.probability = 0.3\ninbox.slots = 16\n", 16);
  for (int body = 0; body < 16; ++body) world.put(body, {static_cast<float>(body), 0, 0});
  for (int step = 0; step < 200; ++step) {
    for (int body = 0; body < 16; ++body) world.say(body, {0});
    world.step();
  }
  const double n = world.total(kCandidates);
  ASSERT_EQ(n, 200 * 16 * 15);
  constexpr double kSigmas = 4;  // binomial; one seed in 16,000 would fail
  EXPECT_NEAR(world.total(Fate::kLost), n * static_cast<double>(kLoss),
              kSigmas * std::sqrt(n * 0.3 * 0.7));
}

TEST(RadioWorker, SlottedAlohaHasTheThroughputOfItsClosedForm) {
  // N mutual hearers that send with probability p: one listener hears N p (1 - p)^(N - 1)
  constexpr int kSenders = 10;
  constexpr float kShare = 0.15F;
  constexpr int kSteps = 4000;
  RadioWorld world("payload.size = 1\ncontention.access = \"aloha\"\n", kSenders + 1);
  for (int body = 0; body <= kSenders; ++body) world.put(body, {static_cast<float>(body), 0, 0});
  for (std::uint32_t step = 0; step < kSteps; ++step) {
    world.hush();
    for (int body = 0; body < kSenders; ++body) {
      Rng rng(9, 0, Stream::kAction, static_cast<std::uint32_t>(body), step);
      if (rng.uniform() < kShare) world.say(body, {0});
    }
    world.step();
  }
  const double p = static_cast<double>(kShare);
  const double expected = kSenders * p * std::pow(1 - p, kSenders - 1);
  constexpr double kSigmas = 4;
  EXPECT_NEAR(world.count(kSenders, Fate::kDelivered) / kSteps, expected,
              kSigmas * std::sqrt(expected * (1 - expected) / kSteps));
}

TEST(RadioWorker, ManyWorldsAreEachAsIfAlone) {
  const std::string toml = std::string(kDelays) + "contention.access = \"aloha\"\n";
  RadioWorld many(toml, 20, 5);
  many.scatter(6, 1);
  RadioWorld one(toml, 20);
  one.header(0).seed = many.header(3).seed;
  for (int a = 0; a < 20; ++a) {
    one.put(a, many.slab.agents.vec3(60 + a, kPosition));
    one.slab.agents.set_quat(a, many.slab.agents.quat(60 + a));
  }
  for (int step = 0; step < 10; ++step) {
    for (int a = 0; a < 20; ++a) {
      const std::vector<float> said{static_cast<float>(a) / 20, static_cast<float>(step) / 10, 0};
      one.say(a, said);
      for (int w = 0; w < 5; ++w) many.say(w * 20 + a, said);
    }
    one.step();
    many.step();
    for (int a = 0; a < 20; ++a) {
      const auto lone = one.inbox(a), among = many.inbox(60 + a);
      ASSERT_EQ(lone.size(), among.size());
      for (std::size_t k = 0; k < lone.size(); ++k) {
        EXPECT_EQ(lone[k].from, among[k].from);
        EXPECT_EQ(lone[k].payload, among[k].payload);
      }
    }
  }
}

TEST(RadioWorker, TheTraceHoldsEveryFateOnce) {
  RadioWorld world(std::string(kDelays) + "trace = true\naddress.mode = \"any\"\n", 40);
  world.scatter(8, 2);
  std::map<int, int> fates;
  for (std::uint32_t step = 0; step < 6; ++step) {
    babble(world, step);
    world.worker->clear_trace();
    world.step();
    std::vector<Packet> packets;
    world.worker->append_trace(packets);
    for (const Packet& packet : packets) {
      EXPECT_EQ(packet.step, step);
      EXPECT_NE(packet.sender, packet.receiver);
      ++fates[packet.fate];
    }
  }
  for (int f = 0; f < kNumFates; ++f) EXPECT_EQ(fates[f], world.total(f)) << kFateNames[f];
}

}  // namespace
}  // namespace volery::radio
