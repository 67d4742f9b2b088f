// Messages: links of the last transmissions by what became of them, and darts on their way. Whoever
// shows them gives `about`, whom a layer is about, and the `selection`.

const kMaxLinks = 256;
const kLink_s = 0.2;  // how long a link stays to be seen

class Messages extends Strokes {
  // How long a transmission is seen.
  get hold_s() {
    const { packet_stride, step_s } = this.track.header;
    return Math.max(kLink_s, packet_stride * step_s);
  }

  // -> [{p, s, r, fate}] of those about now: packet, sender, receiver
  recent_packets() {
    const { track } = this;
    const { packets } = track;
    const found = [];
    const end = track.packet_at(track.now + 1e-9);
    for (let p = track.packet_at(track.now - this.hold_s - 1e-9); p < end; p++) {
      const s = packets.sender[p];
      const r = packets.receiver[p];
      const fate = this.fate_of(p);
      // nothing is shown of what was sent before the reset
      if (kFates[fate] && !this.cut_since(packets.time[p]) && this.present(s) && this.present(r)) {
        found.push({ p, s, r, fate });
      }
    }
    return found;
  }

  // Links of the last transmissions, and messages on their way.
  add_packets(recent) {
    const { track, theme, selection } = this;
    const { packets } = track;
    const latest = new Map();
    const [linked, sent] = ["links", "messages"].map((name) => this.about(name));
    const among = (some, s, r) => !some || some.has(s) || some.has(r);
    for (const { p, s, r, fate } of recent) {
      this.shown_fates.set(fate, (this.shown_fates.get(fate) || 0) + 1);
      if (among(linked, s, r)) latest.set(s * track.num_agents + r, p);
      if (among(sent, s, r)) this.add_message(p, s, r, fate);
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
        clamp(1.2 - (track.now - packets.time[p]) / this.hold_s, 0.15, 1);
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
}
