#include "contact/single_solver.hpp"

#include <cstring>

namespace volery::contact {

namespace {

int count_points(const Island& island) noexcept {
  std::uint32_t points = 0;
  for (const ContactPair* pair : island.pairs) points += pair->num_points;
  return static_cast<int>(points);
}

void set(SingleRow* rows, int lane, Vec3 v) noexcept {
  rows[0].lane[lane] = v.x;
  rows[1].lane[lane] = v.y;
  rows[2].lane[lane] = v.z;
}

Vec3 get(const SingleRow* rows, int lane) noexcept {
  return {rows[0].lane[lane], rows[1].lane[lane], rows[2].lane[lane]};
}

}  // namespace

bool SingleSolver::takes(const Island& island) noexcept {
  return island.cables.empty() && island.bodies.size() == 1 &&
         count_points(island) <= kMostSinglePoints;
}

void SingleSolver::add(const Island& island) {
  Noted noted;
  noted.world = island.world;
  noted.local = island.bodies.front();
  noted.first_pair = pairs_.size();
  noted.num_pairs = static_cast<int>(island.pairs.size());
  pairs_.insert(pairs_.end(), island.pairs.begin(), island.pairs.end());
  (count_points(island) <= 4 ? few_ : many_).push_back(noted);
}

void SingleSolver::clear_lane(int lane) noexcept {
  group_->inverse_mass_per_kg.lane[lane] = 1;
  set(group_->inverse_inertia_b, lane, {1, 1, 1});
  set(group_->velocity_w_mps, lane, {});
  set(group_->omega_b_radps, lane, {});
}

void SingleSolver::fill(const SlabBodies& bodies, const Noted* noted, int count, int slots) {
  // slots without a point are all zero
  std::memset(group_->points, 0, sizeof(SinglePoint) * static_cast<std::size_t>(slots));
  for (int lane = 0; lane < count; ++lane) fill_lane(bodies, noted[lane], lane);
  for (int lane = count; lane < kSingleLanes; ++lane) clear_lane(lane);
}

void SingleSolver::fill_lane(const SlabBodies& bodies, const Noted& noted, int lane) {
  SingleGroup& g = *group_;
  const Slab::BodyRef ref = bodies.ref(noted.world, noted.local);
  const BodyKind& kind = model_.kinds[static_cast<std::size_t>(bodies.kind(noted.local))];
  const Mat3 axes = rotation(ref.blocks->quat(ref.body));
  set(g.velocity_w_mps, lane, ref.blocks->vec3(ref.body, kVelocity));
  set(g.omega_b_radps, lane, ref.blocks->vec3(ref.body, kOmega));
  set(g.axes_w, lane, axes.x);
  set(g.axes_w + 3, lane, axes.y);
  set(g.axes_w + 6, lane, axes.z);
  const BodyMass mass = mass_of(model_, kind, ref);
  const Vec3 inertia = mass.inertia_b_kgm2;
  g.inverse_mass_per_kg.lane[lane] = 1.0F / mass.mass_kg;
  set(g.inverse_inertia_b, lane, {1.0F / inertia.x, 1.0F / inertia.y, 1.0F / inertia.z});

  int slot = 0;
  for (int p = 0; p < noted.num_pairs; ++p) {
    const ContactPair& pair = *pairs_[noted.first_pair + static_cast<std::size_t>(p)];
    const bool is_a = static_cast<int>(pair.a) == noted.local;
    const int other = static_cast<int>(is_a ? pair.b : pair.a);
    const Surface surface = combined(kind.surface, surface_of(model_, bodies, other));
    for (std::uint32_t i = 0; i < pair.num_points; ++i, ++slot) {
      const ContactPoint& from = pair.points[i];
      SinglePoint& to = g.points[slot];
      const float* arm = is_a ? from.local_a_m : from.local_b_m;
      const float* n = from.normal_on_b_w;
      set(to.arm_b_m, lane, {arm[0], arm[1], arm[2]});
      const Vec3 normal_w = is_a ? Vec3{n[0], n[1], n[2]} : Vec3{-n[0], -n[1], -n[2]};
      set(to.normal_w, lane, normal_w);
      to.distance_m.lane[lane] = from.distance_m;
      to.friction.lane[lane] = under_wheels(kind, axes.z, normal_w) ? 0.0F : surface.friction;
      to.restitution.lane[lane] = surface.restitution;
      to.impulse_ns.lane[lane] = from.impulse_ns[0];
    }
  }
}

void SingleSolver::read_lane(const Noted& noted, int lane) {
  const SingleGroup& g = *group_;
  solved_.velocity_w_mps = get(g.velocity_w_mps, lane);
  solved_.omega_b_radps = get(g.omega_b_radps, lane);
  solved_.push_w_mps = get(g.push_w_mps, lane);
  solved_.turn_b_radps = get(g.turn_b_radps, lane);
  impulses_.clear();
  int slot = 0;
  for (int p = 0; p < noted.num_pairs; ++p) {
    ContactPair& pair = *pairs_[noted.first_pair + static_cast<std::size_t>(p)];
    PairImpulse sum;
    for (std::uint32_t i = 0; i < pair.num_points; ++i, ++slot) {
      const float impulse_ns = g.points[slot].impulse_ns.lane[lane];
      sum.normal_ns += impulse_ns;
      pair.points[i].impulse_ns[0] =
          lasting_impulse(impulse_ns, g.points[slot].speed_mps.lane[lane]);
    }
    impulses_.push_back(sum);
  }
}

}  // namespace volery::contact
