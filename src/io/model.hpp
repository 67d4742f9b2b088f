// What a recording says of the batch that it is of, and the batch made again from it.
#pragma once

#include "io/player.hpp"
#include "io/recording.hpp"
#include "volery/batch.hpp"

namespace volery::io {

/// Everything of the header but poses_hz.
[[nodiscard]] RecordingHeader header_of(const Batch& batch);
/// The batch again. Throws Error: kFile where another version wrote it, kValue where its config
/// builds something else than what was recorded.
[[nodiscard]] Batch batch_of(const RecordingHeader& header, const PlayerOptions& options);

}  // namespace volery::io
