// One step of the radio for a slab: what a worker needs to take every message from its sender's
// action to the inboxes.
//
// Senders first (transmit.cpp): what each of them puts on the air, in slots where there is
// contention. Then every receiver by itself (receive.cpp, plain.cpp): which of it arrives, and what
// becomes of its inbox (inbox.cpp, merge.cpp). Receivers share nothing that they write, so threads
// split them freely, and no result depends on the order in which links are found.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "radio/exchange_state.hpp"
#include "swarm/neighbors.hpp"
#include "volery/radio.hpp"

namespace volery::radio {

/// Farthest that k_nearest looks for receivers.
inline constexpr float kNearestRadius_m = 1e4F;

/// Reusable memory; grows to the largest slab that it has seen, then allocates no more.
class RadioWorker {
 public:
  RadioWorker(const Radio& radio, const Scene& scene, int num_threads);

  /// Takes all running worlds of the slab through the radio of one step, after physics: headers
  /// still count the steps before this one. `resting` [worlds]: 1 where the world sits it out.
  void exchange(const Slab& slab, const std::uint8_t* resting, const Split& split) noexcept;

  /// For tests: see AgentIndex.
  void set_largest_brute_force(int num_agents) noexcept {
    index_.set_largest_brute_force(num_agents);
  }
  /// Keeps packets from now on, or no longer; at first as config.trace says.
  void trace(bool on) noexcept { traces_ = on; }
  [[nodiscard]] bool traces() const noexcept { return traces_; }
  /// What became of every transmission since clear_trace(), while packets are kept.
  void append_trace(std::vector<Packet>& packets) const;
  void clear_trace() noexcept;
  /// Makes room, so that the first step with a jammer put down allocates nothing.
  void expect_jammers();

 private:
  struct World {  // that is being received
    int first_agent = 0;
    RadioKey key;
    IndexArrays index;
    int number = 0;                         // in the batch
    std::span<const JammerRecord> jammers;  // put down in it
  };
  struct Ways {  // short ones that a step takes; see plain.hpp
    bool plain = false, writes_in_lanes = false, sends_in_lanes = false;
  };

  [[nodiscard]] Ways choose_ways(const Slab& slab) const noexcept;
  void reserve(const Slab& slab);
  [[nodiscard]] Talkers talkers(const Slab& slab) const noexcept;
  [[nodiscard]] World world_of(const Slab& slab, int world) const noexcept;
  /// job(world, body, thread) for the agents of all worlds that do not rest.
  template <class Job>
  void each_body(const Slab& slab, const std::uint8_t* resting, const Split& split,
                 Job&& job) const noexcept {
    split.blocks_by_thread(slab.agents.num_blocks, [&](int first, int last, int thread) {
      const int end = std::min(last * kLanes, slab.agents.num_bodies);
      for (int body = first * kLanes; body < end;) {
        const int number = body / slab.num_agents;
        const int world_end = std::min(end, (number + 1) * slab.num_agents);
        const World world = world_of(slab, number);
        for (; body < world_end; ++body) {
          if (resting[number] == 0) job(world, body, thread);
        }
      }
    });
  }
  /// job(world, first_slot, last_slot, chunk) for the slots of the index of all worlds that do not
  /// rest: in the order of cells, where the agents near the one are near the next too. In a world
  /// of 100,000 that saves most cache misses. Fewer chunks than there are threads.
  template <class Job>
  void each_run(const Slab& slab, const std::uint8_t* resting, const Split& split,
                Job&& job) const noexcept {
    constexpr int kLeastChunk = 512;
    for (int number = 0; number < slab.num_worlds; ++number) {
      if (resting[number] != 0) continue;
      const World world = world_of(slab, number);
      const int slots = world.index.num_slots;
      const int chunks =
          std::min(split.num_chunks(slots, kLeastChunk), static_cast<int>(scratch_.size()));
      split.each(chunks, [&](int chunk) {
        job(world, Split::edge(slots, chunks, chunk), Split::edge(slots, chunks, chunk + 1), chunk);
      });
    }
  }
  /// job(world, body, chunk) for the agents that are present, likewise.
  template <class Job>
  void each_by_cells(const Slab& slab, const std::uint8_t* resting, const Split& split,
                     Job&& job) const noexcept {
    each_run(slab, resting, split, [&](const World& world, int first, int last, int chunk) {
      for (int slot = first; slot < last; ++slot)
        job(world, world.first_agent + world.index.agent_of[slot], chunk);
    });
  }
  void draw_fields(const Slab& slab, std::size_t room);

  // transmit.cpp
  void collect(const Slab& slab, const std::uint8_t* resting, int first_block,
               int last_block) noexcept;
  void take_outgoing(const Slab& slab, int body, const RadioKey& key, Outgoing& out) noexcept;
  void take_payload(const Slab& slab, int body, const RadioKey& key, const Outgoing& out) noexcept;
  [[nodiscard]] bool queue_own(const Rows& rows, const Outgoing& out) const noexcept;
  void assign_slots(const Slab& slab, const std::uint8_t* resting) noexcept;
  void list_hearing(const Slab& slab, int world) noexcept;
  void commit(const Slab& slab, int first_block, int last_block) noexcept;

