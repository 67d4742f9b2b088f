// The cables of an island alone, solved together so that their lengths hold where the substep ends.
//
// Bullet's solver goes from row to row: under a load of fifty times its own mass a chain of beads
// stretches by 10 cm at ten times the usual iterations, and rows that are linear let a body that
// swings by its edge gain energy. So the impulses are found here first, with all rows at once and
// the turning of the bodies in full, and Bullet starts from them: it finds nothing left to do where
// nothing else touches, and balances cables with contacts where something does.
#pragma once

#include <vector>

#include "contact/d3.hpp"
#include "contact/islands.hpp"

namespace volery::contact {

class CableSolver {
 public:
  explicit CableSolver(const ContactModel::Impl& model) : model_(model) {}

  /// Sets where the rows of the island start and what they ask for. False where no balance was
  /// found, or the island holds more than kMostCables: rows are then left as they are, and start
  /// from nothing.
  bool solve(const SlabBodies& bodies, const Island& island);

  static constexpr std::size_t kMostCables = 64;

 private:
  struct Body {
    Mat3 axes;
    D3 position_w_m, velocity_w_mps, omega_b_radps;
    double inverse_mass_per_kg = 0;
    Vec3 inverse_inertia_b{};
    D3 impulse_ns, twist_b_nms;  // of all cables
    D3 end_position_w_m, end_turn_b_rad;
  };
  struct End {
    int body = -1;  // index into bodies_, -1: held
    D3 at_m;        // in the body, or in the world
    D3 lever_b_m;   // r x n in the body, for a pull along the row's n
  };
  struct Row {
    End a, b;
    D3 n;
    double impulse_ns = 0;
    double too_long_m = 0;
    bool active = false;
  };

  void load(const SlabBodies& bodies, const Island& island);
  End end_of(const SlabBodies& bodies, const Island& island, int local, Vec3 at_m, D3 arm_w,
             D3 n) const;
  [[nodiscard]] double coupling(const Row& i, const Row& j) const noexcept;
  [[nodiscard]] D3 where(const End& end) const noexcept;
  [[nodiscard]] double approach(const Row& row) const noexcept;
  void apply() noexcept;
  bool measure(const Island& island) noexcept;
  void improve();

  const ContactModel::Impl& model_;
  std::vector<Body> bodies_;
  std::vector<Row> rows_;
  std::vector<int> active_;
  std::vector<double> matrix_, change_;
};

}  // namespace volery::contact
