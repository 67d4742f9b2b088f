// The player: what is shown, when, and from where.

const kStill_ms = 200;

class Player extends Subject {
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
    this.theme = kThemes[matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark"];
    this.layers = new Layers(track, this.theme);
    this.camera = new Camera(this.still);
    this.camera.saved = this.kept_views();
    this.overlay = new Overlay(document.getElementById("over"), track, this.theme);
    this.make_scene();
    this.panels = new Panels(this);
    this.timebar = new TimeBar(this);
    this.chart = new Chart(this);
    this.compare = new Compare(this);
    this.menu = new Menu(this);
    this.palette = new Palette(this);
    this.input = new Input(this);
    make_help();
    if (innerWidth < 820) this.panel("both");
    track.sample(0);
    this.fit();
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
    matchMedia("(prefers-reduced-motion: reduce)").addEventListener("change", (event) => {
      this.still = this.camera.still = event.matches;
    });
    for (const dialog of document.querySelectorAll("dialog")) {
      dialog.onclose = () => dialog.open || document.getElementById("view").focus();
    }
    matchMedia("(prefers-color-scheme: light)").addEventListener("change", (event) => {
      const theme = kThemes[event.matches ? "light" : "dark"];
      for (const part of [this, this.layers, this.overlay, this.scene]) part.theme = theme;
      if (!this.flat && !this.lost) this.scene.build();
      this.panels.list_key = "";
      this.touch();
    });
  }

  // #t=12.5&sel=12,13&cam=top&speed=2; what cannot be read is said, and the rest is done.
  read_link() {
    const { options, track } = this;
    const given = (name) => options.get(name) || "";
    const wrong = [];
    if (given("sel")) {
      const agents = given("sel").split(",").map(Number);
      this.selection = new Set(agents.filter((a) => Number.isInteger(a) && a in track.state));
      if (this.selection.size < agents.length) {
        wrong.push(`sel = ${given("sel")}: agents are 0 to ${track.num_agents - 1}`);
      }
    }
    if (given("speed")) {
      if (Number(given("speed")) > 0) this.set_speed(Number(given("speed")));
      else wrong.push(`speed = ${given("speed")}: must be above 0`);
    }
    const time = given("t") && parsed_time(given("t"), track.header.step_s);
    if (time === null) wrong.push(`t = ${given("t")}: must be like 12.5, 1:02.5 or #300`);
    else if (given("t")) this.seek(time);
    const cam = given("cam");
    if (["follow", "chase", "onboard"].includes(cam)) this.view(cam);
    else if (cam && !this.camera.read(cam)) {
      wrong.push(`cam = ${cam}: must be ${Object.keys(kViews).join(", ")}, follow, chase, onboard ` +
        "or what Link writes");
    }
    if (wrong.length) this.say(`In the link, ${wrong.join("; ")}`, 8000);
    this.touch();
  }

  copy_link() {
    const parts = [`t=${Number(this.time.toFixed(3))}`];
    if (this.selection.size) parts.push(`sel=${[...this.selection].join(",")}`);
    parts.push(`cam=${this.camera.hangs ? this.camera.mode : this.camera.text()}`);
    history.replaceState(null, "", `#${parts.join("&")}`);
    this.copy(location.href, "link copied", "the link is in the address bar");
  }

  // Into the clipboard, and says whether that went.
  async copy(text, done, failed = "this browser lets nothing be copied") {
    try {
      await navigator.clipboard.writeText(text);
      this.say(done);
    } catch {
      this.say(failed);
    }
  }

  // --- panels

  toggle_layer(name) {
    this.layers.toggle(name);
    this.touch();
  }

  scope_layer(name) {
    this.layers.cycle(name, false);
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
  say(text, ms = 1600) {
    const box = document.getElementById("message");
    box.textContent = text;
    box.hidden = !text;
    clearTimeout(this.saying);
    if (!this.lost) this.saying = setTimeout(() => { box.hidden = true; }, ms);
  }

  // --- drawing

  resize() {
    this.fit();
    this.draw();
  }

  fit() {
    const view = document.getElementById("view");
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    this.camera.width = Math.max(1, view.clientWidth);
    this.camera.height = Math.max(1, view.clientHeight);
    for (const id of ["picture", "over"]) {
      const canvas = document.getElementById(id);
      canvas.width = Math.round(this.camera.width * ratio);
      canvas.height = Math.round(this.camera.height * ratio);
    }
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
    this.compare.draw();
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
    tip.hidden = !at || !this.menu.box.hidden;
    if (!at) return;
    tip.style.left = `${Math.min(at[0] + 14, this.camera.width - 150)}px`;
    tip.style.top = `${Math.max(4, at[1] - 40)}px`;
    set_text("tip", `d${a} ${kStates[this.track.state[a]]}\n` +
      `z ${number_text(this.track.position[3 * a + 2])} m, ` +
      `${number_text(norm(this.track.velocity(a)))} m/s`);
  }

  report(pixels = false) {
    this.draw();
    return report_of(this, pixels);
  }
}

async function start() {
  const message = document.getElementById("message");
  try {
    const player = new Player(new Track(await open_payload()));
    window.volery = player;
    // since the page was asked for, until its first picture is there
    player.draw();
    if (!player.flat) player.scene.g.wait();
    player.first_frame_ms = performance.now();
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

start();
