// The controller of worlds whose agents are of several types: one controller per type, each of
// which runs over all lanes and is kept where the lane is of its type.
#pragma once

#include <memory>
#include <vector>

#include "state/body_copies.hpp"
#include "volery/controller.hpp"

namespace volery::control {

class FleetController final : public Controller {
 public:
  /// `types`: one controller per type; `written`: all the rows that they may write; `type_row`
  /// holds the type of each lane.
  FleetController(std::vector<std::unique_ptr<Controller>> types, std::vector<RowRange> written,
                  int type_row);
  [[nodiscard]] Kernel window_kernel() const noexcept override;
  [[nodiscard]] Kernel kernel() const noexcept override { return tick; }
  [[nodiscard]] const void* constants() const noexcept override { return this; }

 private:
  static void tick(const void* constants, const Blocks& blocks, int first_block, int last_block);
  static void window(const void* constants, const Blocks& blocks, int first_block, int last_block);
  void run(bool window, const Blocks& blocks, int first_block, int last_block) const noexcept;
  void run_block(bool window, const Blocks& blocks, int block) const noexcept;

  std::vector<std::unique_ptr<Controller>> types_;
  std::vector<RowRange> written_;
  int type_row_;
};

}  // namespace volery::control
