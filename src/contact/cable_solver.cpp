#include "contact/cable_solver.hpp"

#include <algorithm>
#include <cmath>

namespace volery::contact {

namespace {

// A length may be off by this share of itself; a cable of 1 m then changes speed by 2.4 um/s.
constexpr double kTolerance = 1e-8;
constexpr int kMostRounds = 16;
// Cables give way by this share of what they would by their bodies' masses. It shares a load fairly
// among cables of which fewer would do, for 0.2 um of stretch under a hanging load at 240 Hz.
constexpr double kSoftness = 1e-3;

}  // namespace

CableSolver::End CableSolver::end_of(const SlabBodies& bodies, const Island& island, int local,
                                     Vec3 at_m, D3 arm_w, D3 n) const {
  End end;
  end.at_m = D3(at_m);
  const auto at = std::lower_bound(island.bodies.begin(), island.bodies.end(), local);
  if (local != kHeldEnd && at != island.bodies.end() && *at == local) {
    end.body = static_cast<int>(at - island.bodies.begin());
    end.lever_b_m = to_body(bodies_[static_cast<std::size_t>(end.body)].axes, cross(arm_w, n));
  } else if (local != kHeldEnd) {
    // a frozen body
    const Pose pose = pose_of(bodies.ref(island.world, local));
    end.at_m = D3(pose.position_w_m) + rotated(pose.axes, D3(at_m));
  }
  return end;
}

void CableSolver::load(const SlabBodies& bodies, const Island& island) {
  bodies_.clear();
  rows_.clear();
  for (const int local : island.bodies) {
    const Slab::BodyRef ref = bodies.ref(island.world, local);
    const BodyKind& kind = model_.kinds[static_cast<std::size_t>(bodies.kind(local))];
    Body& body = bodies_.emplace_back();
    body.axes = rotation(ref.blocks->quat(ref.body));
    body.position_w_m = D3(ref.blocks->vec3(ref.body, kPosition)) +
                        D3(ref.blocks->vec3(ref.body, kPositionResidual));
    body.velocity_w_mps = D3(ref.blocks->vec3(ref.body, kVelocity));
    body.omega_b_radps = D3(ref.blocks->vec3(ref.body, kOmega));
    const BodyMass mass = mass_of(model_, kind, ref);
    const Vec3 inertia = mass.inertia_b_kgm2;
    body.inverse_mass_per_kg = static_cast<double>(1.0F / mass.mass_kg);
    body.inverse_inertia_b = {1.0F / inertia.x, 1.0F / inertia.y, 1.0F / inertia.z};
  }
  for (const CableRow* from : island.cables) {
    const ModelCable& cable = model_.cables.cable(from->cable);
    Row& row = rows_.emplace_back();
    row.n = D3(from->toward_b_w);
    row.a = end_of(bodies, island, cable.a, cable.at_a_b_m, D3(from->arm_a_w_m), row.n);
    row.b = end_of(bodies, island, cable.b, cable.at_b_m, D3(from->arm_b_w_m), row.n);
    row.active = from->taut();
  }
}

// What a unit of impulse in row j changes of the approach speed of row i.
double CableSolver::coupling(const Row& i, const Row& j) const noexcept {
  double sum = 0;
  for (const End* from : {&j.a, &j.b}) {
    for (const End* to : {&i.a, &i.b}) {
      if (from->body < 0 || from->body != to->body) continue;
      const Body& body = bodies_[static_cast<std::size_t>(from->body)];
      const double sign = (from == &j.a) == (to == &i.a) ? 1 : -1;
      sum += sign * (dot(i.n, j.n) * body.inverse_mass_per_kg +
                     dot(to->lever_b_m, scaled(from->lever_b_m, body.inverse_inertia_b)));
    }
  }
  return sum;
}

// Where the substep would take the bodies with the impulses so far.
void CableSolver::apply() noexcept {
  for (Body& body : bodies_) body.impulse_ns = body.twist_b_nms = {};
  for (const Row& row : rows_) {
    for (const End* end : {&row.a, &row.b}) {
      if (end->body < 0) continue;
      Body& body = bodies_[static_cast<std::size_t>(end->body)];
      const double pull = end == &row.a ? row.impulse_ns : -row.impulse_ns;
      body.impulse_ns = body.impulse_ns + row.n * pull;
      body.twist_b_nms = body.twist_b_nms + end->lever_b_m * pull;
    }
  }
  const double step_s = static_cast<double>(model_.substep_s);
  for (Body& body : bodies_) {
    body.end_position_w_m =
        body.position_w_m +
        (body.velocity_w_mps + body.impulse_ns * body.inverse_mass_per_kg) * step_s;
    body.end_turn_b_rad =
        (body.omega_b_radps + scaled(body.twist_b_nms, body.inverse_inertia_b)) * step_s;
  }
}

D3 CableSolver::where(const End& end) const noexcept {
  if (end.body < 0) return end.at_m;
  const Body& body = bodies_[static_cast<std::size_t>(end.body)];
  return body.end_position_w_m + rotated(body.axes, turned_by(end.at_m, body.end_turn_b_rad));
}

// Speed at which the ends of a row come together with all impulses.
double CableSolver::approach(const Row& row) const noexcept {
  double sum = 0;
  for (const End* end : {&row.a, &row.b}) {
    if (end->body < 0) continue;
    const Body& body = bodies_[static_cast<std::size_t>(end->body)];
    const D3 velocity = body.velocity_w_mps + body.impulse_ns * body.inverse_mass_per_kg;
    const D3 omega = body.omega_b_radps + scaled(body.twist_b_nms, body.inverse_inertia_b);
    const double speed = dot(row.n, velocity) + dot(end->lever_b_m, omega);
    sum += end == &row.a ? speed : -speed;
  }
  return sum;
}

// How much too long each cable ends; true where no active one is off, and no other one too long.
bool CableSolver::measure(const Island& island) noexcept {
  const double step_s = static_cast<double>(model_.substep_s);
  const double softness = rows_.size() > 1 ? kSoftness * step_s : 0;
  bool good = true;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    Row& row = rows_[i];
    const D3 span = where(row.b) - where(row.a);
    const double allowed_m = island.cables[i]->allowed_m;
    row.too_long_m = std::sqrt(dot(span, span)) - allowed_m;
    const double tolerance_m = kTolerance * allowed_m;
    if (!row.active && row.too_long_m > tolerance_m) row.active = true;
    if (!row.active) continue;
    row.too_long_m -= softness * coupling(row, row) * row.impulse_ns;
    // also catches NaN
    if (!(row.too_long_m * row.too_long_m <= tolerance_m * tolerance_m)) good = false;
  }
  return good;
}

