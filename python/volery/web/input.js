// Mouse, touch and keys.

const kClick_px = 4;
const kPick_px = 12;
// keys by their place on the board: [axis of the hands, sign]
const kFlyKeys = { KeyW: ["forward", 1], KeyS: ["forward", -1], KeyA: ["left", 1],
  KeyD: ["left", -1], KeyE: ["up", 1], KeyQ: ["up", -1] };

class Input {
  constructor(player) {
    this.player = player;
    this.view = document.getElementById("view");
    this.pointers = new Map();
    this.travel = 0;
    this.held = new Set();
    this.box = null;  // while one is asked for: {} and, once begun, its first corner
    const { view } = this;
    view.addEventListener("pointerdown", (e) => this.down(e));
    view.addEventListener("pointermove", (e) => this.move(e));
    view.addEventListener("pointerup", (e) => this.up(e));
    view.addEventListener("pointercancel", (e) => {
      this.pointers.delete(e.pointerId);
      this.end_box();
    });
    view.addEventListener("pointerleave", () => player.hover(-1));
    view.addEventListener("wheel", (e) => this.wheel(e), { passive: false });
    view.addEventListener("dblclick", (e) => this.look_at(e));
    view.addEventListener("contextmenu", (e) => this.long_press(e));
    window.addEventListener("keydown", (e) => this.key(e));
    window.addEventListener("keyup", (e) => this.fly_key(e, false));
    window.addEventListener("blur", () => this.let_go());
    // Space is play and pause again once a button was clicked or something chosen
    for (const select of document.querySelectorAll("select")) {
      select.addEventListener("change", () => view.focus({ preventScroll: true }));
    }
    document.addEventListener("click", (e) => {
      const button = e.detail > 0 && e.target.closest("header button, footer button, aside button");
      if (button && !document.querySelector("dialog[open]")) view.focus({ preventScroll: true });
    });
    for (const button of document.querySelectorAll("[data-run]")) {
      const run = { start: () => player.seek(0), back: () => player.step(-1),
        play: () => player.toggle(), ahead: () => player.step(1),
        end: () => player.seek(player.track.end_s), loop: () => player.toggle_loop() };
      button.onclick = run[button.dataset.run];
    }
    document.getElementById("help").onclick = () => player.help();
    document.getElementById("panels").onclick = () => player.next_panel();
    document.getElementById("link").onclick = () => player.copy_link();
  }

