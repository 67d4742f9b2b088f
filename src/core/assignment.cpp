#include "volery/assignment.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "volery/error.hpp"

namespace volery {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::size_t place(int i) noexcept {
  return static_cast<std::size_t>(i);
}

void check(const CostMatrix& matrix) {
  if (matrix.num_rows < 0 || matrix.num_columns < 0 ||
      matrix.cost.size() != place(matrix.num_rows) * place(matrix.num_columns)) {
    throw Error(ErrorKind::kValue, "cost: " + std::to_string(matrix.cost.size()) +
                                       " numbers are not " + std::to_string(matrix.num_rows) +
                                       " rows of " + std::to_string(matrix.num_columns));
  }
  for (std::size_t i = 0; i < matrix.cost.size(); ++i) {
    if (std::isfinite(matrix.cost[i])) continue;
    const std::size_t columns = place(matrix.num_columns);
    throw Error(ErrorKind::kValue, "cost[" + std::to_string(i / columns) + ", " +
                                       std::to_string(i % columns) + "]: must be finite");
  }
}

// Rows come in one by one; each takes the shortest way over columns that others give up.
class ShortestPaths {
 public:
  ShortestPaths(const CostMatrix& matrix, bool transposed)
      : matrix_(matrix),
        transposed_(transposed),
        num_columns_(transposed ? matrix.num_rows : matrix.num_columns),
        owner_(place(num_columns_) + 1, -1),
        row_potential_(place(transposed ? matrix.num_columns : matrix.num_rows), 0.0),
        column_potential_(place(num_columns_) + 1, 0.0) {}

  // the last column stands for "none yet": the start of the way
  void add(int row) {
    std::vector<double> least(place(num_columns_), kInfinity);
    std::vector<int> previous(place(num_columns_), num_columns_);
    std::vector<char> used(place(num_columns_) + 1, 0);
    int column = num_columns_;
    owner_[place(column)] = row;
    while (owner_[place(column)] >= 0) {
      used[place(column)] = 1;
      column = nearest(owner_[place(column)], column, used, least, previous);
    }
    while (column != num_columns_) {
      const int from = previous[place(column)];
      owner_[place(column)] = owner_[place(from)];
      column = from;
    }
  }
  [[nodiscard]] int owner(int column) const { return owner_[place(column)]; }

 private:
  [[nodiscard]] double cost(int row, int column) const noexcept {
    return transposed_ ? matrix_.at(column, row) : matrix_.at(row, column);
  }
  // the nearest column that the way has not used; moves the potentials there
  int nearest(int row, int column, const std::vector<char>& used, std::vector<double>& least,
              std::vector<int>& previous) {
    double delta = kInfinity;
    int next = num_columns_;
    for (int j = 0; j < num_columns_; ++j) {
      if (used[place(j)] != 0) continue;
      const double reduced =
          cost(row, j) - row_potential_[place(row)] - column_potential_[place(j)];
      if (reduced < least[place(j)]) {
        least[place(j)] = reduced;
        previous[place(j)] = column;
      }
      if (least[place(j)] < delta) {
        delta = least[place(j)];
        next = j;
      }
    }
    for (int j = 0; j <= num_columns_; ++j) {
      if (used[place(j)] != 0) {
        row_potential_[place(owner_[place(j)])] += delta;
        column_potential_[place(j)] -= delta;
      } else if (j < num_columns_) {
        least[place(j)] -= delta;
      }
    }
    return next;
  }

  const CostMatrix& matrix_;
  bool transposed_;
  int num_columns_;
  std::vector<int> owner_;
  std::vector<double> row_potential_, column_potential_;
};

/// What a row would bid.
struct Bid {
  int column = -1;
  double price = 0;
};

Bid bid_of(const CostMatrix& matrix, int row, const std::vector<double>& prices, double epsilon) {
  double best = -kInfinity, second = -kInfinity;
  Bid bid;
  for (int j = 0; j < matrix.num_columns; ++j) {
    const double profit = -matrix.at(row, j) - prices[place(j)];
    if (profit > best) {
      second = best;
      best = profit;
      bid.column = j;
    } else if (profit > second) {
      second = profit;
    }
  }
  // with one column there is nothing to fall back on: any raise wins it
  const double raise = matrix.num_columns > 1 ? best - second : 0.0;
  bid.price = prices[place(bid.column)] + raise + epsilon;
  return bid;
}

}  // namespace

