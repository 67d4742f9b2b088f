// What is shown beside the bodies: trails, links, messages in flight, goals, landmarks, speeds, range.

const kScopes = ["off", "selected", "neighbors", "all"];
const kTrail_s = 5;
const kTrailPoints = 64;
const kMaxTrails = 1000;
const kMaxSegments = 16000;
const kMaxLabels = 64;
const kMaxRanges = 64;
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

class Layers extends Messages {
  constructor(track, theme) {
    super(track, theme);
    this.scope = Object.fromEntries(kLayers.map(([name, , scope]) => [name, scope]));
    if (track.num_agents <= 24) this.scope.labels = "all";
    if (track.num_agents > 64) this.scope.messages = "selected";
    if (track.num_agents > 200) this.scope.goals = this.scope.links = "selected";
    // too small to be seen, and most of the work
    if (track.num_agents > 2000) this.scope.shadows = "off";
    this.before_off = {};
    this.touching = [];  // agents to be ringed
    this.shown_fates = new Map();
    this.shown_looks = new Map();
  }

  // Whom a layer can be about; nobody has neighbors where nothing is sent.
  scopes(name) {
    if (kSwitches.has(name)) return ["off", "all"];
    return this.track.num_packets ? kScopes : kScopes.filter((scope) => scope !== "neighbors");
  }

  // Off, or on as it was.
  toggle(name) {
    const { scope, before_off } = this;
    if (scope[name] !== "off") before_off[name] = scope[name];
    scope[name] = scope[name] === "off" ? before_off[name] || "all" : "off";
  }

  // The next one of them; without `off` what is off comes on.
  cycle(name, off = true) {
    const scopes = this.scopes(name).slice(off ? 0 : 1);
    this.scope[name] = scopes[(scopes.indexOf(this.scope[name]) + 1) % scopes.length];
  }

  // Whom a layer is about: a set, or null for all.
  about(name) {
    const { selection, near } = this;
    return { off: new Set(), selected: selection, neighbors: near, all: null }[this.scope[name]];
  }

  // Who has something to show in a layer.
  members(name) {
    const some = this.about(name) || Array.from({ length: this.track.num_agents }, (_, a) => a);
    return [...some].filter((a) => this.present(a));
  }

  compose(selection) {
    this.clear();
    this.shown_fates.clear();
    this.shown_looks.clear();
    this.selection = selection;
    const recent = this.recent_packets();
    this.near = new Set(selection);
    for (const { s, r } of recent) {
      if (selection.has(s)) this.near.add(r);
      if (selection.has(r)) this.near.add(s);
    }
    this.add_cables();
    if (this.scope.goals !== "off") this.add_landmarks();
    this.add_trails();
    this.add_packets(recent);
    if (this.track.goals) this.add_goals();
    this.add_velocity();
    this.add_stems();
    this.touching = this.track.touch
      ? this.members("contacts").filter((a) => this.track.touching(a)) : [];
    this.add_range();
    this.add_labels();
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

  // Balls and boxes where something is, squares to fly through, rings on the ground; of a jammer
  // its sphere. Form tells states apart as well as color: ringed or doubled is busy, hollow is done.
  add_landmarks() {
    for (const { look, center, axis, radius } of this.track.landmarks()) {
      const [, kind, state] = look;
      const color = this.look_color(look);
      const busy = state === "busy";
      this.shown_looks.set(look, (this.shown_looks.get(look) || 0) + 1);
      if (kind === "gate") {
        // clear of the frame about the opening
        for (const k of busy ? [0.97, 0.75] : [0.97]) {
          this.loop(center, k * Math.SQRT2 * radius, axis, 4, color, { width: 2.5 });
        }
      } else if (kind === "zone") this.loop(add(center, [0, 0, 0.01]), radius, axis, 48, color);
      else if (kind === "jammer") {
        for (const about of [[1, 0, 0], [0, 1, 0], axis]) this.loop(center, radius, about, 48, color);
      } else {
        const shape = state === "done" ? "ring" : kind === "item" ? "square" : "ball";
        this.sprite(center, color, 1, 8, kShape[shape], 0, radius);
        if (busy) this.sprite(center, color, 1, 16, kShape.ring, 0, 1.6 * radius);
      }
    }
  }

  look_color([, kind, state]) {
    const { fault, warning, teams } = this.theme;
    return kind === "jammer" ? fault : { open: teams[1], busy: warning, done: teams[3] }[state];
  }

  add_trails() {
    const { track, selection } = this;
    let members = this.members("trails");
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

  add_goals() {
    const { track, selection } = this;
    for (const a of this.members("goals")) {
      const goal = row3(track.goal, a);
      if (!goal.every(Number.isFinite)) continue;
      const own = selection.has(a);
      this.sprite(goal, this.color(a), own ? 1 : 0.55, own ? 15 : 11, kShape.diamond);
      if (own) this.line(row3(track.position, a), goal, this.color(a), 0.6, { style: 1 });
    }
  }

  add_velocity() {
    const { track } = this;
    for (const a of this.members("velocity")) {
      const from = row3(track.position, a);
      const to = add(from, scale(track.velocity(a), 0.5));
      this.line(from, to, this.theme.warning, 0.9, { width: 1.6 });
      this.sprite(to, this.theme.warning, 0.9, 9, kShape.dart, { from, to });
    }
  }

  // From the selected down to the ground: their height.
  add_stems() {
    for (const a of this.selection) {
      if (!this.present(a)) continue;
      const [x, y, z] = row3(this.track.position, a);
      this.line([x, y, z], [x, y, this.track.header.floor_m], this.theme.ink, 0.5);
    }
  }

  add_range() {
    const ranges = this.track.header.range_m;
    if (!ranges.length) return;
    let members = this.members("range");
    if (members.length > kMaxRanges) {
      this.notes.push(`range of ${kMaxRanges} of ${members.length}`);
      members = members.slice(0, kMaxRanges);
    }
    for (const a of members) {
      const radius = ranges[a % ranges.length];
      if (radius > 20 * this.track.header.extent_m) continue;
      const center = row3(this.track.position, a);
      center[2] = this.track.header.floor_m + 0.005;
      const at = this.loop(center, radius, [0, 0, 1], 96, this.theme.delivered, { by: 2 });
      const text = `d${a} range ${number_text(radius, 1)} m`;
      this.labels.push({ at, text, color: this.theme.delivered, priority: 1 });
    }
  }

  add_labels() {
    const { track, selection } = this;
    const text = (a) => `d${a}` +
      (track.header.teams.length > 4 ? ` ${track.header.teams[track.team_of[a]]}` : "") +
      (track.state[a] === kDead ? " ✕" : "");
    for (const a of this.members("labels")) {
      const own = selection.has(a);
      const radius_m = vehicle_radius(track.header.vehicles[a % track.header.vehicles.length]);
      this.labels.push({ at: row3(track.position, a), text: text(a), radius_m,
        color: own ? this.theme.ink : this.color(a), priority: own ? 3 : 2 });
    }
  }
}