// One step of Newton's method over the active rows, with the matrix of the substep's start; it is
// off by the turn of a substep, which the next round finds. By a Cholesky decomposition.
void CableSolver::improve() {
  active_.clear();
  for (int i = 0; i < static_cast<int>(rows_.size()); ++i) {
    if (rows_[static_cast<std::size_t>(i)].active) active_.push_back(i);
  }
  const std::size_t n = active_.size();
  const double step_s = static_cast<double>(model_.substep_s);
  matrix_.assign(n * n, 0);
  change_.assign(n, 0);
  const auto row_at = [&](std::size_t i) -> Row& {
    return rows_[static_cast<std::size_t>(active_[i])];
  };
  const auto at = [&](std::size_t i, std::size_t j) -> double& { return matrix_[i * n + j]; };
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) at(i, j) = step_s * coupling(row_at(i), row_at(j));
    if (rows_.size() > 1) at(i, i) *= 1 + kSoftness;
    change_[i] = row_at(i).too_long_m;
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = at(i, j);
      for (std::size_t k = 0; k < j; ++k) sum -= at(i, k) * at(j, k);
      at(i, j) = i == j ? std::sqrt(sum) : sum / at(j, j);
    }
    for (std::size_t k = 0; k < i; ++k) change_[i] -= at(i, k) * change_[k];
    change_[i] /= at(i, i);
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) change_[i] -= at(k, i) * change_[k];
    change_[i] /= at(i, i);
  }

  // a cable that would have to push is slack after all
  for (std::size_t i = 0; i < n; ++i) {
    Row& row = row_at(i);
    row.impulse_ns += change_[i];
    if (row.impulse_ns > 0) continue;
    row.impulse_ns = 0;
    row.active = false;
  }
}

bool CableSolver::solve(const SlabBodies& bodies, const Island& island) {
  if (island.cables.size() > kMostCables) return false;
  load(bodies, island);
  apply();
  for (int round = 0; !measure(island); ++round) {
    if (round == kMostRounds) return false;
    improve();
    apply();
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    CableRow& row = *island.cables[i];
    row.start_ns = static_cast<float>(rows_[i].impulse_ns);
    // what the balance meets it must go on to meet, and no slack cable may ask for more
    const auto met_mps = static_cast<float>(approach(rows_[i]));
    if (rows_[i].active || met_mps < row.approach_mps) row.approach_mps = met_mps;
  }
  return true;
}

}  // namespace volery::contact
