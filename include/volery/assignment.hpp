// Assignment: who does what at the least total cost. Plain functions, for tasks that need the
// optimum to compare with and for users (volery.assignment in Python); not step-time code.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace volery {

/// Costs of rows (agents) and columns (tasks), row by row.
struct CostMatrix {
  std::span<const double> cost;  // [num_rows][num_columns], finite
  int num_rows = 0;
  int num_columns = 0;
  [[nodiscard]] double at(int row, int column) const noexcept {
    return cost[static_cast<std::size_t>(row) * static_cast<std::size_t>(num_columns) +
                static_cast<std::size_t>(column)];
  }
};

/// The optimum: the column of each row, -1 for rows that are left over where there are fewer
/// columns. Shortest augmenting paths with potentials (Kuhn, "The Hungarian method", 1955; Jonker
/// and Volgenant, 1987), O(min^2 max). Ties go to the lower index. Throws Error (kValue) where a
/// cost is not finite or the shape does not fit.
[[nodiscard]] std::vector<int> hungarian(const CostMatrix& matrix);

struct Auction {
  std::vector<int> column_of_row;
  std::int64_t num_bids = 0;  // the messages that agents would send
  int num_rounds = 0;         // all that have nothing bid at once
};

/// Bertsekas's auction ("A distributed algorithm for the assignment problem", 1979; in the form of
/// "Auction algorithms for network flow problems: a tutorial", 1992): everyone without a column
/// bids for the best one what it is worth to it beyond the second best, plus epsilon. The total
/// cost is within num_rows * epsilon of the optimum; for whole costs and epsilon < 1 / num_rows it
/// is the optimum. Rows must be no more than columns; prices start at 0, so that columns left over
/// stay free. Throws Error (kValue) for what hungarian() refuses, epsilon <= 0, an epsilon that is
/// lost beside the greatest cost in double precision, or more rows than columns.
[[nodiscard]] Auction auction(const CostMatrix& matrix, double epsilon);

/// The cheapest pair first, then the cheapest of what is left: the usual floor. O(n^2 log n).
[[nodiscard]] std::vector<int> greedy_assignment(const CostMatrix& matrix);

/// Total cost of an assignment.
[[nodiscard]] double assignment_cost(const CostMatrix& matrix,
                                     std::span<const int> column_of_row) noexcept;

}  // namespace volery
