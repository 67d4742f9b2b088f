// Dryden turbulence as one field per world: a sum of waves that fills all space.
//
//   u(x, t) = sum_n a_n cos(k_n . x - w_n t + phase_n),  a_n . k_n = 0
//
// (R. H. Kraichnan: "Diffusion by a random velocity field", Physics of Fluids 13, 1970.) Each wave
// carries, in each component, exactly its share of the Dryden spectrum of MIL-F-8785C along the
// mean wind, so the variances and the three one-dimensional spectra are the standard's; every wave
// is transverse, so the field has no divergence. The waves are the same in all worlds; their phases
// (uniform), a common factor of their wave numbers (within a band of the spectrum to either side,
// so that the lines of all worlds fill it) and two mirrors are drawn per world and episode.
#pragma once

#include <cstdint>
#include <vector>

#include "core/types.hpp"

namespace volery::flight {

/// How strong the turbulence is, by the wind at 20 ft (6.1 m): 15, 30, 45 knots.
enum class Turbulence : int { kOff, kLight, kModerate, kSevere, kCustom };
/// That wind in m/s; custom_mps for kCustom.
[[nodiscard]] float w20_of(Turbulence turbulence, float custom_mps) noexcept;

/// Intensities and lengths of the low-altitude Dryden model.
struct DrydenScales {
  float sigma_u_mps = 0;  // along and across the mean wind
  float sigma_w_mps = 0;  // vertical
  float length_u_m = 0;
  float length_w_m = 0;
};
/// MIL-F-8785C, below 1000 ft: L_w = h, L_u = L_v = h / (0.177 + 0.000823 h)^1.2, sigma_w = 0.1
/// W20, sigma_u = sigma_v = sigma_w / (0.177 + 0.000823 h)^0.4 with h in feet. Heights are clamped
/// to [10, 1000] ft.
[[nodiscard]] DrydenScales dryden_scales(float w20_mps, float height_m) noexcept;

/// One wave, axes: along the mean wind, across (to the left), up.
struct TurbulenceWave {
  float turns_per_m[3];          // wave vector / 2 pi
  float amplitude_mps[3];        // transverse to it
  std::uint32_t turns_per_step;  // 2^32 is a turn; of a step at scale 1 / kScaleOne, wraps
  std::uint32_t spread;          // odd: its phase is phase_key * spread / 2^32 turns
};

/// Waves of the sum: one in each band of 0.38 octaves over the 12 octaves that hold all but a few
/// per cent of the variance; what lies beyond is in the outermost two.
inline constexpr int kTurbulenceWaves = 32;

/// Factors of the wave numbers are multiples of 1 / kScaleOne.
inline constexpr int kScaleOne = 256;
/// The factor (times kScaleOne) for a uniform draw of 32 bits: log-uniform over two bands, since of
/// neighbors one travels with and one against the wind.
[[nodiscard]] std::uint32_t turbulence_scale(std::uint32_t bits) noexcept;

/// All waves, and the axis along the mean wind.
struct TurbulenceField {
  std::vector<TurbulenceWave> waves;  // empty: off
  float along_x = 1, along_y = 0;     // unit, horizontal

  TurbulenceField() = default;
  /// The field is carried by the mean wind. On top of it the waves travel with and against it at
  /// min_convection_mps, so the air at a place never stands still: the mean square speed at which a
  /// vehicle meets the turbulence is (velocity - mean wind)^2 + min_convection^2, which is nearly
  /// the larger of the two and never below the minimum, hovering in still air and drifting with the
  /// wind included.
  TurbulenceField(const DrydenScales& scales, Vec3 mean_w_mps, float min_convection_mps,
                  float step_s);
};

}  // namespace volery::flight
