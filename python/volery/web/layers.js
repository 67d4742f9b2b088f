// What is shown beside the bodies: trails, links, messages in flight, goals, speeds, range rings.
// It is put as lines, sprites and labels, so that the flat view draws the same.

const kScopes = ["off", "selected", "all"];
const kTrail_s = 5;
const kTrailPoints = 64;
const kMaxTrails = 1000;
const kMaxSegments = 16000;
const kMaxLinks = 256;
const kMaxLabels = 64;
const kMaxRanges = 64;
const kLink_s = 0.2;  // how long a link stays to be seen
const kLayers = [
  ["trails", "Trails, last 5 s", "all"],
  ["links", "Links", "all"],
  ["messages", "Messages", "all"],
  ["range", "Radio range", "selected"],
  ["velocity", "Velocity, m/s", "off"],
  ["goals", "Goals", "all"],
  ["contacts", "Contacts", "all"],
  ["labels", "Labels", "selected"],
  ["grid", "Grid", "all"],
  ["shadows", "Shadows", "all"],
];
// what is on or off for all
const kSwitches = new Set(["grid", "shadows"]);

class Layers {
  constructor(track, theme) {
    this.track = track;
    this.theme = theme;
    this.scope = Object.fromEntries(kLayers.map(([name, , scope]) => [name, scope]));
    if (track.num_agents <= 24) this.scope.labels = "all";
    if (track.num_agents > 64) this.scope.messages = "selected";
    if (track.num_agents > 200) this.scope.goals = this.scope.links = "selected";
    // too small to be seen, and most of the work
    if (track.num_agents > 2000) this.scope.shadows = "off";
    this.before_off = {};
    this.lines = [];
    this.sprites = [];
    this.touching = [];  // agents to be ringed
    this.labels = [];
    this.notes = [];
    this.shown_fates = new Map();
  }

  // Off, or on as it was.
  toggle(name) {
    const { scope, before_off } = this;
    if (scope[name] !== "off") before_off[name] = scope[name];
    scope[name] = scope[name] === "off" ? before_off[name] || "all" : "off";
  }

  // Of whom; what is off comes on.
  choose(name) {
    this.scope[name] = this.scope[name] === "all" ? "selected" : "all";
  }

  cycle(name) {
    const next = kScopes[(kScopes.indexOf(this.scope[name]) + 1) % kScopes.length];
    this.scope[name] = kSwitches.has(name) && next === "selected" ? "all" : next;
  }

  color(agent) {
    if (this.track.state[agent] === kDead) return this.theme.dead;
    return this.team_color(this.track.team_of[agent]);
  }

  team_color(team) {
    return this.theme.teams[team % this.theme.teams.length];
  }

  // Who has something to show in a layer.
  members(name, selection) {
    const n = this.track.num_agents;
    if (this.scope[name] === "all") return Array.from({ length: n }, (_, a) => a);
    return this.scope[name] === "selected" ? [...selection] : [];
  }

  compose(selection) {
    this.lines.length = this.sprites.length = this.labels.length = this.notes.length = 0;
    this.shown_fates.clear();
    this.add_cables();
    this.add_trails(selection);
    if (this.track.num_packets) this.add_packets(selection);
    if (this.track.goals) this.add_goals(selection);
    this.add_velocity(selection);
    this.add_stems(selection);
    if (this.track.touch) this.add_contacts(selection);
    this.add_range(selection);
    this.add_labels(selection);
  }

  present(agent) {
    return this.track.shown(agent) && Number.isFinite(this.track.position[3 * agent]);
  }

  line(from, to, color, alpha, { width = 1, style = 0, alpha_to = alpha } = {}) {
    this.lines.push({ from, to, color, alpha, alpha_to, width, style });
  }

  sprite(at, color, alpha, size, shape, turn = 0) {
    this.sprites.push({ at, color, alpha, size, shape, turn });
  }

  // Taut ones solid, slack ones dashed.
  add_cables() {
    const { scene } = this.track.header;
    for (const { a, b, length } of scene.cables) {
      const agents = a.of === "agents" || b.of === "agents" ? this.track.num_agents : 1;
      for (let i = 0; i < agents; i++) {
        const [from, to] = [a, b].map((end) => this.cable_end(end, i));
        if (!from || !to) continue;
        const taut = norm(sub(to, from)) > 0.995 * length;
        this.line(from, to, this.theme.ink, taut ? 0.8 : 0.45, { width: 1.4, style: taut ? 0 : 1 });
      }
    }
  }

