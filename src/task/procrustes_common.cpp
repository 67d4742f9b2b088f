#include "task/procrustes_common.hpp"

#include <algorithm>
#include <cmath>

namespace volery::task {

namespace {

// Convergence is quadratic: four or five sweeps bring a 4 x 4 matrix to the last bit.
constexpr int kMostSweeps = 12;
// Off-diagonal squares, as a share of all, that no longer change the diagonal in double precision.
constexpr double kDiagonal = 1e-30;

/// The rotation of rows and columns p and q that makes element (p, q) zero.
void rotate(double (&a)[4][4], int p, int q) noexcept {
  if (a[p][q] == 0) return;
  const double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  const double t = (theta < 0 ? -1 : 1) / (std::fabs(theta) + std::sqrt(theta * theta + 1));
  const double c = 1 / std::sqrt(t * t + 1), s = t * c;
  for (int k = 0; k < 4; ++k) {
    const double kp = a[k][p], kq = a[k][q];
    a[k][p] = c * kp - s * kq;
    a[k][q] = s * kp + c * kq;
  }
  for (int k = 0; k < 4; ++k) {
    const double pk = a[p][k], qk = a[q][k];
    a[p][k] = c * pk - s * qk;
    a[q][k] = s * pk + c * qk;
  }
}

}  // namespace

double greatest_eigenvalue(double (&matrix)[4][4]) noexcept {
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    double off = 0, all = 0;
    for (int i = 0; i < 4; ++i) {
      for (int j = 0; j < 4; ++j) {
        const double square = matrix[i][j] * matrix[i][j];
        all += square;
        if (i != j) off += square;
      }
    }
    if (!(off > kDiagonal * all)) break;
    for (int p = 0; p < 3; ++p) {
      for (int q = p + 1; q < 4; ++q) rotate(matrix, p, q);
    }
  }
  return std::max({matrix[0][0], matrix[1][1], matrix[2][2], matrix[3][3]});
}

void Procrustes::add(Vec3 point_m, Vec3 shape_m) noexcept {
  const double point[3] = {point_m.x, point_m.y, point_m.z};
  const double shape[3] = {shape_m.x, shape_m.y, shape_m.z};
  num_ += 1;
  for (int i = 0; i < 3; ++i) {
    sum_point_[i] += point[i];
    sum_shape_[i] += shape[i];
    squares_ += point[i] * point[i] + shape[i] * shape[i];
    for (int j = 0; j < 3; ++j) products_[i][j] += shape[i] * point[j];
  }
}

float Procrustes::rms() const noexcept {
  if (num_ < 2) return 0;
  // about the means
  double squares = squares_, s[3][3];
  for (int i = 0; i < 3; ++i) {
    squares -= (sum_point_[i] * sum_point_[i] + sum_shape_[i] * sum_shape_[i]) / num_;
    for (int j = 0; j < 3; ++j) s[i][j] = products_[i][j] - sum_shape_[i] * sum_point_[j] / num_;
  }
  // Horn's N: a unit quaternion q turns the shape so that the sum of products is q N q
  const double xy = s[0][1] + s[1][0], xz = s[0][2] + s[2][0], yz = s[1][2] + s[2][1];
  const double x = s[1][2] - s[2][1], y = s[2][0] - s[0][2], z = s[0][1] - s[1][0];
  double n[4][4] = {{s[0][0] + s[1][1] + s[2][2], x, y, z},
                    {x, s[0][0] - s[1][1] - s[2][2], xy, xz},
                    {y, xy, s[1][1] - s[0][0] - s[2][2], yz},
                    {z, xz, yz, s[2][2] - s[0][0] - s[1][1]}};
  const double rest = squares - 2 * greatest_eigenvalue(n);
  return static_cast<float>(std::sqrt(std::max(0.0, rest) / num_));
}

}  // namespace volery::task
