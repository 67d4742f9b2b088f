// Worlds of agents that only talk: positions and outboxes are set by the test, the radio does the
// rest.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/rng.hpp"
#include "core/toml.hpp"
#include "radio/worker.hpp"

namespace volery::radio::testing {

/// A message in an inbox, as the agent sees it.
struct Heard {
  int from = -1;
  float age_s = 0;
  float distance_m = 0;
  Vec3 bearing_b;
  std::vector<float> payload;
};

class RadioWorld {
 public:
  static constexpr float kStep_s = 0.1F;

  RadioWorld(const std::string& toml, int num_agents, int num_worlds = 1, SceneConfig scene = {})
      : scene_(std::move(scene)),
        radio_(load_radio(parse_toml(toml, "test")), num_agents, kStep_s, &scene_.config()),
        headers_(static_cast<std::size_t>(num_worlds)),
        resting_(static_cast<std::size_t>(num_worlds), 0) {
    declare_rigid_fields(fields_);
    const int alive = fields_.add({.name = "alive", .initial = 1}).row;
    const int outbox =
        fields_.add({.name = "action", .width = static_cast<int>(radio_.outbox_columns().size())})
            .row;
    radio_.declare(fields_, outbox, alive);
    slab.num_worlds = num_worlds;
    slab.num_agents = num_agents;
    slab.worlds = headers_.data();
    jammers_.resize(static_cast<std::size_t>(num_worlds));
    slab.jammers = jammers_.data();
    const int bodies = num_worlds * num_agents;
    const auto floats = static_cast<std::size_t>(blocks_for(bodies) * fields_.num_rows() * kLanes);
    memory_.resize(floats + kLanes);
    auto* data =
        reinterpret_cast<float*>((reinterpret_cast<std::uintptr_t>(memory_.data()) + 63) / 64 * 64);
    slab.agents = {data, blocks_for(bodies), fields_.num_rows(), bodies};
    for (int body = 0; body < slab.agents.num_blocks * kLanes; ++body) {
      for (std::size_t i = 0; i < fields_.fields().size(); ++i) {
        for (int r = 0; r < fields_.fields()[i].width; ++r)
          slab.agents.at(body, fields_.row_of(static_cast<int>(i)) + r) =
              fields_.fields()[i].initial;
      }
      slab.agents.set_quat(body, {0, 0, 0, 1});
      if (body >= bodies) slab.agents.at(body, kMode) = static_cast<float>(BodyMode::kAbsent);
    }
    for (int w = 0; w < num_worlds; ++w) {
      headers_[static_cast<std::size_t>(w)].seed = 77 + static_cast<std::uint64_t>(w);
      headers_[static_cast<std::size_t>(w)].phase = WorldPhase::kRunning;
    }
    worker = std::make_unique<RadioWorker>(radio_, scene_, 1);
  }

  /// Every agent anywhere in a cube, at any attitude.
  void scatter(float side_m, std::uint64_t seed) const {
    for (int body = 0; body < slab.agents.num_bodies; ++body) {
      Rng rng(seed, 0, Stream::kSpawn, static_cast<std::uint32_t>(body));
      const float x = rng.uniform(0, side_m), y = rng.uniform(0, side_m);
      slab.agents.set_vec3(body, kPosition, {x, y, rng.uniform(0, side_m)});
      Quat q{rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0.1F, 1)};
      const float s = 1 / std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w);
      slab.agents.set_quat(body, {q.x * s, q.y * s, q.z * s, q.w * s});
    }
  }
  void put(int body, Vec3 position_w_m) const {
    slab.agents.set_vec3(body, kPosition, position_w_m);
  }
  /// What the agent does in the next step.
  void say(int body, const std::vector<float>& payload, int to = kBroadcast) const {
    const MessageRows& rows = radio_.rows();
    for (std::size_t i = 0; i < payload.size(); ++i)
      slab.agents.at(body, rows.data + static_cast<int>(i)) = payload[i];
    slab.agents.at(body, rows.send) = 1;
    if (rows.to >= 0) slab.agents.at(body, rows.to) = static_cast<float>(to);
  }
  void hush(int body) const { slab.agents.at(body, radio_.rows().send) = 0; }
  void hush() const {
    for (int body = 0; body < slab.agents.num_bodies; ++body) hush(body);
  }

  void step() {
    worker->exchange(slab, resting_.data(), {});
    for (std::size_t w = 0; w < headers_.size(); ++w) headers_[w].step += resting_[w] == 0 ? 1 : 0;
  }

  /// The filled slots of an agent.
  [[nodiscard]] std::vector<Heard> inbox(int body) const {
    const MessageRows& rows = radio_.rows();
    std::vector<Heard> messages;
    for (int k = 0; k < rows.slots; ++k) {
      const int slot = rows.inbox + k * rows.slot_size;
      if (slab.agents.at(body, slot + rows.valid) == 0) continue;
      Heard heard;
      heard.from = static_cast<int>(slab.agents.at(body, rows.from + k)) - 1;
      heard.age_s = slab.agents.at(body, slot + rows.age);
      if (rows.distance >= 0) heard.distance_m = slab.agents.at(body, slot + rows.distance);
      if (rows.bearing >= 0) heard.bearing_b = slab.agents.vec3(body, slot + rows.bearing);
      for (int i = 0; i < rows.size; ++i)
        heard.payload.push_back(slab.agents.at(body, slot + rows.payload + i));
      messages.push_back(heard);
    }
    return messages;
  }
  [[nodiscard]] float count(int body, int row) const {
    return slab.agents.at(body, radio_.rows().counts + row);
  }
  [[nodiscard]] float count(int body, Fate fate) const {
    return count(body, static_cast<int>(fate));
  }
  /// Over all agents.
  [[nodiscard]] double total(int row) const {
    double sum = 0;
    for (int body = 0; body < slab.agents.num_bodies; ++body)
      sum += static_cast<double>(count(body, row));
    return sum;
  }
  [[nodiscard]] double total(Fate fate) const { return total(static_cast<int>(fate)); }
  /// So many of the same jammers in a world, in place of those before.
  void put_down(int world, int count, const JammerRecord& jammer) {
    WorldJammers& there = slab.jammers[world];
    there.count = static_cast<std::uint32_t>(count);
    std::fill_n(there.records, count, jammer);
  }
  /// The world sits out the next steps.
  void rest(int world, bool rests) { resting_[static_cast<std::size_t>(world)] = rests ? 1 : 0; }
  [[nodiscard]] int num_rows() const { return fields_.num_rows(); }
  [[nodiscard]] const Radio& radio() const { return radio_; }
  [[nodiscard]] WorldHeader& header(int world) { return headers_[static_cast<std::size_t>(world)]; }

  Slab slab;
  std::unique_ptr<RadioWorker> worker;

 private:
  FieldTable fields_;
  Scene scene_;
  Radio radio_;
  std::vector<WorldHeader> headers_;
  std::vector<std::uint8_t> resting_;
  std::vector<WorldJammers> jammers_;
  std::vector<float> memory_;
};

}  // namespace volery::radio::testing
