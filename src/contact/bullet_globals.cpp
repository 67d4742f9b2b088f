#include "contact/bullet_globals.hpp"

#include <BulletCollision/CollisionDispatch/btManifoldResult.h>
#include <BulletCollision/NarrowPhaseCollision/btPersistentManifold.h>
#include <BulletDynamics/Dynamics/btRigidBody.h>

#include <mutex>

namespace volery::contact {

void set_bullet_globals() {
  static std::once_flag once;
  std::call_once(once, [] {
    // contacts break at a threshold that each pair sets itself; this is Bullet's own default
    gContactBreakingThreshold = 0.02F;
    // no callback may look at, or change, our contact points
    gContactAddedCallback = nullptr;
    gContactDestroyedCallback = nullptr;
    gContactProcessedCallback = nullptr;
    gContactStartedCallback = nullptr;
    gContactEndedCallback = nullptr;
    // bodies never fall asleep: whoever is near is solved
    gDisableDeactivation = true;
  });
}

}  // namespace volery::contact