  place(event) {
    const box = this.view.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  down(event) {
    this.view.focus({ preventScroll: true });
    // a pointer that is no longer there cannot be held
    try {
      this.view.setPointerCapture(event.pointerId);
    } catch {
      return;
    }
    this.pointers.set(event.pointerId, this.place(event));
    if (this.pointers.size === 1) this.travel = 0;
    event.preventDefault();
    this.player.menu.box.hidden = true;
    if (this.box) {
      this.box.from = this.place(event);
      this.player.say("");
    }
  }

  move(event) {
    const { player } = this;
    const [x, y] = this.place(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse" && !this.box) player.hover(this.pick(x, y));
      return;
    }
    const dx = x - before[0];
    const dy = y - before[1];
    this.travel += Math.abs(dx) + Math.abs(dy);
    this.pointers.set(event.pointerId, [x, y]);
    if (this.box) this.draw_box([x, y]);
    else if (this.pointers.size === 2) this.pinch(event.pointerId, before);
    else if (this.travel > kClick_px) {
      const pans = event.buttons & 2 || event.shiftKey;
      if (pans) player.camera.pan(dx, dy);
      else player.camera.orbit(dx, dy);
    }
    player.touch();
  }

  // Two fingers: their middle pans, their distance zooms.
  pinch(id, before) {
    const { camera } = this.player;
    const now = this.pointers.get(id);
    const [, other] = [...this.pointers.entries()].find(([key]) => key !== id);
    const apart = (p) => Math.max(10, Math.hypot(p[0] - other[0], p[1] - other[1]));
    camera.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    camera.zoom(apart(before) / apart(now), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    this.travel = 100;
  }

  up(event) {
    const held = this.pointers.delete(event.pointerId);
    if (!held || this.pointers.size) return;
    const more = event.ctrlKey || event.metaKey;
    if (this.box) {
      if (this.box.from) this.select_box(this.place(event), more);
    } else if (this.travel <= kClick_px) {
      const at = this.place(event);
      if (event.button === 0) this.player.select(this.pick(...at), more);
      if (event.button === 2) this.player.menu.open(...at, this.pick(...at));
    }
  }

  // A finger that stays opens the menu; of a mouse the button does, once it is known to be no drag.
  long_press(event) {
    event.preventDefault();
    if (event.pointerType !== "touch") return;
    this.pointers.clear();
    const at = this.place(event);
    this.player.menu.open(...at, this.pick(...at));
  }

  // --- selecting by a box

  begin_box() {
    this.box = {};
    this.view.style.cursor = "crosshair";
    this.player.say("drag a box");
  }

  end_box() {
    this.box = null;
    this.view.style.cursor = "grab";
    document.getElementById("box").hidden = true;
  }

  draw_box(to) {
    const box = document.getElementById("box");
    const { from } = this.box;
    box.hidden = false;
    Object.assign(box.style, {
      left: `${Math.min(from[0], to[0])}px`, top: `${Math.min(from[1], to[1])}px`,
      width: `${Math.abs(to[0] - from[0])}px`, height: `${Math.abs(to[1] - from[1])}px` });
  }

  // Everybody whose centre is in it.
  select_box(to, more) {
    const { player } = this;
    const { camera, track } = player;
    const { from } = this.box;
    const inside = (v, c) => v >= Math.min(from[c], to[c]) && v <= Math.max(from[c], to[c]);
    const found = [];
    for (let a = 0; a < track.num_agents; a++) {
      const at = track.shown(a) && camera.project(row3(track.position, a));
      if (at && inside(at[0], 0) && inside(at[1], 1)) found.push(a);
    }
    this.end_box();
    player.select_these(found, more);
  }

  wheel(event) {
    event.preventDefault();
    const { camera } = this.player;
    const notches = event.deltaMode === 0 ? event.deltaY / 100 : event.deltaY / 3;
    camera.zoom(1.1 ** clamp(notches, -5, 5), ...this.place(event));
    this.player.touch();
  }

  look_at(event) {
    const { player } = this;
    const agent = this.pick(...this.place(event));
    const pivot = agent < 0 ? player.camera.under(...this.place(event))
      : row3(player.track.position, agent);
    player.camera.go({ pivot });
    player.touch();
  }

  // The nearest centre on the screen within 12 px, or within the body.
  pick(x, y) {
    const { camera, track, scene } = this.player;
    let best = -1;
    let least = Infinity;
    for (let a = 0; a < track.num_agents; a++) {
      if (!track.shown(a)) continue;
      const at = camera.project(row3(track.position, a));
      if (!at) continue;
      const apart = Math.hypot(at[0] - x, at[1] - y);
      const radius = scene.vehicles[a % scene.vehicles.length].radius;
      if (apart < Math.max(kPick_px, radius * camera.px_per_m(at[2])) && apart < least) {
        best = a;
        least = apart;
      }
    }
    return best;
  }

  key(event) {
    const tag = document.activeElement && document.activeElement.tagName;
    const dialog = document.querySelector("dialog[open]");
    if (dialog) {
      if (dialog.id === "keys" && (event.key === "F1" || event.key === "?")) dialog.close();
      return;
    }
    const name = key_name(event);
    // fields, lists and buttons keep the keys that they need
    if (tag === "INPUT" || tag === "SELECT") return;
    const on_control = tag === "BUTTON";
    if (on_control && (name === "Space" || name === "Enter" || /Tab$/.test(name))) return;
    if (this.list_key(event.key) || this.fly_key(event, true)) {
      event.preventDefault();
      return;
    }
    const command = command_of(name);
    if (!command) return;
    event.preventDefault();
    command[2](this.player);
    this.player.touch();
  }

  // Up and down in the list of agents.
  list_key(key) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (!by || document.activeElement !== this.player.panels.list) return false;
    this.player.next_agent(by);
    return true;
  }

  // True where the camera flies by this key.
  fly_key(event, down) {
    const { camera } = this.player;
    camera.hands.fast = event.shiftKey;
    const own = kFlyKeys[event.code];
    if (!own || (down && (camera.mode !== "fly" || event.ctrlKey || event.altKey || event.metaKey))) {
      return false;
    }
    if (down) this.held.add(event.code);
    else this.held.delete(event.code);
    this.steer();
    return true;
  }

  let_go() {
    this.held.clear();
    this.steer();
  }

  steer() {
    const { hands } = this.player.camera;
    hands.forward = hands.left = hands.up = 0;
    for (const code of this.held) hands[kFlyKeys[code][0]] += kFlyKeys[code][1];
    this.player.touch();
  }
}