  cable_end({ of, number, at }, agent) {
    if (of === "world") return at;
    const { track } = this;
    const prop = of === "prop";
    const body = of === "agents" ? agent : number;
    if (!prop && !this.present(body)) return null;
    const position = row3(prop ? track.prop_position : track.position, body);
    if (!position.every(Number.isFinite)) return null;
    return add(position, rotate(row4(prop ? track.prop_quat : track.quat, body), at));
  }

  add_trails(selection) {
    const track = this.track;
    let members = this.members("trails", selection).filter((a) => this.present(a));
    if (members.length > kMaxTrails) {
      this.notes.push(`trails of ${kMaxTrails} of ${members.length}`);
      members = members.slice(0, kMaxTrails);
    }
    if (!members.length) return;
    const now = track.now;
    let first = track.index;
    while (first > 0 && !track.cut[first] && track.times[first - 1] >= now - kTrail_s) first--;
    const wanted = Math.min(kTrailPoints, Math.floor(kMaxSegments / members.length));
    const stride = Math.max(1, Math.ceil((track.index - first) / Math.max(2, wanted)));
    for (const a of members) {
      const color = this.color(a);
      const strong = selection.has(a) ? 0.95 : 0.55;
      const width = selection.has(a) ? 2 : 1.4;
      let to = row3(track.position, a);
      let k_to = 1;
      // samples stay the same from frame to frame, or the far end would crawl
      for (let i = track.index - (track.index % stride); i >= first; i -= stride) {
        const from = track.agents.at(i, a, [0, 0, 0]);
        if (!from || track.life[i * track.num_agents + a] === kAbsent) break;
        const k = clamp(1 - (now - track.times[i]) / kTrail_s, 0, 1);
        this.line(from, to, color, strong * k * k, { alpha_to: strong * k_to * k_to, width });
        to = from;
        k_to = k;
      }
    }
  }

  // Links of the last transmissions, and messages on their way.
  add_packets(selection) {
    const { track, theme } = this;
    const { packets, header } = track;
    const hold = Math.max(kLink_s, header.packet_stride * header.step_s);
    const begin = track.packet_at(track.now - hold - 1e-9);
    const end = track.packet_at(track.now + 1e-9);
    const latest = new Map();
    const touches = (s, r, layer) => this.scope[layer] === "all" ||
      (this.scope[layer] === "selected" && (selection.has(s) || selection.has(r)));
    for (let p = begin; p < end; p++) {
      if (track.now < packets.time[p]) break;
      const s = packets.sender[p];
      const r = packets.receiver[p];
      // nothing is shown of what was sent before the reset
      if (this.cut_since(packets.time[p]) || !this.present(s) || !this.present(r)) continue;
      const fate = this.fate_of(p);
      if (!kFates[fate]) continue;
      this.shown_fates.set(fate, (this.shown_fates.get(fate) || 0) + 1);
      if (touches(s, r, "links")) latest.set(s * track.num_agents + r, p);
      if (touches(s, r, "messages")) this.add_message(p, s, r, fate);
    }
    if (latest.size > kMaxLinks) {
      this.add_halos(latest);
      return;
    }
    for (const p of latest.values()) {
      const from = row3(track.position, packets.sender[p]);
      const to = row3(track.position, packets.receiver[p]);
      const [, color, style, mark] = kFates[this.fate_of(p)];
      const ink = theme[color];
      const own = selection.has(packets.sender[p]) || selection.has(packets.receiver[p]);
      const alpha = (own ? 0.85 : selection.size ? 0.25 : 0.45) *
        clamp(1.2 - (track.now - packets.time[p]) / hold, 0.15, 1);
      this.line(from, to, ink, alpha, { width: own ? 1.8 : 1.2, style: kLine[style] });
      if (mark) {
        const at = this.fate_of(p) === "occluded" ? this.blocked_at(from, to) : to;
        this.sprite(at, ink, Math.min(1, alpha + 0.3), 13, kShape[mark]);
      }
    }
  }

  add_message(p, s, r, fate) {
    const { track, theme } = this;
    const { packets, header } = track;
    const delay = packets.delay[p] || header.latency_s || header.step_s;
    const share = (track.now - packets.time[p]) / delay;
    if (share > 1) return;
    const from = row3(track.position, s);
    const to = row3(track.position, r);
    const lost = fate !== "delivered" && fate !== "late";
    const at = from.map((v, c) => mix(v, to[c], lost ? Math.min(share, 0.9) : share));
    this.sprite(at, theme[kFates[fate][1]], 1, 10, kShape.dart, { from, to });
  }

  add_halos(latest) {
    const { track } = this;
    const degree = new Map();
    for (const p of latest.values()) {
      for (const a of [track.packets.sender[p], track.packets.receiver[p]]) {
        degree.set(a, (degree.get(a) || 0) + 1);
      }
    }
    for (const [a, count] of degree) {
      this.sprite(row3(track.position, a), this.theme.delivered, 0.7, 8 + 2.2 * Math.sqrt(count),
        kShape.ring);
    }
    this.notes.push(`${latest.size} links: rings show how many each agent has`);
  }

