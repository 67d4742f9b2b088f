// Messages of a step: from the outboxes of the action to the inboxes.
#include "batch/worker.hpp"

namespace volery::batch {

void exchange_messages(const Setup& setup, const Piece& piece, Worker& worker,
                       const Split& split) noexcept {
  if (setup.radio != nullptr) worker.radio->exchange(piece.slab, piece.resetting, split);
}

}  // namespace volery::batch
