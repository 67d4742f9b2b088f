// What the page holds, unpacked: page_codec.py says how it was packed.

const kAbsent = 0;
const kAlive = 1;
const kDead = 2;
const kOver = 3;  // alive until the episode of the whole world ended
const kMissing = 65535;

// -> {header, blob(name)}
async function open_payload() {
  // the page itself holds what unpacks both this code and the data
  const buffer = await unpacked("volery-data");
  const view = new DataView(buffer);
  if (view.getUint32(0) !== 0x564f4c50) throw new Error("this page holds no recording");
  const length = view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const kinds = { f32: Float32Array, f64: Float64Array, u8: Uint8Array, u16: Uint16Array,
    u32: Uint32Array };
  const blob = (name) => {
    const entry = header.blobs[name];
    if (!entry) return null;
    const at = 8 + length + entry.at;
    if (entry.type === "delta16") return undelta(new Uint8Array(buffer, at, entry.size), entry);
    const kind = kinds[entry.type];
    return new kind(buffer, at, entry.size / kind.BYTES_PER_ELEMENT);
  };
  return { header, blob };
}

// Adds differences to the straight line through the two rows before; Uint16Array wraps around as
// the writer's did.
function undelta(bytes, { shape, key }) {
  const [rows, width] = shape;
  const count = rows * width;
  const out = new Uint16Array(count);
  for (let t = 0, i = 0; t < rows; t++) {
    const since = t % key;
    for (let n = 0; n < width; n++, i++) {
      const folded = bytes[i] | (bytes[count + i] << 8);
      if (since === 0) out[i] = folded;
      else {
        const before = out[i - width];
        const guess = since === 1 ? before : 2 * before - out[i - 2 * width];
        out[i] = guess + ((folded >> 1) ^ -(folded & 1));
      }
    }
  }
  return out;
}

// One kind of body over time.
class Poses {
  constructor(positions, turns, { low, step }, num_times, num_bodies) {
    Object.assign(this, { positions, turns, low, step, num_times, num_bodies });
  }

  // Position of a body at sample i, or null.
  at(i, body, out) {
    const n = this.num_bodies;
    for (let c = 0; c < 3; c++) {
      const q = this.positions[(i * 3 + c) * n + body];
      if (q === kMissing) return null;
      out[c] = this.low[c] + this.step[c] * q;
    }
    return out;
  }

  // Positions of all bodies between samples i and j.
  positions_between(i, j, share, out) {
    const n = this.num_bodies;
    for (let c = 0; c < 3; c++) {
      const from = (i * 3 + c) * n;
      const to = (j * 3 + c) * n;
      for (let b = 0; b < n; b++) {
        const p = this.positions[from + b];
        const q = this.positions[to + b];
        out[3 * b + c] = p === kMissing ? NaN : this.low[c] + this.step[c] *
          (q === kMissing ? p : p + (q - p) * share);
      }
    }
  }

  turns_between(i, j, share, out) {
    const n = this.num_bodies;
    const a = [0, 0, 0, 0];
    const b = [0, 0, 0, 0];
    for (let k = 0; k < n; k++) {
      this.turn(i, k, a);
      if (share > 0) {
        this.turn(j, k, b);
        const sign = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3] < 0 ? -1 : 1;
        let length = 0;
        for (let c = 0; c < 4; c++) {
          a[c] += (sign * b[c] - a[c]) * share;
          length += a[c] * a[c];
        }
        length = Math.sqrt(length) || 1;
        for (let c = 0; c < 4; c++) a[c] /= length;
      }
      out.set(a, 4 * k);
    }
  }

  // Quaternion x, y, z, w from three components of 10 bits and the place of the fourth.
  turn(i, body, out) {
    const n = this.num_bodies;
    const first = this.turns[i * 3 * n + body];
    const largest = first >> 10;
    let rest = 1;
    for (let c = 0, slot = 0; c < 4; c++) {
      if (c === largest) continue;
      const packed = slot === 0 ? first & 1023 : this.turns[(i * 3 + slot) * n + body];
      const value = (packed / 1023 - 0.5) * Math.SQRT2;
      out[c] = value;
      rest -= value * value;
      slot++;
    }
    out[largest] = Math.sqrt(Math.max(0, rest));
  }
}

