// The config with its vehicles and scene written out, so that it stands by itself: what snapshots
// are compared by and recordings keep.
#pragma once

#include "model/fleet.hpp"
#include "scene/scene.hpp"
#include "volery/config.hpp"

namespace volery::batch {

/// `vehicle` and `scene` as tables with every field; batch_config() of it builds the same batch.
[[nodiscard]] Value whole_config(const BatchConfig& config, const VehicleFleet& fleet,
                                 const SceneConfig& scene);

}  // namespace volery::batch
