// Contacts of the gpd mode: drones with the ground and with each other.
//
// Of the kind that PyBullet has there (32-sided prisms with a margin, friction, sequential impulses
// with its iterations and error reduction), but not its persistent manifolds, which have a drone
// that was dropped rock on its rim for seconds. Landings are therefore alike, not equal.
#include <algorithm>
#include <array>

#include "flight/gpd_step.hpp"

namespace volery::gpd {

namespace {

// PyBullet's settings (docs/gpd.md)
constexpr int kIterations = 50;
constexpr double kErrorReduction = 0.08;
constexpr double kSlop = 1e-5;
constexpr double kBreaking = 0.02;  // points up to this share of the hull's radius apart count
constexpr double kMargin = 0.001;   // of a hull read from a URDF file
constexpr double kGroundFriction = 1 * 0.5;
constexpr double kDroneFriction = 0.5 * 0.5;

// Squared speed below which a change is taken as none and the iterations end; PyBullet's is 1e-7.
constexpr double kResidual2 = 1e-10;

constexpr int kSides = 32;

// Corners of the prism's cross-section on the unit circle.
const std::array<V3, kSides>& corners() noexcept {
  static const std::array<V3, kSides> table = [] {
    std::array<V3, kSides> points;
    for (int i = 0; i < kSides; ++i) {
      math64::sin_cos(2 * math64::kPi * i / kSides, points[static_cast<std::size_t>(i)].y,
                      points[static_cast<std::size_t>(i)].x);
    }
    return points;
  }();
  return table;
}

void add(std::vector<Contact>& contacts, const Contact& contact) noexcept {
  // the room of Scratch::reserve is never outgrown here, so a crowded pile loses its last points
  if (contacts.size() < contacts.capacity()) contacts.push_back(contact);
}

// The lowest corner of each quarter of each end of the prism.
void find_ground(const Model& model, const Body& body, int index, double breaking_m,
                 std::vector<Contact>& contacts) noexcept {
  const std::size_t before = contacts.size();
  for (const double end : {-0.5, 0.5}) {
    for (int quarter = 0; quarter < 4; ++quarter) {
      V3 lowest{0, 0, 1e300};
      for (int i = 0; i < kSides / 4; ++i) {
        const V3 unit = corners()[static_cast<std::size_t>(quarter * kSides / 4 + i)];
        const V3 arm =
            to_world(body.rot, {unit.x * model.collision_radius_m,
                                unit.y * model.collision_radius_m, end * model.collision_height_m});
        if (arm.z < lowest.z) lowest = arm;
      }
      const double distance = body.position_w_m.z + lowest.z - kMargin;
      if (distance > breaking_m) continue;
      Contact contact{.drone = index, .normal_w = {0, 0, 1}, .arm_w_m = lowest};
      contact.arm_w_m.z -= kMargin;
      contact.distance_m = distance;
      add(contacts, contact);
    }
  }
  const double share = 1 / static_cast<double>(std::max<std::size_t>(1, contacts.size() - before));
  for (std::size_t i = before; i < contacts.size(); ++i) contacts[i].share = share;
}

// Where a drone is probed for overlap with another: its rims, its waist (level drones touch with
// their sides) and rings within its faces (so do drones that stand on each other).
struct Ring {
  double radius, level;
};
constexpr std::array<Ring, 5> kRings{{{1, -0.5}, {1, 0}, {1, 0.5}, {0.8, -0.5}, {0.8, 0.5}}};

// How deep a point in a cylinder's frame lies in it; the nearest way out (in that frame).
double depth_in(const Model& model, V3 point, V3& out) noexcept {
  const double around = math64::sqrt(point.x * point.x + point.y * point.y);
  const double side = around - model.collision_radius_m;
  const double end = math64::abs(point.z) - 0.5 * model.collision_height_m;
  if (side > end && around > 0) {
    out = {point.x / around, point.y / around, 0};
    return -side;
  }
  out = {0, 0, point.z < 0 ? -1.0 : 1.0};
  return -end;
}

// The point of one drone's prism that is deepest in the other's cylinder, both ways round.
void find_pair(const Model& model, std::span<const Body> bodies, int first, int second,
               std::vector<Contact>& contacts) noexcept {
  for (const auto& [drone, other] : {std::pair{first, second}, std::pair{second, first}}) {
    const Body& a = bodies[static_cast<std::size_t>(drone)];
    const Body& b = bodies[static_cast<std::size_t>(other)];
    const V3 between = a.position_w_m - b.position_w_m;
    Contact deepest{.drone = drone, .other = other, .distance_m = 1};
    for (const Ring& ring : kRings) {
      for (const V3 unit : corners()) {
        const double radius = ring.radius * model.collision_radius_m;
        const V3 arm = to_world(
            a.rot, {unit.x * radius, unit.y * radius, ring.level * model.collision_height_m});
        V3 out;
        const double distance = -depth_in(model, to_body(b.rot, between + arm), out) - 2 * kMargin;
        if (distance >= deepest.distance_m) continue;
        deepest.distance_m = distance;
        deepest.normal_w = to_world(b.rot, out);
        deepest.arm_w_m = arm;
        deepest.other_arm_w_m = between + arm;
      }
    }
    if (deepest.distance_m < 0) add(contacts, deepest);
  }
}

void find(const World& world, std::span<const Body> bodies,
          std::vector<Contact>& contacts) noexcept {
  const Model& model = *world.model;
  contacts.clear();
  const double half = 0.5 * model.collision_height_m;
  const double reach =
      math64::sqrt(model.collision_radius_m * model.collision_radius_m + half * half) + kMargin;
  const double breaking = kBreaking * reach;
  const int count = static_cast<int>(bodies.size());
  for (int i = 0; i < count; ++i) {
    const Body& body = bodies[static_cast<std::size_t>(i)];
    if (body.position_w_m.z < reach + breaking) find_ground(model, body, i, breaking, contacts);
    for (int j = i + 1; j < count; ++j) {
      const V3 d = bodies[static_cast<std::size_t>(j)].position_w_m - body.position_w_m;
      if (dot(d, d) < 4 * reach * reach) find_pair(model, bodies, i, j, contacts);
    }
  }
}

// A contact with what its iterations share.
class Pair {
 public:
  Pair(const Model& model, std::span<Body> bodies, const Contact& contact) noexcept
      : model_(model),
        contact_(contact),
        a_(bodies[static_cast<std::size_t>(contact.drone)]),
        b_(contact.other < 0 ? nullptr : &bodies[static_cast<std::size_t>(contact.other)]) {}

