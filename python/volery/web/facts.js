// What is known of an agent at the present moment: for the inspector, the comparison and JSON.

const kStates = ["not present", "alive", "dead", "episode over"];
const kTouches = ["nothing", "the scene", "an agent", "scene, agent"];

// Of an agent at present: [{name, unit, texts}], a text for each part of a name ("roll, pitch").
function facts_of(player, a) {
  const { track } = player;
  const rows = [{ name: "vehicle", unit: "", texts: [player.panels.vehicle(a).name] },
    { name: "state", unit: "", texts: [kStates[track.state[a]]] }];
  if (track.state[a] === kAbsent) return rows;
  const put = (name, unit, decimals, ...values) =>
    rows.push({ name, unit, texts: values.map((v) => number_text(v, decimals)) });
  const at = row3(track.position, a);
  const velocity = track.velocity(a);
  const [roll, pitch, yaw] = angles_deg(row4(track.quat, a));
  put("x, y", "m", 2, at[0], at[1]);
  put("height z", "m", 2, at[2]);
  put("speed", "m/s", 2, norm(velocity));
  put("climb", "m/s", 2, velocity[2]);
  put("roll, pitch", "deg", 1, roll, pitch);
  put("yaw", "deg", 1, yaw);
  const goal = row3(track.goal, a);
  if (track.goals && goal.every(Number.isFinite)) put("to goal", "m", 2, norm(sub(goal, at)));
  if (track.touch) {
    rows.push({ name: "touches", unit: "", texts: [kTouches[track.touching(a)]] });
  }
  if (track.num_packets) rows.push(...radio_facts(player, a));
  return rows;
}

// What it heard and lost in the last second, and why the last one was lost.
function radio_facts({ track, layers }, agent) {
  const { packets, header } = track;
  const window_s = Math.max(1, header.packet_stride * header.step_s);
  const end = track.packet_at(track.now + 1e-9);
  let heard = 0;
  let missed = 0;
  let why = "none";
  for (let p = track.packet_at(track.now - window_s); p < end; p++) {
    if (packets.receiver[p] !== agent) continue;
    const fate = layers.fate_of(p);
    if (fate === "delivered" || fate === "late") heard++;
    else if (kFates[fate]) {
      missed++;
      why = `${kFates[fate][0]}, from d${packets.sender[p]}`;
    }
  }
  return [{ name: "heard in 1 s", unit: "messages", texts: [String(heard)] },
    { name: "missed", unit: "messages", texts: [String(missed)] },
    { name: "last miss", unit: "", texts: [why] }];
}

// In full, by the engine's names; null for what is not there.
function json_of(player, agents) {
  const { track } = player;
  const { header } = track;
  const list = (values) => (values.every(Number.isFinite) ? values : null);
  const all = agents.map((a) => ({
    world: header.world, agent: a, step: track.steps[track.index], time_s: track.now,
    vehicle: player.panels.vehicle(a).name, team: header.teams[track.team_of[a]] || "",
    state: {
      life: kStates[track.state[a]],
      position_w_m: list(row3(track.position, a)),
      quat_wb_xyzw: list(row4(track.quat, a)),
      velocity_w_mps: list(track.velocity(a)),
      goal_w_m: track.goals ? list(row3(track.goal, a)) : null,
    },
  }));
  return JSON.stringify(all.length === 1 ? all[0] : all, null, 1);
}
