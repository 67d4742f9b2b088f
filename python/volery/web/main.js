// The player: what is shown, when, and from where.

const kStill_ms = 200;

class Player extends Clock {
  constructor(track) {
    super(track);
    const { header } = track;
    const { low, high } = header.scene;
    header.extent_m = norm(sub(high, low)) / 2;
    const ground = header.scene.statics.find((s) => s.kind === "plane" &&
      rotate(s.quat, [0, 0, 1])[2] > 0.9);
    header.floor_m = ground ? ground.position[2] : Math.max(0, low[2]);
    this.options = new URLSearchParams(location.hash.slice(1));
    this.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.selection = new Set();
    this.hovered = -1;
    this.theme = kThemes[matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark"];
    this.layers = new Layers(track, this.theme);
    this.camera = new Camera(this.still);
    this.overlay = new Overlay(document.getElementById("over"), track, this.theme);
    this.make_scene();
    this.panels = new Panels(this);
    this.timebar = new TimeBar(this);
    this.chart = new Chart(this);
    this.input = new Input(this);
    make_help();
    if (innerWidth < 820) this.panel("both");
    track.sample(0);
    this.resize();
    this.home(true);
    this.watch();
    this.read_link();
  }

  // WebGL2 where it is, a flat view where not; a lost context comes back as it was.
  make_scene() {
    const canvas = document.getElementById("picture");
    this.flat = this.options.has("flat");
    try {
      if (!this.flat) this.scene = new Scene(canvas, this.track, this.theme);
    } catch (error) {
      if (!/WebGL2/.test(error.message)) throw error;
      this.flat = true;
    }
    if (this.flat) {
      this.scene = new FlatScene(canvas, this.track, this.theme);
      return;
    }
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.lost = true;
      this.say("the graphics context was lost; waiting for it");
    });
    canvas.addEventListener("webglcontextrestored", () => {
      this.lost = false;
      this.scene.build();
      this.say("");
      this.touch();
    });
  }

  watch() {
    new ResizeObserver(() => this.resize()).observe(document.getElementById("view"));
    window.addEventListener("hashchange", () => {
      this.options = new URLSearchParams(location.hash.slice(1));
      this.read_link();
    });
    matchMedia("(prefers-color-scheme: light)").addEventListener("change", (event) => {
      const theme = kThemes[event.matches ? "light" : "dark"];
      for (const part of [this, this.layers, this.overlay, this.scene]) part.theme = theme;
      if (!this.flat && !this.lost) this.scene.build();
      this.panels.list_key = "";
      this.touch();
    });
  }

  // #t=12.5&sel=12,13&cam=top&speed=2
  read_link() {
    const { options } = this;
    if (options.has("sel")) {
      const agents = options.get("sel").split(",").map((s) => parseInt(s, 10));
      this.selection = new Set(agents.filter((a) => a >= 0 && a < this.track.num_agents));
    }
    if (options.has("speed")) this.set_speed(Number(options.get("speed")));
    const time = options.has("t") ? parsed_time(options.get("t"), this.track.header.step_s) : null;
    if (time !== null) this.seek(time);
    const cam = options.get("cam");
    if (["follow", "chase", "onboard"].includes(cam)) this.view(cam);
    else if (cam) this.camera.read(cam);
    this.touch();
  }

  copy_link() {
    const parts = [`t=${Number(this.time.toFixed(3))}`];
    if (this.selection.size) parts.push(`sel=${[...this.selection].join(",")}`);
    const { mode } = this.camera;
    parts.push(`cam=${mode === "orbit" ? this.camera.text() : mode}`);
    history.replaceState(null, "", `#${parts.join("&")}`);
    const copied = navigator.clipboard && navigator.clipboard.writeText(location.href);
    Promise.resolve(copied).then(() => this.say("link copied"),
      () => this.say("the link is in the address bar"));
  }

  // --- selection and camera

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
    if (!this.selection.size && !more) this.camera.set_mode("orbit");
    this.touch();
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
      if (track.state[a] !== kAbsent) points.push(row3(track.position, a));
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
    if (this.camera.mode === "chase" || this.camera.mode === "onboard") return;
    const some = [...selection].filter((a) => track.state[a] !== kAbsent);
    this.camera.frame(some.length ? some.map((a) => row3(track.position, a))
      : this.present_points(), some.length ? 1 : 0.5);
    this.touch();
  }

  view(name) {
    if (["follow", "chase", "onboard"].includes(name)) {
      if (this.primary < 0) this.selection.add(this.track.state.indexOf(kAlive));
      this.track.sample(this.time);
      this.camera.set_mode(this.camera.mode === name ? "orbit" : name, this.track, this.primary);
    } else if (name === "home") this.home();
    else this.camera.go({ ortho: false, ...kViews[name] });
    this.touch();
  }

  flip_ortho() {
    this.camera.ortho = !this.camera.ortho;
    this.touch();
  }

  recall(direction) {
    const number = this.camera.recall(direction);
    this.say(number ? `view ${number}` : "no view saved yet: Ctrl+[ saves one");
  }

  escape() {
    if (this.camera.mode !== "orbit") this.camera.set_mode("orbit");
    else this.selection.clear();
    this.touch();
  }

  // --- panels

  cycle_layer(name) {
    const { scope } = this.layers;
    scope[name] = kScopes[(kScopes.indexOf(scope[name]) + 1) % kScopes.length];
    if ((name === "grid" || name === "shadows") && scope[name] === "selected") scope[name] = "all";
    this.touch();
  }

  panel(which) {
    const { classList } = document.getElementById("app");
    if (which === "both") {
      const hide = !(classList.contains("no-left") && classList.contains("no-right"));
      classList.toggle("no-left", hide);
      classList.toggle("no-right", hide);
    } else classList.toggle(`no-${which}`);
    this.touch();
  }

  // On a narrow screen: left, right, none.
  next_panel() {
    const { classList } = document.getElementById("app");
    const shown = classList.contains("no-left") ? classList.contains("no-right") ? 0 : 2 : 1;
    classList.toggle("no-left", shown !== 0);
    classList.toggle("no-right", shown !== 1);
    this.touch();
  }

  find() {
    document.getElementById("app").classList.remove("no-left");
    document.getElementById("find").focus();
  }

  help() {
    document.getElementById("keys").showModal();
  }

  full_screen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => this.say("no full screen here"));
  }

  // A word to the user, gone after a while.
  say(text) {
    const box = document.getElementById("message");
    box.textContent = text;
    box.hidden = !text;
    clearTimeout(this.saying);
    if (!this.lost) this.saying = setTimeout(() => { box.hidden = true; }, 1600);
  }

  // --- drawing

  resize() {
    const view = document.getElementById("view");
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    this.camera.width = Math.max(1, view.clientWidth);
    this.camera.height = Math.max(1, view.clientHeight);
    for (const id of ["picture", "over"]) {
      const canvas = document.getElementById(id);
      canvas.width = Math.round(this.camera.width * ratio);
      canvas.height = Math.round(this.camera.height * ratio);
    }
    this.draw();
  }

  // Asks for a picture; nothing is drawn while nothing changes.
  touch() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame((now) => {
      this.asked = false;
      this.advance(now);
      this.draw();
      if (this.playing || this.camera.moving) this.touch();
    });
  }

  draw() {
    if (this.lost || !this.panels) return;
    this.track.sample(this.time);
    this.camera.advance(this.track, this.primary);
    this.layers.compose(this.selection);
    const begun = performance.now();
    const smooth = this.flat || !this.scene.g.software || this.is_still(begun);
    this.scene.draw(this.camera, this.layers, this.selection, smooth);
    this.overlay.draw(this.camera, this.layers, this.selection, this.hovered,
      (a) => this.scene.vehicles[a % this.scene.vehicles.length].radius);
    this.panels.draw();
    this.timebar.draw();
    this.chart.draw();
    this.draw_ms = performance.now() - begun;
    this.hover_tip();
  }

  // In software edges are smooth once nothing has moved for a moment.
  is_still(now) {
    const { eye, forward } = this.camera;
    const view = [this.time, ...eye, ...forward].join();
    if (view !== this.last_view) {
      this.last_view = view;
      this.moved = now;
    }
    const still = now - this.moved >= kStill_ms;
    if (!still) {
      clearTimeout(this.smoothing);
      this.smoothing = setTimeout(() => this.touch(), kStill_ms + 20);
    }
    return still;
  }

  hover_tip() {
    const tip = document.getElementById("tip");
    const a = this.hovered;
    const at = a < 0 ? null : this.camera.project(row3(this.track.position, a));
    tip.hidden = !at;
    if (!at) return;
    tip.style.left = `${Math.min(at[0] + 14, this.camera.width - 150)}px`;
    tip.style.top = `${Math.max(4, at[1] - 40)}px`;
    set_text("tip", `d${a} ${["absent", "alive", "dead", "episode over"][this.track.state[a]]}\n` +
      `z ${number_text(this.track.position[3 * a + 2])} m, ` +
      `${number_text(norm(this.track.velocity(a)))} m/s`);
  }

  // What tests ask: numbers of the present moment and, which takes a while, of its pixels.
  report(pixels = false) {
    this.draw();
    const { track, camera, scene } = this;
    if (!this.flat) scene.g.check();
    const agents = [0, Math.floor(track.num_agents / 2), track.num_agents - 1];
    return {
      renderer: this.flat ? "2d" : scene.g.renderer, flat: this.flat, time: this.time,
      step: track.steps[track.index], playing: this.playing, speed: this.speed,
      selection: [...this.selection], mode: camera.mode, drawn: scene.drawn,
      lines: this.layers.lines.length, sprites: this.layers.sprites.length,
      notes: this.layers.notes, fates: [...this.layers.shown_fates], agents,
      positions: agents.map((a) => row3(track.position, a)),
      quats: agents.map((a) => row4(track.quat, a)), states: agents.map((a) => track.state[a]),
      on_screen: agents.map((a) => camera.project(row3(track.position, a))),
      gl_errors: this.flat ? [] : scene.g.errors, draw_ms: this.draw_ms,
      size: [camera.width, camera.height], painted: pixels && !this.flat ? scene.painted_share() : null,
    };
  }
}

async function start() {
  const begun = performance.now();
  const message = document.getElementById("message");
  try {
    const track = new Track(await open_payload());
    const player = new Player(track);
    player.ready_ms = performance.now() - begun;
    window.volery = player;
    document.documentElement.dataset.volery = "ready";
    const { options } = player;
    if (options.has("test")) run_test(player);
    else if (!options.has("t") && !player.still) player.play();
  } catch (error) {
    message.hidden = false;
    message.textContent = `This page cannot be shown: ${error.message}`;
    document.documentElement.dataset.volery = "failed";
    throw error;
  }
}

// #test: goes to three times and writes what it finds into the page, for tests without a debugger.
function run_test(player) {
  const times = [0, 0.5, 1].map((k) => k * player.track.end_s);
  const reports = times.map((time) => {
    player.seek(time);
    return player.report(true);
  });
  const result = make("script", { type: "application/json", id: "volery-test",
    textContent: JSON.stringify(reports) });
  document.body.append(result);
}

start();
