#include "batch/store.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>

#include "volery/error.hpp"

namespace volery::batch {

namespace {

constexpr std::size_t kAlignment = 64;
// A giant world's state is asked for in huge pages: each of its blocks is a small page of its own,
// whose address costs a walk through the page tables in every stage.
constexpr std::size_t kHugePage = std::size_t{2} << 20U;
// Without a readable cache size: the L2 of the smallest common server cores.
constexpr long kFallbackL2Bytes = 512 * 1024;
// Far bodies pass by piece by piece, so a slab may be larger than the L2; the more bodies, the
// fuller the lanes of the contact solver. One drone per world, 512 KiB of L2, ns per agent step in
// slabs of 512, 1,024, 2,048 and 4,096: 164, 157, 142, 146.
constexpr long kSlabL2s = 2;
// Slabs cost much the same, so few are enough.
constexpr long kSlabsPerThread = 2;
// Fewer agents than this per slab and the fixed cost per slab shows.
constexpr long kMinSlabAgents = 128;

// Agents per slab: what fits twice the L2, and at least two slabs per thread so that they balance.
long slab_agents(const Setup& setup) {
  if (setup.config.slab_agents > 0) return setup.config.slab_agents;
  long l2_bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
  if (l2_bytes <= 0) l2_bytes = kFallbackL2Bytes;
  const long bytes_per_agent = static_cast<long>(setup.agent_fields.num_rows()) * 4;
  const long fits = kSlabL2s * l2_bytes / bytes_per_agent;
  const long all = static_cast<long>(setup.num_worlds()) * setup.num_agents();
  const long threads = setup.config.num_threads;
  return std::max(kMinSlabAgents,
                  std::min(fits, threads > 1 ? all / (kSlabsPerThread * threads) : all));
}

// Whole worlds per slab, a number whose agents fill blocks without padding where that is possible.
int choose_worlds_per_slab(const Setup& setup) {
  const int a = setup.num_agents();
  const int worlds_per_full_blocks = kLanes / std::gcd(kLanes, a);
  long worlds = std::max(1L, slab_agents(setup) / a);
  if (worlds > worlds_per_full_blocks) worlds -= worlds % worlds_per_full_blocks;
  return static_cast<int>(std::min<long>(worlds, setup.num_worlds()));
}

Blocks make_blocks(float* data, int num_bodies, int num_rows) {
  Blocks blocks{data, blocks_for(num_bodies), num_rows, num_bodies};
  for (int body = 0; body < blocks.num_blocks * kLanes; ++body) park(blocks, body);
  return blocks;
}

std::size_t floats_for(int num_bodies, int num_rows) {
  return static_cast<std::size_t>(blocks_for(num_bodies)) * static_cast<std::size_t>(num_rows) *
         kLanes;
}

}  // namespace

AlignedFloats::AlignedFloats(std::size_t count) : size_(count) {
  const bool huge = count * sizeof(float) >= 2 * kHugePage;
  const std::size_t alignment = huge ? kHugePage : kAlignment;
  const std::size_t bytes =
      std::max(alignment, (count * sizeof(float) + alignment - 1) / alignment * alignment);
  const auto machine_bytes = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) *
                             static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  // past the machine's memory the kernel would hand out pages that it cannot back
  float* data =
      bytes <= machine_bytes ? static_cast<float*>(std::aligned_alloc(alignment, bytes)) : nullptr;
  if (data == nullptr) {
    throw Error(ErrorKind::kMemory, "config.num_worlds * config.num_agents: the state needs " +
                                        std::to_string(bytes >> 20U) + " MiB, the machine has " +
                                        std::to_string(machine_bytes >> 20U) + " MiB");
  }
  // a system without them says no, and nothing is lost
  if (huge) (void)madvise(data, bytes, MADV_HUGEPAGE);
  std::memset(data, 0, bytes);
  data_.reset(data);
}

void park(const Blocks& blocks, int body) noexcept {
  for (int r = 0; r < kNumRigidRows; ++r) blocks.at(body, r) = 0;
  blocks.at(body, kQuat + 3) = 1;
  blocks.at(body, kMode) = static_cast<float>(BodyMode::kAbsent);
}

Store::Store(const Setup& setup) : worlds_per_slab_(choose_worlds_per_slab(setup)) {
  const int num_worlds = setup.num_worlds();
  const int a = setup.num_agents();
  const int p = setup.num_props();
  const int agent_rows = setup.agent_fields.num_rows();
  const int prop_rows = setup.prop_fields.num_rows();
  const int num_world_fields = setup.spec().num_world_fields;
  const int num_slabs = (num_worlds + worlds_per_slab_ - 1) / worlds_per_slab_;
  const auto slab_worlds = [&](int i) {
    return std::min(worlds_per_slab_, num_worlds - i * worlds_per_slab_);
  };

  std::size_t agent_floats = 0;
  std::size_t prop_floats = 0;
  for (int i = 0; i < num_slabs; ++i) {
    agent_floats += floats_for(slab_worlds(i) * a, agent_rows);
    prop_floats += floats_for(slab_worlds(i) * p, prop_rows);
  }
  agents_ = AlignedFloats(agent_floats);
  props_ = AlignedFloats(prop_floats);
  headers_.resize(static_cast<std::size_t>(num_worlds));
  contacts_.resize(static_cast<std::size_t>(num_worlds));
  // room for all from the start: no step allocates
  if (setup.radio != nullptr) jammers_.resize(static_cast<std::size_t>(num_worlds));
  world_fields_.resize(static_cast<std::size_t>(num_worlds) *
                       static_cast<std::size_t>(num_world_fields));

  float* agent_data = agents_.data();
  float* prop_data = props_.data();
  for (int i = 0; i < num_slabs; ++i) {
    const int first = i * worlds_per_slab_;
    const int worlds = slab_worlds(i);
    Slab slab;
    slab.first_world = first;
    slab.num_worlds = worlds;
    slab.num_agents = a;
    slab.num_props = p;
    slab.agents = make_blocks(agent_data, worlds * a, agent_rows);
    slab.props = make_blocks(prop_data, worlds * p, prop_rows);
    slab.worlds = headers_.data() + first;
    slab.world_fields =
        world_fields_.data() + static_cast<std::ptrdiff_t>(first) * num_world_fields;
    slab.num_world_fields = num_world_fields;
    slab.contacts = contacts_.data() + first;
    slabs_.push_back(slab);
    agent_data += floats_for(worlds * a, agent_rows);
    prop_data += floats_for(worlds * p, prop_rows);
  }
}

void Store::use_jammers() noexcept {
  for (Slab& slab : slabs_) slab.jammers = jammers_.data() + slab.first_world;
}

}  // namespace volery::batch
