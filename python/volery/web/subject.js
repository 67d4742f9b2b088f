// Who is selected, and from where it is looked at them. Whoever shows it gives `camera`, `layers` and
// what a Clock needs.

class Subject extends Clock {
  constructor(track) {
    super(track);
    this.selection = new Set();
    this.hovered = -1;
  }

  get primary() {
    return this.selection.size ? [...this.selection].at(-1) : -1;
  }

  select(agent, more = false) {
    if (!more) this.selection.clear();
    if (agent >= 0) {
      if (this.selection.has(agent)) this.selection.delete(agent);
      else this.selection.add(agent);
    }
    // who is followed is the one selected last
    if (!this.selection.size && this.camera.hangs) this.camera.set_mode("orbit");
    this.touch();
  }

  select_these(agents, more = false) {
    this.selection = new Set([...(more ? this.selection : []), ...agents]);
    if (!this.selection.size && this.camera.hangs) this.camera.set_mode("orbit");
    this.touch();
  }

  select_all() {
    const { track } = this;
    this.select_these(Array.from({ length: track.num_agents }, (_, a) => a)
      .filter((a) => track.shown(a)));
  }

  // The selection alone, or all again.
  isolate() {
    const { track, selection } = this;
    if (!track.only && !selection.size) this.say("nobody is selected");
    track.only = track.only || !selection.size ? null : new Set(selection);
    this.touch();
  }

  copy_json() {
    if (!this.selection.size) this.say("nobody is selected");
    else this.copy(json_of(this, [...this.selection]), "copied as JSON");
  }

  next_agent(direction) {
    const { found } = this.panels;
    if (!found.length) return;
    const at = found.indexOf(this.primary);
    const next = at < 0 ? 0 : (at + direction + found.length) % found.length;
    this.select(found[next]);
    this.panels.list.scrollTop = Math.max(0, (next - 2) * kRow_px);
  }

  hover(agent) {
    if (agent === this.hovered) return;
    this.hovered = agent;
    document.getElementById("view").style.cursor = agent < 0 ? "grab" : "pointer";
    this.touch();
  }

  present_points() {
    const { track } = this;
    const points = [];
    for (let a = 0; a < track.num_agents; a++) {
      if (track.shown(a)) points.push(row3(track.position, a));
    }
    return points;
  }

  // Everything that lives, from the south-west and above.
  home(now = false) {
    const { header } = this.track;
    const points = [];
    for (const i of [0, 0.25, 0.5, 0.75, 1].map((k) => Math.floor(k * (this.track.num_times - 1)))) {
      for (let a = 0; a < this.track.num_agents; a++) {
        if (this.track.life[i * this.track.num_agents + a] !== kAbsent) {
          points.push(this.track.agents.at(i, a, [0, 0, 0]));
        }
      }
    }
    // on the ground below them as well, so that height can be seen
    const corner = (pick) => [0, 1, 2].map((c) => points.reduce((m, p) => (p ? pick(m, p[c]) : m),
      pick(1, -1) > 0 ? -Infinity : Infinity));
    const low = corner(Math.min);
    const high = corner(Math.max);
    if (low[2] - header.floor_m < norm(sub(high, low))) low[2] = header.floor_m;
    this.camera.bounds_m = Math.max(1, norm(sub(high, low)) / 2, Math.min(header.extent_m, 200));
    this.camera.set_mode("orbit");
    const goal = { yaw: -2.2, pitch: 0.5, ortho: false };
    if (now) Object.assign(this.camera, goal);
    else this.camera.go(goal);
    this.camera.frame([low, high], 1, now);
    if (!now && this.camera.ease) Object.assign(this.camera.ease.to, { yaw: -2.2, pitch: 0.5 });
  }

  frame() {
    const { track, selection } = this;
    track.sample(this.time);
    // chasing, it comes back to where it began; who is on board does not see it
    if (this.camera.mode === "chase") {
      this.camera.set_mode("chase", track, this.primary);
      this.touch();
      return;
    }
    if (this.camera.mode === "onboard") this.camera.set_mode("follow");
    const some = [...selection].filter((a) => track.shown(a));
    this.camera.frame(some.length ? some.map((a) => row3(track.position, a))
      : this.present_points(), some.length ? 1 : 0.5);
    this.touch();
  }

  view(name) {
    if (["follow", "chase", "onboard"].includes(name)) {
      if (this.primary < 0) this.selection.add(Math.max(0, this.track.state.indexOf(kAlive)));
      this.track.sample(this.time);
      this.camera.set_mode(this.camera.mode === name ? "orbit" : name, this.track, this.primary);
    } else if (name === "home") this.home();
    else this.camera.go({ ortho: false, ...kViews[name] });
    this.touch();
  }

  // On and off. What goes with an agent is left where it is.
  fly() {
    const { camera } = this;
    camera.set_mode(camera.mode === "fly" ? "orbit" : "fly");
    this.touch();
  }

  flip_ortho() {
    this.camera.ortho = !this.camera.ortho;
    this.touch();
  }

  // Views are kept by scene, where the browser keeps anything.
  save_view() {
    const number = this.camera.save();
    this.say(`view ${number} saved${this.keep_views() ? "" : " until this page is closed"}`);
  }

  keep_views() {
    try {
      localStorage.setItem(this.views_key, JSON.stringify(this.camera.saved));
      return true;
    } catch {
      return false;
    }
  }

  forget_views() {
    Object.assign(this.camera, { saved: [], saved_at: -1 });
    this.keep_views();
    this.say("no view is saved now");
  }

  get views_key() {
    return `volery views of ${this.track.header.scene.name}`;
  }

  kept_views() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.views_key)) || [];
      const sound = (v) => [v.yaw, v.pitch, v.distance, ...v.pivot].every(Number.isFinite);
      return kept.filter(sound);
    } catch {
      return [];
    }
  }

  recall(direction) {
    const number = this.camera.recall(direction);
    this.say(number ? `view ${number}` : "no view saved yet: Ctrl+[ saves one");
  }

  escape() {
    if (this.input.box) this.input.end_box();
    else if (this.camera.mode !== "orbit") this.camera.set_mode("orbit");
    else if (this.track.only) this.track.only = null;
    else this.selection.clear();
    this.touch();
  }
}