  [[nodiscard]] V3 relative_velocity() const noexcept {
    V3 v = a_.velocity_w_mps + cross(a_.omega_w_radps, contact_.arm_w_m);
    if (b_ != nullptr) {
      v = v - b_->velocity_w_mps - cross(b_->omega_w_radps, contact_.other_arm_w_m);
    }
    return v;
  }
  /// Change of the relative velocity along a unit vector per impulse along it.
  [[nodiscard]] double softness(V3 along) const noexcept {
    double k = one(a_, contact_.arm_w_m, along);
    if (b_ != nullptr) k += one(*b_, contact_.other_arm_w_m, along);
    return k;
  }
  void apply(V3 impulse_ns) const noexcept {
    push(a_, contact_.arm_w_m, impulse_ns);
    if (b_ != nullptr) push(*b_, contact_.other_arm_w_m, impulse_ns * -1.0);
  }

 private:
  [[nodiscard]] V3 turned(const Body& body, V3 torque_w) const noexcept {
    return to_world(body.rot, to_body(body.rot, torque_w) * model_.inverse_inertia);
  }
  [[nodiscard]] double one(const Body& body, V3 arm, V3 along) const noexcept {
    return model_.inverse_mass + dot(cross(turned(body, cross(arm, along)), arm), along);
  }
  void push(Body& body, V3 arm, V3 impulse_ns) const noexcept {
    body.velocity_w_mps = body.velocity_w_mps + impulse_ns * model_.inverse_mass;
    body.omega_w_radps = body.omega_w_radps + turned(body, cross(arm, impulse_ns));
  }

