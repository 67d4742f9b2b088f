// Placing drones, hashes and snapshots of the gpd mode. A snapshot is: magic, format, config hash,
// number of worlds, the bytes of each world, a checksum; refused whole or restored whole.
#include <array>
#include <cstring>
#include <numeric>

#include "batch/gpd_impl.hpp"
#include "batch/impl.hpp"
#include "core/described.hpp"
#include "core/hash.hpp"

namespace volery {

namespace {

constexpr std::array<char, 8> kMagic{'V', 'O', 'L', 'G', 'P', 'D', '1', '\n'};

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorKind::kValue, message);
}

// What a world's future depends on, as bytes: sink(data, size). None of the structs has padding.
template <class Sink>
void walk(const gpd::WorldView& world, Sink&& sink) {
  sink(&world.header, sizeof world.header);
  sink(&world.ring_head, sizeof world.ring_head);
  sink(world.drones.data(), world.drones.size_bytes());
  sink(world.pids.data(), world.pids.size_bytes());
  sink(world.ring.data(), world.ring.size_bytes());
}

std::size_t world_bytes(const gpd::Setup& setup) {
  return sizeof(gpd::Header) + sizeof(std::uint32_t) + setup.ring_floats() * sizeof(float) +
         setup.agents() * (sizeof(gpd::Drone) + sizeof(gpd::PidState));
}

// The config without what may differ between batches that continue each other's worlds.
std::uint64_t config_hash(const gpd::Setup& setup) {
  Value table = to_value(setup.config);
  for (const char* key : {"num_worlds", "num_threads", "autoreset"}) table.table().erase(key);
  return hash_text(table.to_text());
}

std::vector<int> named_worlds(const GpdBatch::Impl& impl, std::span<const int> worlds,
                              const char* call) {
  std::vector<int> named(worlds.begin(), worlds.end());
  if (named.empty()) {
    named.resize(impl.headers.size());
    std::iota(named.begin(), named.end(), 0);
  }
  for (const int world : named) impl.check_world(world, call);
  return named;
}

template <class Number>
Number number_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  Number value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

}  // namespace

void GpdBatch::set_state(int world, int agent, std::span<const double> state) {
  const BusyGuard guard(impl_->busy, "set_state");
  impl_->check_world(world, "set_state");
  if (agent < 0 || agent >= num_agents()) {
    fail("set_state: agent = " + std::to_string(agent) + ": must be in [0, " +
         std::to_string(num_agents() - 1) + "]");
  }
  if (state.size() < 16) fail("set_state: state must hold 16 numbers or more");
  for (std::size_t i = 0; i < 16; ++i) {
    if (state[i] * 0 != 0) fail("set_state: state[" + std::to_string(i) + "] is not finite");
  }
  const gpd::Q4 quat{state[3], state[4], state[5], state[6]};
  if (!(gpd::norm2(quat) > 1e-12)) fail("set_state: the quaternion has no length");
  gpd::Drone& drone = impl_->view(world).drones[static_cast<std::size_t>(agent)];
  drone.position_w_m = {state[0], state[1], state[2]};
  drone.quat_wb = drone.quat_before = gpd::normalized(quat);
  drone.velocity_w_mps = {state[10], state[11], state[12]};
  drone.omega_w_radps = {state[13], state[14], state[15]};
  drone.omega_b_radps = gpd::to_body(gpd::matrix_of(drone.quat_wb), drone.omega_w_radps);
}

std::uint64_t GpdBatch::state_hash(int world) const {
  const BusyGuard guard(impl_->busy, "state_hash");
  impl_->check_world(world, "state_hash");
  Hasher hasher;
  walk(impl_->view(world), [&](const void* data, std::size_t size) { hasher.add(data, size); });
  return hasher.digest();
}

std::vector<std::uint8_t> GpdBatch::snapshot(std::span<const int> worlds) const {
  const BusyGuard guard(impl_->busy, "snapshot");
  const std::vector<int> named = named_worlds(*impl_, worlds, "snapshot");
  std::vector<std::uint8_t> bytes;
  const auto put = [&bytes](const void* data, std::size_t size) {
    const auto* first = static_cast<const std::uint8_t*>(data);
    bytes.insert(bytes.end(), first, first + size);
  };
  const std::uint64_t hash = config_hash(impl_->setup);
  const std::uint64_t count = named.size();
  put(kMagic.data(), kMagic.size());
  put(&hash, sizeof hash);
  put(&count, sizeof count);
  for (const int world : named) walk(impl_->view(world), put);
  const std::uint64_t checksum = hash_bytes(bytes.data(), bytes.size());
  put(&checksum, sizeof checksum);
  return bytes;
}

void GpdBatch::restore(std::span<const std::uint8_t> snapshot, std::span<const int> worlds) {
  const BusyGuard guard(impl_->busy, "restore");
  const std::vector<int> named = named_worlds(*impl_, worlds, "restore");
  constexpr std::size_t kHead = kMagic.size() + 2 * sizeof(std::uint64_t);
  if (snapshot.size() < kHead + sizeof(std::uint64_t)) fail("restore: the snapshot is cut short");
  if (std::memcmp(snapshot.data(), kMagic.data(), kMagic.size()) != 0) {
    fail("restore: not a snapshot of a gpd batch of this version");
  }
  const std::size_t body = snapshot.size() - sizeof(std::uint64_t);
  if (number_at<std::uint64_t>(snapshot, body) != hash_bytes(snapshot.data(), body)) {
    fail("restore: the snapshot is damaged (its checksum does not match)");
  }
  if (number_at<std::uint64_t>(snapshot, kMagic.size()) != config_hash(impl_->setup)) {
    fail("restore: the snapshot is of a batch with another config");
  }
  const auto count = number_at<std::uint64_t>(snapshot, kMagic.size() + sizeof(std::uint64_t));
  if (count != named.size()) {
    fail("restore: the snapshot holds " + std::to_string(count) + " worlds, " +
         std::to_string(named.size()) + " are to be restored; name them with worlds=");
  }
  if (body != kHead + count * world_bytes(impl_->setup)) fail("restore: the snapshot is damaged");
  const std::uint8_t* next = snapshot.data() + kHead;
  for (const int world : named) {
    walk(impl_->view(world), [&next](void* data, std::size_t size) {
      std::memcpy(data, next, size);
      next += size;
    });
  }
  impl_->all_started = false;  // it may hold worlds that were never reset
}

}  // namespace volery
