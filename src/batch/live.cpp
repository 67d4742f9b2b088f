// What may change in a built batch: config of worlds, jammers.
#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "batch/impl.hpp"
#include "core/described.hpp"
#include "core/float_mode.hpp"
#include "radio/faults.hpp"

namespace volery {

namespace {

// Everything else is what an episode began with: a task's rows, what was drawn.
void check_can_change_now(const Value& changes) {
  if (!changes.is_table()) return;  // refused in other words
  for (const auto& [key, value] : changes.table()) {
    if (key != "task_config" && key != "randomize") continue;
    throw Error(ErrorKind::kValue, "set_config: " + key +
                                       " cannot change in mid-episode, only from a reset on; what "
                                       "can: wind, episode_s, on_crash");
  }
}

// The variants of each world after a change, made before any world has them.
class Changed {
 public:
  Changed(batch::Setup& setup, const Value& changes) : setup_(setup), changes_(changes) {}
  std::uint32_t of(std::uint32_t variant) {
    const auto known = made_.find(variant);
    if (known != made_.end()) return known->second;
    return made_[variant] = setup_.variant_with(changes_, variant);
  }

 private:
  batch::Setup& setup_;
  const Value& changes_;
  std::map<std::uint32_t, std::uint32_t> made_;
};

}  // namespace

void drop_unused_variants(Batch::Impl& impl) {
  batch::Setup& setup = impl.setup;
  if (setup.variants.size() < setup.drop_at) return;
  std::vector<std::uint8_t> used(setup.variants.size());
  for (int world = 0; world < setup.num_worlds(); ++world) {
    const auto place = impl.store.place(world);
    used[place.slab.worlds[place.world].variant] = 1;
    used[place.slab.worlds[place.world].next_variant] = 1;
  }
  setup.drop_variants(std::move(used));
}

void Batch::set_config(const Value& changes, std::span<const std::uint8_t> mask, When when) {
  std::optional<BusyGuard> guard(std::in_place, impl_->busy, "set_config");
  const bool now = when == When::kNow;
  if (now) check_between_steps(*impl_, "set_config");
  if (now) check_can_change_now(changes);
  if (!mask.empty() && mask.size() != static_cast<std::size_t>(num_worlds())) {
    throw Error(ErrorKind::kValue, "set_config: mask has " + std::to_string(mask.size()) +
                                       " entries, must have " + std::to_string(num_worlds()) +
                                       " (one per world)");
  }
  const auto is_meant = [&](int world) {
    return mask.empty() || mask[static_cast<std::size_t>(world)] != 0;
  };
  drop_unused_variants(*impl_);
  Changed changed(impl_->setup, changes);
  // refused or not whatever the mask is
  if (std::all_of(mask.begin(), mask.end(), [](auto m) { return m == 0; })) (void)changed.of(0);
  for (const bool write : {false, true}) {
    for (int world = 0; world < num_worlds(); ++world) {
      if (!is_meant(world)) continue;
      const auto place = impl_->store.place(world);
      WorldHeader& header = place.slab.worlds[place.world];
      const std::uint32_t next = changed.of(header.next_variant);
      const bool flies = now && header.phase != WorldPhase::kNeverReset;
      const std::uint32_t present = flies ? changed.of(header.variant) : header.variant;
      if (!write) continue;
      header.next_variant = next;
      header.variant = present;
      const FloatMode float_mode;
      if (flies) batch::hold_wind_of(impl_->setup, place.slab, place.world);
    }
  }
  if (now) impl_->fold_is_fresh = false;
  guard.reset();
  if (impl_->journal != nullptr) impl_->journal->set_config(*this, changes, mask, when);
}

Value Batch::live_config(int world) const {
  const BusyGuard guard(impl_->busy, "live_config");
  check_world(*impl_, world, "live_config");
  const auto place = impl_->store.place(world);
  return impl_->setup.variant(place.slab.worlds[place.world]).changed;
}

void Batch::set_jammers(int world, std::span<const Jammer> jammers) {
  std::optional<BusyGuard> guard(std::in_place, impl_->busy, "set_jammers");
  check_between_steps(*impl_, "set_jammers");
  check_world(*impl_, world, "set_jammers");
  if (impl_->setup.radio == nullptr)
    throw Error(ErrorKind::kValue, "set_jammers: the batch has no radio");
  radio::check_jammers(jammers, "set_jammers");
  const auto place = impl_->store.place(world);
  impl_->store.use_jammers();
  WorldJammers& there = place.slab.jammers[place.world];
  there.count = static_cast<std::uint32_t>(jammers.size());
  std::transform(jammers.begin(), jammers.end(), there.records, radio::record_of);
  for (const auto& worker : impl_->workers) worker->radio->expect_jammers();
  impl_->fold_is_fresh = false;
  guard.reset();
  if (impl_->journal != nullptr) impl_->journal->set_jammers(*this, world, jammers);
}

std::vector<Jammer> Batch::jammers(int world) const {
  const BusyGuard guard(impl_->busy, "jammers");
  check_world(*impl_, world, "jammers");
  const auto place = impl_->store.place(world);
  std::vector<Jammer> jammers;
  for (const JammerRecord& record : place.slab.jammers_of(place.world))
    jammers.push_back(radio::jammer_of(record));
  return jammers;
}

}  // namespace volery
