#include "batch/fold.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "core/hash.hpp"

namespace volery::batch {

namespace {

// Two multiplications that leave no bit where it was (the finalizer of SplitMix64).
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

// Numbers that tell fields apart follow from their names, not from their places.
void plan_table(const FieldTable& table, const std::string& prefix, std::vector<FoldField>& fields,
                std::vector<std::string>& names) {
  for (std::size_t i = 0; i < table.fields().size(); ++i) {
    const FieldSpec& field = table.fields()[i];
    names.push_back(prefix + field.name);
    const std::uint64_t key = hash_text(names.back());
    fields.push_back({table.row_of(static_cast<int>(i)), field.width,
                      static_cast<std::uint32_t>(key >> 32U),
                      static_cast<std::uint32_t>(key) | 1U});
  }
}

// What a world holds beside its bodies.
std::uint64_t fold_header(const Slab& slab, int world) noexcept {
  const WorldHeader& header = slab.worlds[world];
  std::uint64_t fold = mix(header.seed + 1);
  fold = mix(fold ^ (static_cast<std::uint64_t>(header.episode) << 32U | header.step));
  fold = mix(fold ^ (static_cast<std::uint64_t>(header.status) << 32U |
                     static_cast<std::uint32_t>(header.phase)));
  const auto jammers = slab.jammers_of(world);
  if (!jammers.empty()) fold = hash_bytes(jammers.data(), jammers.size_bytes(), fold);
  if (slab.num_world_fields == 0) return fold;
  return hash_bytes(slab.world_row(world),
                    sizeof(float) * static_cast<std::size_t>(slab.num_world_fields), fold);
}

std::uint64_t fold_contacts(const WorldContacts& contacts) noexcept {
  std::uint64_t fold = 0;
  for (const ContactPair& pair : contacts.pairs) {
    fold = mix(fold ^ (static_cast<std::uint64_t>(pair.a) << 32U | pair.b));
    fold = hash_bytes(pair.points, sizeof(ContactPoint) * pair.num_points, fold);
  }
  return fold;
}

// Bodies of one kind. Worlds gather run by run, so that one addition ends each.
void fold_bodies(const FoldPlan& plan, const Slab& slab, bool props,
                 std::vector<FoldScratch>& scratch, const Split& split, FoldSums& sums) noexcept {
  const std::vector<FoldField>& fields = props ? plan.props : plan.agents;
  const Blocks& blocks = props ? slab.props : slab.agents;
  const int per_world = props ? slab.num_props : slab.num_agents;
  const std::uint64_t kind = mix(props ? 2 : 1);
  const auto first_row =
      static_cast<std::uint32_t>(slab.first_world) * static_cast<std::uint32_t>(per_world);
  split.blocks_by_thread(blocks.num_blocks, [&](int first, int last, int thread) {
    FoldScratch& mine = scratch[static_cast<std::size_t>(thread)];
    std::uint32_t* const lanes = mine.lanes() + (props ? plan.agents.size() * kLanes : 0);
    int world = first * kLanes / per_world;
    int agent = first * kLanes % per_world;
    std::uint64_t sum = 0;
    const auto end_world = [&] {
      std::uint64_t& to = sums.worlds[static_cast<std::size_t>(slab.first_world + world)];
      // threads of a split may share a world
      if (split.pool == nullptr) {
        to += sum;
      } else {
        std::atomic_ref(to).fetch_add(sum, std::memory_order_relaxed);
      }
      sum = 0;
    };
    for (int b = first; b < last; b += FoldScratch::kBlocks) {
      const int end = std::min(b + FoldScratch::kBlocks, last);
      fold_blocks(fields, blocks, b, end, first_row, mine.bodies, lanes);
      const int bodies = std::min(end * kLanes, blocks.num_bodies) - b * kLanes;
      for (int i = 0; i < bodies; ++i) {
        sum += mix(kind + mine.bodies[i] + (static_cast<std::uint64_t>(agent) << 32U));
        if (++agent < per_world) continue;
        end_world();
        agent = 0;
        ++world;
      }
    }
    if (agent > 0) end_world();
  });
}

}  // namespace

FoldPlan::FoldPlan(const FieldTable& agent_table, const FieldTable& prop_table, bool with_props) {
  plan_table(agent_table, "", agents, names);
  if (with_props) plan_table(prop_table, "prop_", props, names);
  names.emplace_back("contacts");
  names.emplace_back("world");
}

FoldScratch::FoldScratch(const FoldPlan& plan)
    : bodies{}, memory_((plan.agents.size() + plan.props.size() + 1) * kLanes) {}

std::uint32_t* FoldScratch::lanes() noexcept {
  constexpr std::uintptr_t kAlign = 64;
  const auto at = reinterpret_cast<std::uintptr_t>(memory_.data());
  return memory_.data() + ((kAlign - at % kAlign) % kAlign) / sizeof(std::uint32_t);
}

void FoldScratch::clear() noexcept {
  std::fill(memory_.begin(), memory_.end(), 0U);
  contacts = world = 0;
}

void fold_slab(const FoldPlan& plan, const Slab& slab, std::vector<FoldScratch>& scratch,
               const Split& split, FoldSums& sums) noexcept {
  fold_bodies(plan, slab, false, scratch, split, sums);
  if (!plan.props.empty()) fold_bodies(plan, slab, true, scratch, split, sums);
  for (int w = 0; w < slab.num_worlds; ++w) {
    const std::uint64_t header = fold_header(slab, w);
    const std::uint64_t contacts = fold_contacts(slab.contacts[w]);
    const auto world = static_cast<std::uint64_t>(slab.first_world + w);
    sums.worlds[world] += mix(header) + mix(~contacts);
    scratch.front().world += static_cast<std::uint32_t>(mix(header + world));
    scratch.front().contacts += static_cast<std::uint32_t>(mix(contacts + world));
  }
}

void add_fields(const FoldPlan& plan, FoldScratch& scratch, FoldSums& sums) noexcept {
  const std::uint32_t* lanes = scratch.lanes();
  for (std::size_t f = 0; f < plan.contacts(); ++f) {
    for (int lane = 0; lane < kLanes; ++lane) sums.fields[f] += *lanes++;
  }
  sums.fields[plan.contacts()] += scratch.contacts;
  sums.fields[plan.world()] += scratch.world;
}

}  // namespace volery::batch
