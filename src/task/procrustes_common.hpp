// How far points are from a shape, wherever the shape lies and however it is turned.
//
//   Procrustes procrustes;
//   for (...) procrustes.add(position, slot);   pairs of a point and its place in the shape
//   procrustes.rms();                           m
//
// The least root mean square distance over all translations and proper rotations of the shape:
// neither scaled nor mirrored. The best translation lays the means on each other; for the best
// rotation the sum of products of both is the greatest eigenvalue of a symmetric 4 x 4 matrix
// (B. Horn, "Closed-form solution of absolute orientation using unit quaternions", JOSA A 4(4),
// 1987). In double precision: the result is a difference of sums of squares.
#pragma once

#include "core/types.hpp"

namespace volery::task {

class Procrustes {
 public:
  /// Any common shift of all points leaves the result as it is, but small numbers are more exact.
  void add(Vec3 point_m, Vec3 shape_m) noexcept;
  /// 0 for fewer than two pairs.
  [[nodiscard]] float rms() const noexcept;

 private:
  double num_ = 0;
  double sum_point_[3] = {}, sum_shape_[3] = {};
  double squares_ = 0;          // of both
  double products_[3][3] = {};  // [axis of the shape][axis of the point]
};

/// The greatest eigenvalue of a symmetric matrix, which it overwrites; by cyclic Jacobi rotations
/// (G. Golub, C. Van Loan, "Matrix Computations", 4th edition, 8.5).
[[nodiscard]] double greatest_eigenvalue(double (&matrix)[4][4]) noexcept;

}  // namespace volery::task