  // receive.cpp
  void receive(const Slab& slab, const World& world, int body, ReceiveScratch& scratch) noexcept;
  void begin_receiver(ReceiveScratch& scratch) const noexcept;
  void search(const World& world, int body, float radius_m, ReceiveScratch& scratch) const noexcept;
  void find_links(const World& world, int body, ReceiveScratch& scratch) const noexcept;
  [[nodiscard]] bool is_addressed(int sender_body, int receiver) const noexcept;
  [[nodiscard]] bool is_masked(const Slab& slab, const World& world, int sender, int receiver,
                               const LinkDraws& draws) const noexcept;
  /// `walls`: what stands between; null: nothing.
  [[nodiscard]] Reach reach(const Slab& slab, const World& world, int body, const Found& found,
                            const float* walls) const noexcept;
  [[nodiscard]] Reach reach_past_walls(const Slab& slab, const World& world, int body,
                                       const Found& found,
                                       const ReceiveScratch& scratch) const noexcept;
  [[nodiscard]] bool gets_through(std::size_t index, const ReceiveScratch& scratch) const noexcept;
  [[nodiscard]] Fate fate_of(const Slab& slab, const World& world, int body, std::size_t index,
                             const LinkDraws& draws, const ReceiveScratch& scratch) const noexcept;
  void resolve(const World& world, int body, ReceiveScratch& scratch) const noexcept;
  void miss_far_unicasts(const Slab& slab, const World& world) noexcept;

  // relay.cpp
  void relay(const Slab& slab, const World& world, int body,
             ReceiveScratch& scratch) const noexcept;

  // sight.cpp
  [[nodiscard]] bool is_on_air(int body) const noexcept {
    const Outgoing& out = outgoing_[static_cast<std::size_t>(body)];
    return out.sends && out.slot != kDeferred;
  }
  [[nodiscard]] float walls_between(const World& world, int body, const Found& found,
                                    const ReceiveScratch& scratch) const noexcept;
  void look_from(const Slab& slab, const World& world, int body, ReceiveScratch& scratch) noexcept;
  [[nodiscard]] bool is_worth_a_ray(const Slab& slab, const World& world, int body,
                                    const Found& found) const noexcept;
  void share_sights(const Slab& slab, const World& world, int body) noexcept;
  void look_around(const Slab& slab, const std::uint8_t* resting, const Split& split) noexcept;

  // plain.cpp
  void choose_all(const Slab& slab, const std::uint8_t* resting, const Split& split) noexcept;
  void deliver_chosen(const Slab& slab, const World& world, int body,
                      ReceiveScratch& scratch) const noexcept;

  // inbox.cpp
  void count_fate(const World& world, int body, const Arrival& arrival, Fate fate, int delay_steps,
                  ReceiveScratch& scratch) const noexcept;
  void accept(const World& world, int body, const Arrival& arrival, const LinkDraws& draws,
              ReceiveScratch& scratch) const noexcept;
  void deliver(const Slab& slab, const World& world, int body,
               ReceiveScratch& scratch) const noexcept;
  void write_message(const Slab& slab, const World& world, int body, const Arrival& arrival,
                     float* slot, float* from, float* sent) const noexcept;
  void fill_inbox(const Slab& slab, const World& world, int body,
                  ReceiveScratch& scratch) const noexcept;
  void keep_for_later(const Slab& slab, const World& world, int body,
                      ReceiveScratch& scratch) const noexcept;
  void merge(const Slab& slab, const World& world, int body,
             ReceiveScratch& scratch) const noexcept;
  /// Which step's messages under way those are that arrive after `delay` steps.
  [[nodiscard]] int flight_of(const World& world, int delay) const noexcept;

  const Radio& radio_;
  const Scene& scene_;
  const Ways shortest_;
  Ways ways_;  // of the present step
  bool traces_;
  const int payload_stride_;
  const bool contended_;  // sights_ are kept
  const bool every_found_link_matters_;
  AgentIndex index_;
  float radius_m_ = 0;                      // within which messages are heard, or disturb
  std::vector<swarm::PackedAgent> packed_;  // [blocks][16]
  std::vector<Outgoing> outgoing_;          // [blocks][16]
  std::vector<float> sends_, up_;           // [blocks][16]
  std::vector<float> payload_;              // [blocks][16][stride], then zeros
  std::vector<float> shadow_;               // [blocks][16] field at the agent
  std::vector<ShadowField> fields_;         // [worlds]
  swarm::NeighborSearch nearest_;           // of senders, for k_nearest
  swarm::NeighborTable nearest_table_;
  HeardTable heard_;           // of plain radios
  std::vector<Sight> sights_;  // [blocks][16]
  // of the senders of one world
  std::vector<std::int32_t> senders_, slots_, hearing_first_, hearing_;
  std::vector<std::int32_t> sender_index_;  // [agents] place in senders_
  SlotScratch slot_scratch_;
  std::vector<ReceiveScratch> scratch_;  // [threads]
};

}  // namespace volery::radio