  fate_of(p) {
    const { packets, header } = this.track;
    const name = header.fates[packets.fate[p]];
    return name === "delivered" && packets.delay[p] > header.latency_s + 1e-6 ? "late" : name;
  }

  cut_since(time) {
    const { track } = this;
    for (let i = track.index; i > 0 && track.times[i] > time + 1e-9; i--) {
      if (track.cut[i]) return true;
    }
    return false;
  }

  // Where a straight line first meets a static body: boxes, cylinders and spheres.
  blocked_at(from, to) {
    let nearest = 0.5;
    let found = 2;
    for (const body of this.track.header.scene.statics) {
      if (body.kind === "plane" || body.vertices) continue;
      const back = [-body.quat[0], -body.quat[1], -body.quat[2], body.quat[3]];
      const a = rotate(back, sub(from, body.position));
      const d = sub(rotate(back, sub(to, body.position)), a);
      let enter = 0;
      let leave = 1;
      for (let c = 0; c < 3; c++) {
        const half = body.size[c] / 2;
        const k = [(-half - a[c]) / (d[c] || 1e-12), (half - a[c]) / (d[c] || 1e-12)];
        enter = Math.max(enter, Math.min(...k));
        leave = Math.min(leave, Math.max(...k));
      }
      if (enter < leave && enter < found) nearest = found = enter;
    }
    return from.map((v, c) => mix(v, to[c], nearest));
  }

  add_goals(selection) {
    const { track } = this;
    for (const a of this.members("goals", selection)) {
      const goal = row3(track.goal, a);
      if (!this.present(a) || !goal.every(Number.isFinite)) continue;
      const own = selection.has(a);
      this.sprite(goal, this.color(a), own ? 1 : 0.55, own ? 15 : 11, kShape.diamond);
      if (own) this.line(row3(track.position, a), goal, this.color(a), 0.6, { style: 1 });
    }
  }

  add_velocity(selection) {
    const { track } = this;
    for (const a of this.members("velocity", selection)) {
      if (!this.present(a)) continue;
      const from = row3(track.position, a);
      const to = add(from, scale(track.velocity(a), 0.5));
      this.line(from, to, this.theme.warning, 0.9, { width: 1.6 });
      this.sprite(to, this.theme.warning, 0.9, 9, kShape.dart, { from, to });
    }
  }

  // From the selected down to the ground: their height.
  add_stems(selection) {
    for (const a of selection) {
      if (!this.present(a)) continue;
      const [x, y, z] = row3(this.track.position, a);
      this.line([x, y, z], [x, y, this.track.header.floor_m], this.theme.ink, 0.5);
    }
  }

  add_contacts(selection) {
    this.touching = this.members("contacts", selection)
      .filter((a) => this.present(a) && this.track.touching(a));
  }

  add_range(selection) {
    const ranges = this.track.header.range_m;
    if (!ranges.length) return;
    let members = this.members("range", selection);
    if (members.length > kMaxRanges) {
      this.notes.push(`range of ${kMaxRanges} of ${members.length}`);
      members = members.slice(0, kMaxRanges);
    }
    for (const a of members) {
      if (!this.present(a)) continue;
      const radius = ranges[a % ranges.length];
      if (radius > 20 * this.track.header.extent_m) continue;
      const center = row3(this.track.position, a);
      center[2] = this.track.header.floor_m + 0.005;
      const at = (i) => [center[0] + radius * Math.cos((i * Math.PI) / 48),
        center[1] + radius * Math.sin((i * Math.PI) / 48), center[2]];
      for (let i = 0; i < 96; i += 2) {
        this.line(at(i), at(i + 1), this.theme.delivered, 0.8, { width: 1.4 });
      }
      const text = `d${a} range ${number_text(radius, 1)} m`;
      this.labels.push({ at: at(0), text, color: this.theme.delivered, priority: 1 });
    }
  }

  add_labels(selection) {
    const { track } = this;
    const text = (a) => `d${a}` +
      (track.header.teams.length > 4 ? ` ${track.header.teams[track.team_of[a]]}` : "") +
      (track.state[a] === kDead ? " ✕" : "");
    for (const a of this.members("labels", selection)) {
      if (!this.present(a)) continue;
      const own = selection.has(a);
      const radius_m = vehicle_radius(track.header.vehicles[a % track.header.vehicles.length]);
      this.labels.push({ at: row3(track.position, a), text: text(a), radius_m,
        color: own ? this.theme.ink : this.color(a), priority: own ? 3 : 2 });
    }
  }
}
