#include "task/slots_common.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/math.hpp"

namespace volery::task {

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// The rows and columns of the smallest near-square that holds n.
int square_side(int n) noexcept {
  int side = 1;
  while (side * side < n) ++side;
  return side;
}

std::vector<Vec3> grid_slots(int num_slots, float spacing_m, int num_layers) {
  std::vector<Vec3> slots;
  const int per_layer = (num_slots + num_layers - 1) / num_layers;
  const int side = square_side(per_layer);
  for (int i = 0; i < num_slots; ++i) {
    const int in_layer = i % per_layer;
    slots.push_back({static_cast<float>(in_layer / side) * -spacing_m,
                     static_cast<float>(in_layer % side) * spacing_m,
                     static_cast<float>(i / per_layer) * spacing_m});
  }
  return slots;
}

std::vector<Vec3> circle_slots(int num_slots, float spacing_m) {
  // the chord between neighbors is spacing_m
  const float step_rad = 2 * kPi / static_cast<float>(num_slots);
  const float radius_m = num_slots > 1 ? 0.5F * spacing_m / sin(0.5F * step_rad) : 0.0F;
  std::vector<Vec3> slots;
  for (int i = 0; i < num_slots; ++i) {
    const float angle_rad = step_rad * static_cast<float>(i);
    slots.push_back({radius_m * cos(angle_rad), radius_m * sin(angle_rad), 0});
  }
  return slots;
}

std::vector<Vec3> vee_slots(int num_slots, float spacing_m) {
  // two arms that trail at 45 degrees, left and right in turn
  const float along_m = spacing_m * std::sqrt(0.5F);
  std::vector<Vec3> slots;
  for (int i = 0; i < num_slots; ++i) {
    const float rank = static_cast<float>((i + 1) / 2);
    const float side = i % 2 == 1 ? 1.0F : -1.0F;
    slots.push_back({-along_m * rank, side * along_m * rank, 0});
  }
  return slots;
}

/// Optimal assignment of A agents to A slots by shortest augmenting paths with potentials (Kuhn,
/// "The Hungarian method", 1955; the O(n^3) form with one row added at a time). Ties go to the
/// lower slot, so the result is deterministic.
class OptimalAssignment {
 public:
  OptimalAssignment(const Slab& slab, int world, int slot_row) noexcept : num_(slab.num_agents) {
    const int first = world * num_;
    for (int i = 0; i < num_; ++i) {
      agents_[i] = slab.agents.vec3(first + i, kPosition);
      slots_[i] = slab.agents.vec3(first + i, slot_row);
    }
    std::fill_n(owner_, kMaxOptimalAgents + 1, -1);
    for (int agent = 0; agent < num_; ++agent) add(agent);
  }
  [[nodiscard]] int owner(int slot) const noexcept { return owner_[slot]; }

 private:
  // slot num_ stands for "none yet": the start of the path
  void add(int agent) noexcept {
    float least[kMaxOptimalAgents];
    int previous[kMaxOptimalAgents];
    bool used[kMaxOptimalAgents + 1] = {};
    std::fill_n(least, num_, kInfinity);
    std::fill_n(previous, num_, num_);
    int slot = num_;
    owner_[num_] = agent;
    while (owner_[slot] >= 0) {
      used[slot] = true;
      const int row = owner_[slot];
      float delta = kInfinity;
      int next = num_;
      for (int j = 0; j < num_; ++j) {
        if (used[j]) continue;
        const float reduced = cost(row, j) - agent_potential_[row] - slot_potential_[j];
        if (reduced < least[j]) {
          least[j] = reduced;
          previous[j] = slot;
        }
        if (least[j] < delta) {
          delta = least[j];
          next = j;
        }
      }
      for (int j = 0; j <= num_; ++j) {
        if (used[j]) {
          agent_potential_[owner_[j]] += delta;
          slot_potential_[j] -= delta;
        } else if (j < num_) {
          least[j] -= delta;
        }
      }
      slot = next;
    }
    // hand the slots along the path on
    while (slot != num_) {
      owner_[slot] = owner_[previous[slot]];
      slot = previous[slot];
    }
  }
  [[nodiscard]] float cost(int agent, int slot) const noexcept {
    const Vec3 way = slots_[slot] - agents_[agent];
    return dot(way, way);
  }

  int num_;
  Vec3 agents_[kMaxOptimalAgents];
  Vec3 slots_[kMaxOptimalAgents];
  float agent_potential_[kMaxOptimalAgents] = {};
  float slot_potential_[kMaxOptimalAgents + 1] = {};
  int owner_[kMaxOptimalAgents + 1];
};

void assign_greedily(const Slab& slab, int world, int slot_row, int index_row,
                     int scratch_row) noexcept {
  const int first = world * slab.num_agents;
  const Blocks& agents = slab.agents;
  // the scratch row of agent j tells whether slot j is taken
  for (int j = 0; j < slab.num_agents; ++j) agents.at(first + j, scratch_row) = 0;
  for (int i = 0; i < slab.num_agents; ++i) {
    const Vec3 here = agents.vec3(first + i, kPosition);
    float least = kInfinity;
    int best = 0;
    for (int j = 0; j < slab.num_agents; ++j) {
      const Vec3 way = agents.vec3(first + j, slot_row) - here;
      const float square = dot(way, way);
      if (agents.at(first + j, scratch_row) != 0 || !(square < least)) continue;
      least = square;
      best = j;
    }
    agents.at(first + best, scratch_row) = 1;
    agents.at(first + i, index_row) = static_cast<float>(best);
  }
  for (int j = 0; j < slab.num_agents; ++j) agents.at(first + j, scratch_row) = 0;
}

}  // namespace

std::vector<Vec3> formation_slots(Shape shape, int num_slots, float spacing_m, int num_layers) {
  std::vector<Vec3> slots;
  if (shape == Shape::kGrid) slots = grid_slots(num_slots, spacing_m, num_layers);
  if (shape == Shape::kCircle) slots = circle_slots(num_slots, spacing_m);
  if (shape == Shape::kVee) slots = vee_slots(num_slots, spacing_m);

  // the middle of the extent becomes the origin
  Vec3 low = slots.front(), high = slots.front();
  for (const Vec3& p : slots) {
    low = {std::min(low.x, p.x), std::min(low.y, p.y), std::min(low.z, p.z)};
    high = {std::max(high.x, p.x), std::max(high.y, p.y), std::max(high.z, p.z)};
  }
  const Vec3 middle = (low + high) * 0.5F;
  for (Vec3& p : slots) p = p - middle;
  return slots;
}

float least_distance(const std::vector<Vec3>& points) noexcept {
  float least = kInfinity;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const Vec3 apart = points[i] - points[j];
      least = std::min(least, dot(apart, apart));
    }
  }
  return std::sqrt(least);
}

void assign_slots(const Slab& slab, int world, int slot_row, int index_row,
                  int scratch_row) noexcept {
  if (slab.num_agents > kMaxOptimalAgents) {
    assign_greedily(slab, world, slot_row, index_row, scratch_row);
    return;
  }
  const OptimalAssignment assignment(slab, world, slot_row);
  for (int slot = 0; slot < slab.num_agents; ++slot) {
    slab.agents.at(world * slab.num_agents + assignment.owner(slot), index_row) =
        static_cast<float>(slot);
  }
}

}  // namespace volery::task