  const Model& model_;
  const Contact& contact_;
  Body& a_;
  Body* b_;
};

// Along the normal: at most to touch, or out by a share of the overlap. Returns the change of
// speed.
double solve_normal(const Pair& pair, Contact& contact) noexcept {
  const double speed = dot(pair.relative_velocity(), contact.normal_w);
  const double before = contact.normal_ns;
  contact.normal_ns =
      std::max(0.0, before + (contact.wanted_mps - speed) / contact.normal_softness);
  const double change = contact.normal_ns - before;
  if (change != 0) pair.apply(contact.normal_w * change);
  return change * contact.normal_softness;
}

// Across it: against the slip, within the cone of friction. Returns the change of speed.
V3 solve_friction(const Pair& pair, Contact& contact) noexcept {
  const double most = (contact.other < 0 ? kGroundFriction : kDroneFriction) * contact.normal_ns;
  const V3 old = contact.tangent_ns;
  if (most == 0 && old == V3{}) return {};
  const V3 v = pair.relative_velocity();
  const V3 slip = v - contact.normal_w * dot(v, contact.normal_w);
  // one softness for all directions across: exact for none, between the two extremes for each
  V3 wish = old - slip * (1 / contact.slip_softness);
  const double length = norm(wish);
  if (length > most) wish = wish * (most / length);
  contact.tangent_ns = wish;
  pair.apply(wish - old);
  return (wish - old) * contact.slip_softness;
}

// Two unit vectors across a normal.
void across(V3 normal, V3& first, V3& second) noexcept {
  const V3 other = math64::abs(normal.z) < 0.7 ? V3{0, 0, 1} : V3{1, 0, 0};
  first = cross(normal, other);
  first = first * (1 / norm(first));
  second = cross(normal, first);
}

// What the iterations share, and a first guess: the points under a drone carry it in equal shares.
// For one that lies flat that is the answer, which 50 iterations from 0 do not reach.
void prepare(const World& world, std::span<Body> bodies, std::vector<Contact>& contacts) noexcept {
  for (Contact& contact : contacts) {
    const Pair pair(*world.model, bodies, contact);
    const double gap = contact.distance_m + kSlop;
    contact.wanted_mps = -gap * (gap > 0 ? 1 : kErrorReduction) / world.step_s;
    contact.normal_softness = pair.softness(contact.normal_w);
    V3 first, second;
    across(contact.normal_w, first, second);
    contact.slip_softness = std::max(pair.softness(first), pair.softness(second));
    if (contact.other >= 0) continue;
    const double speed = dot(pair.relative_velocity(), contact.normal_w);
    contact.normal_ns =
        std::max(0.0, contact.wanted_mps - speed) * world.model->mass_kg * contact.share;
  }
  // after all of them have been measured
  for (const Contact& contact : contacts) {
    if (contact.normal_ns == 0) continue;
    Pair(*world.model, bodies, contact).apply(contact.normal_w * contact.normal_ns);
  }
}

}  // namespace

void solve_contacts(const World& world, std::span<Body> bodies,
                    std::vector<Contact>& contacts) noexcept {
  find(world, bodies, contacts);
  if (contacts.empty()) return;
  prepare(world, bodies, contacts);
  for (int i = 0; i < kIterations; ++i) {
    double residual = 0;
    for (Contact& contact : contacts) {
      const Pair pair(*world.model, bodies, contact);
      const double normal = solve_normal(pair, contact);
      const V3 tangent = solve_friction(pair, contact);
      residual = std::max({residual, normal * normal, dot(tangent, tangent)});
    }
    if (residual < kResidual2) break;
  }
}

}  // namespace volery::gpd
