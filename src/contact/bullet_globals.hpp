// Bullet's process-wide variables. The one place that writes them.
#pragma once

namespace volery::contact {

/// Sets every process-wide variable of Bullet that contacts depend on. Called whenever a model is
/// built; does its work once per process, from whichever thread comes first.
void set_bullet_globals();

}  // namespace volery::contact