std::vector<int> hungarian(const CostMatrix& matrix) {
  check(matrix);
  const bool transposed = matrix.num_rows > matrix.num_columns;
  const int rows = transposed ? matrix.num_columns : matrix.num_rows;
  const int columns = transposed ? matrix.num_rows : matrix.num_columns;
  ShortestPaths paths(matrix, transposed);
  for (int row = 0; row < rows; ++row) paths.add(row);
  std::vector<int> result(place(matrix.num_rows), -1);
  for (int j = 0; j < columns; ++j) {
    const int owner = paths.owner(j);
    if (owner < 0) continue;
    if (transposed) {
      result[place(j)] = owner;
    } else {
      result[place(owner)] = j;
    }
  }
  return result;
}

Auction auction(const CostMatrix& matrix, double epsilon) {
  check(matrix);
  if (matrix.num_rows > matrix.num_columns) {
    throw Error(ErrorKind::kValue, "cost: " + std::to_string(matrix.num_rows) +
                                       " rows bid for only " + std::to_string(matrix.num_columns) +
                                       " columns");
  }
  double greatest = 0;
  for (const double c : matrix.cost) greatest = std::max(greatest, std::fabs(c));
  // prices grow to a few times the costs; a raise that rounding swallows would never end
  if (!(epsilon > 1e-12 * greatest) || !(epsilon > 0) || !std::isfinite(epsilon)) {
    throw Error(ErrorKind::kValue, "epsilon = " + std::to_string(epsilon) +
                                       ": must be positive and above 1e-12 of the greatest cost");
  }
  Auction result;
  result.column_of_row.assign(place(matrix.num_rows), -1);
  std::vector<double> prices(place(matrix.num_columns), 0.0);
  std::vector<int> owner(place(matrix.num_columns), -1);
  std::vector<Bid> offers(place(matrix.num_columns));
  std::vector<int> bidder(place(matrix.num_columns));
  int waiting = matrix.num_rows;
  while (waiting > 0) {
    // everyone bids by the prices of the last round; each column goes to the highest bid
    std::fill(bidder.begin(), bidder.end(), -1);
    for (int row = 0; row < matrix.num_rows; ++row) {
      if (result.column_of_row[place(row)] >= 0) continue;
      const Bid bid = bid_of(matrix, row, prices, epsilon);
      ++result.num_bids;
      const std::size_t j = place(bid.column);
      if (bidder[j] >= 0 && bid.price <= offers[j].price) continue;
      bidder[j] = row;
      offers[j] = bid;
    }
    for (int j = 0; j < matrix.num_columns; ++j) {
      if (bidder[place(j)] < 0) continue;
      const int loser = owner[place(j)];
      if (loser >= 0) result.column_of_row[place(loser)] = -1;
      waiting -= loser >= 0 ? 0 : 1;
      owner[place(j)] = bidder[place(j)];
      result.column_of_row[place(bidder[place(j)])] = j;
      prices[place(j)] = offers[place(j)].price;
    }
    ++result.num_rounds;
  }
  return result;
}

std::vector<int> greedy_assignment(const CostMatrix& matrix) {
  check(matrix);
  std::vector<std::size_t> order(matrix.cost.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return matrix.cost[a] < matrix.cost[b]; });
  std::vector<int> result(place(matrix.num_rows), -1);
  std::vector<char> taken(place(matrix.num_columns), 0);
  for (const std::size_t i : order) {
    const std::size_t row = i / place(matrix.num_columns), column = i % place(matrix.num_columns);
    if (result[row] >= 0 || taken[column] != 0) continue;
    result[row] = static_cast<int>(column);
    taken[column] = 1;
  }
  return result;
}

double assignment_cost(const CostMatrix& matrix, std::span<const int> column_of_row) noexcept {
  double sum = 0;
  for (int row = 0; row < matrix.num_rows; ++row) {
    if (column_of_row[place(row)] >= 0) sum += matrix.at(row, column_of_row[place(row)]);
  }
  return sum;
}

}  // namespace volery