class Track {
  constructor({ header, blob }) {
    this.header = header;
    this.times = blob("times");
    this.episode_s = blob("episode_s");
    this.steps = blob("steps");
    this.cut = blob("cut");
    this.life = blob("life");
    this.team_of = blob("team_of");
    this.touch = blob("touch");  // bits: 1 the scene, 2 an agent, since the sample before
    this.wind = blob("wind");
    this.only = null;  // who is shown, where not all are
    this.figures = new Map();
    this.num_times = this.times.length;
    this.num_agents = header.agents;
    this.end_s = this.times[this.num_times - 1];
    this.agents = new Poses(blob("positions"), blob("turns"), header.position, this.num_times,
      this.num_agents);
    this.num_props = header.scene.props.length && header.prop_position ? header.num_props : 0;
    this.props = new Poses(blob("prop_positions"), blob("prop_turns"), header.prop_position,
      this.num_times, this.num_props);
    this.goals = header.goal ? new Poses(blob("goals"), null, header.goal, this.num_times,
      this.num_agents) : null;
    this.series = header.series.map((s, i) => ({ ...s, values: blob(`series${i}`) }));
    this.fate_counts = blob("fate_counts");
    this.packets = {};
    for (const name of ["time", "delay", "sender", "receiver", "fate", "bytes", "distance"]) {
      this.packets[name] = blob(`packet_${name}`);
    }
    this.num_packets = this.packets.time ? this.packets.time.length : 0;
    // which samples each was there, and [position, axis, radius]
    this.landmark_spans = blob("landmark_span") || [];
    this.landmark_looks = blob("landmark_look");
    this.landmark_places = blob("landmark_place");
    this.events = this.find_events();
    // filled by sample()
    this.now = 0;
    this.index = 0;
    this.position = new Float64Array(3 * this.num_agents);
    this.quat = new Float32Array(4 * this.num_agents);
    this.goal = new Float64Array(3 * this.num_agents);
    this.state = new Uint8Array(this.num_agents);
    this.prop_position = new Float64Array(3 * this.num_props);
    this.prop_quat = new Float32Array(4 * this.num_props);
  }

  // The last sample at or before a time.
  index_at(time) {
    let low = 0;
    let high = this.num_times - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.times[middle] <= time + 1e-9) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // Takes everything to a time.
  sample(time) {
    const i = this.index_at(time);
    const j = Math.min(i + 1, this.num_times - 1);
    const span = this.times[j] - this.times[i];
    // nothing moves across a reset: it is held, then jumps
    const share = span > 0 && !this.cut[j] ? Math.min(1, (time - this.times[i]) / span) : 0;
    this.now = time;
    this.index = i;
    this.agents.positions_between(i, j, share, this.position);
    this.agents.turns_between(i, j, share, this.quat);
    if (this.goals) this.goals.positions_between(i, j, share, this.goal);
    if (this.num_props) {
      this.props.positions_between(i, j, share, this.prop_position);
      this.props.turns_between(i, j, share, this.prop_quat);
    }
    this.state.set(this.life.subarray(i * this.num_agents, (i + 1) * this.num_agents));
  }

  shown(agent) {
    return this.state[agent] !== kAbsent && (!this.only || this.only.has(agent));
  }

  touching(agent) {
    return this.touch[this.index * this.num_agents + agent];
  }

  // What the task shows at present; they are in the order of their first samples.
  *landmarks() {
    const { index, landmark_spans: spans, landmark_places: places } = this;
    for (let i = 0; spans[2 * i] <= index; i++) {
      if (index >= spans[2 * i + 1]) continue;
      const [x, y, z, u, v, w, radius] = places.subarray(7 * i);
      const look = this.header.looks[this.landmark_looks[i]];
      yield { look, center: [x, y, z], axis: [u, v, w], radius };
    }
  }

  // A figure of an agent at every sample; `of(agent, sample)` gives it.
  figure(name, agent, of) {
    const key = `${name} ${agent}`;
    if (!this.figures.has(key)) {
      this.figures.set(key, Float32Array.from(this.times, (_, i) =>
        (this.life[i * this.num_agents + agent] === kAbsent ? NaN : of(agent, i))));
    }
    return this.figures.get(key);
  }

  // Meters per second about a sample, the present one unless told.
  velocity(agent, sample = this.index) {
    let i = sample;
    if (i + 1 >= this.num_times || this.cut[i + 1]) i--;
    if (i < 0 || this.cut[i + 1]) return [0, 0, 0];
    const a = this.agents.at(i, agent, [0, 0, 0]);
    const b = this.agents.at(i + 1, agent, [0, 0, 0]);
    const span = this.times[i + 1] - this.times[i];
    return a && b ? b.map((v, c) => (v - a[c]) / span) : [0, 0, 0];
  }

  episode_at(index) {
    let number = 1;
    for (let i = 1; i <= index; i++) number += this.cut[i];
    return number;
  }

  // First packet at or after a time.
  packet_at(time) {
    let low = 0;
    let high = this.num_packets;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.packets.time[middle] < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  find_events() {
    const events = [];
    const n = this.num_agents;
    for (let i = 1; i < this.num_times; i++) {
      const time = this.times[i];
      if (this.cut[i]) {
        events.push({ time, kind: "reset" });
        continue;
      }
      for (let a = 0; a < n; a++) {
        const before = this.life[(i - 1) * n + a];
        const after = this.life[i * n + a];
        if (before === after) continue;
        if (after === kAlive) events.push({ time, kind: "joined", agent: a });
        else if (before === kAlive && after !== kOver) events.push({ time, kind: "died", agent: a });
      }
    }
    return events;
  }
}
