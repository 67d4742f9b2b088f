#include "model/mixer.hpp"

#include <cmath>
#include <string>

namespace volery {
namespace {

constexpr int kAxes = 4;
constexpr std::array<const char*, kAxes> kAxisNames{"thrust", "torque x (roll)", "torque y (pitch)",
                                                    "torque z (yaw)"};

// Share of an axis' authority that must be left after what the axes before it explain; real layouts
// have 1 (X, plus) down to about 0.1.
constexpr double kRankTolerance = 1e-6;

using Square = std::array<std::array<double, kAxes>, kAxes>;
using Rows = std::array<std::array<double, kMaxRotors>, kAxes>;

[[noreturn]] void refuse(const Vehicle& vehicle, int axis) {
  throw Error(ErrorKind::kValue,
              "vehicle.rotors: " + std::to_string(vehicle.num_rotors) +
                  " rotors of these positions and spins cannot command " +
                  kAxisNames[static_cast<std::size_t>(axis)] +
                  " by itself; at least 4 rotors that are not in a line and have both spins can");
}

Rows allocation_of(const VehicleConfig& config) {
  Rows rows{};
  for (std::size_t i = 0; i < config.rotors.size(); ++i) {
    const RotorSpec& rotor = config.rotors[i];
    rows[0][i] = 1;
    rows[1][i] = rotor.position_b_m[1];
    rows[2][i] = -static_cast<double>(rotor.position_b_m[0]);
    rows[3][i] = -rotor.spin * static_cast<double>(config.torque_to_thrust_m);
  }
  return rows;
}

/// Inverse of a symmetric positive definite matrix with unit diagonal, by Gauss-Jordan without row
/// swaps: its pivots are what each axis has left after those before it. Returns the first axis
/// whose pivot vanishes, or -1.
int invert(Square a, Square& inverse) {
  inverse = {};
  for (std::size_t i = 0; i < kAxes; ++i) inverse[i][i] = 1;
  for (std::size_t p = 0; p < kAxes; ++p) {
    const double pivot = a[p][p];
    if (!(pivot > kRankTolerance)) return static_cast<int>(p);
    for (std::size_t c = 0; c < kAxes; ++c) {
      a[p][c] /= pivot;
      inverse[p][c] /= pivot;
    }
    for (std::size_t r = 0; r < kAxes; ++r) {
      if (r == p) continue;
      const double factor = a[r][p];
      for (std::size_t c = 0; c < kAxes; ++c) {
        a[r][c] -= factor * a[p][c];
        inverse[r][c] -= factor * inverse[p][c];
      }
    }
  }
  return -1;
}

}  // namespace

void derive_allocation(Vehicle& vehicle) {
  const Rows rows = allocation_of(vehicle.config);

  // rows of unit length, so that newtons and newton metres compare
  std::array<double, kAxes> length{};
  for (std::size_t j = 0; j < kAxes; ++j) {
    double sum = 0;
    for (const double entry : rows[j]) sum += entry * entry;
    if (!(sum > 0)) refuse(vehicle, static_cast<int>(j));
    length[j] = std::sqrt(sum);
  }
  Square gram{};
  for (std::size_t j = 0; j < kAxes; ++j) {
    for (std::size_t k = 0; k < kAxes; ++k) {
      for (std::size_t i = 0; i < kMaxRotors; ++i) {
        gram[j][k] += rows[j][i] / length[j] * (rows[k][i] / length[k]);
      }
    }
  }
  Square inverse{};
  const int missing = invert(gram, inverse);
  if (missing >= 0) refuse(vehicle, missing);

  // mixer = A^T (A A^T)^-1 with the row lengths put back
  for (std::size_t i = 0; i < kMaxRotors; ++i) {
    for (std::size_t j = 0; j < kAxes; ++j) {
      double entry = 0;
      for (std::size_t k = 0; k < kAxes; ++k) entry += rows[k][i] / length[k] * inverse[k][j];
      vehicle.mixer[i][j] = static_cast<float>(entry / length[j]);
      vehicle.allocation[j][i] = static_cast<float>(rows[j][i]);
    }
  }
}

}  // namespace volery
