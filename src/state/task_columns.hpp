// The columns that the sensor `task` shows, by task: what a baseline reads of its task.
//
// Tasks write them and policies read them, and neither may include the other. All offsets are from
// the agent, along world axes; a task's columns begin with the ones named first here.
#pragma once

namespace volery {

/// Of tasks over a level area; m.
enum AreaColumn : int {
  kAreaEast = 0,  // to the edges, negative beyond them
  kAreaNorth,
  kAreaWest,
  kAreaSouth,
  kAreaClimb,  // to the height at which to fly
  kNumAreaColumns,
};

/// Of `patrol`, after those of the area: the ages of a square of cells around the agent's own, row
/// by row from the south-west one, negative outside the area.
inline constexpr int kPatrolWindow = 5;  // cells per side
enum PatrolColumn : int {
  kPatrolCellX = kNumAreaColumns,  // m, to the middle of the own cell
  kPatrolCellY,
  kPatrolCellSize,  // m
  kPatrolAges,      // kPatrolWindow^2, s
  kNumPatrolColumns = kPatrolAges + kPatrolWindow * kPatrolWindow,
};

/// Of `foraging`, after those of the area.
enum ForagingColumn : int {
  kForagingNestX = kNumAreaColumns,  // m, to the nest
  kForagingNestY,
  kForagingCarrying,  // 1 with an item
  kForagingSeen,      // items in sight
  kForagingItemX,     // m, to the nearest of them, 0 where there is none
  kForagingItemY,
  kForagingSiteKnown,  // 1 while the place of the last pick-up is remembered
  kForagingSiteX,      // m, to it
  kForagingSiteY,
  kForagingSiteCount,  // items that were in sight there
  kForagingTrips,      // items brought home so far
  kNumForagingColumns,
};

/// Of `transport` and `transport_slung`.
enum LoadColumn : int {
  kLoadX = 0,  // m, to the load's center of mass
  kLoadY,
  kLoadZ,
  kLoadCosYaw,  // of its x axis, seen from above
  kLoadSinYaw,
  kLoadVelocityX,  // m/s, world frame
  kLoadVelocityY,
  kLoadVelocityZ,
  kLoadGoalX,  // m, from the load to where it shall be now
  kLoadGoalY,
  kLoadGoalZ,
  kLoadRadius,  // m, of the circle that holds it, seen from above
  kLoadShare,   // its mass over that of all agents
  kNumLoadColumns,
};

/// A record of `search_relay`: what an agent says of a target that it saw or heard of.
enum RecordField : int {
  kRecordX = 0,  // in [-1, 1] across the area
  kRecordY,
  kRecordCode,  // what only who saw the target, or heard of it, knows; 0: no record
  kRecordSize,
};

/// Of `search_relay`.
inline constexpr int kMostRecords = 16;  // that an agent remembers
enum SearchColumn : int {
  kSearchTime = 0,  // s since the start
  kSearchBaseX,     // m, to the base; 0 for the base itself
  kSearchBaseY,
  kSearchHalfX,  // m, half of the agent's sector
  kSearchHalfY,
  kSearchRecords,  // kMostRecords of kRecordSize numbers, then how often the agent has sent it
  kSearchRecordSize = kRecordSize + 1,
  kNumSearchColumns = kSearchRecords + kMostRecords * kSearchRecordSize,
};

/// Of `formation` where states are heard by radio: the agent's own slot, from the formation's
/// middle.
enum FormationColumn : int {
  kFormationSlotX = 0,  // m
  kFormationSlotY,
  kFormationSlotZ,
  kNumFormationColumns,
};

/// Of `consensus`.
enum ConsensusColumn : int {
  kConsensusValue = 0,  // the agent's own
  kConsensusLiars,      // how many neighbors it must expect to lie
  kNumConsensusColumns,
};

/// Of `sync`.
enum SyncColumn : int {
  kSyncSincePulse = 0,  // s since the agent's own last pulse
  kSyncPeriod,          // s
  kNumSyncColumns,
};

/// Of `dispatch`, after those of the area.
inline constexpr int kShownJobs = 4;  // the oldest open ones
enum JobColumn : int {
  kJobOpen = 0,  // 1, or 0 where the place is empty and all else 0
  kJobFromX,     // m, to where it is picked up
  kJobFromY,
  kJobToX,  // m, to where it is brought
  kJobToY,
  kJobAge,  // s since it came up
  kNumJobColumns,
};
enum DispatchColumn : int {
  kDispatchHomeX = kNumAreaColumns,  // m, to the agent's own charging station
  kDispatchHomeY,
  kDispatchCharge,    // 0 to 1
  kDispatchCarrying,  // 1 with a load
  kDispatchToX,       // m, to where the load is brought, else 0
  kDispatchToY,
  kDispatchJobs,  // kShownJobs of kNumJobColumns
  kNumDispatchColumns = kDispatchJobs + kShownJobs * kNumJobColumns,
};

/// Of `gates`: the gate to pass next, the one after it and the one before it.
enum GateColumn : int {
  kGateX = 0,  // m, to its middle
  kGateY,
  kGateZ,
  kGateThroughX,  // level unit vector, the way to fly
  kGateThroughY,
  kGateAfterX,  // the same of the gate after it
  kGateAfterY,
  kGateAfterZ,
  kGateAfterThroughX,
  kGateAfterThroughY,
  kGateBeforeX,
  kGateBeforeY,
  kGateBeforeZ,
  kGateBeforeThroughX,
  kGateBeforeThroughY,
  kGateOpening,  // m, width and height inside their frames
  kNumGateColumns,
};

}  // namespace volery
