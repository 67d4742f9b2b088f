// Mouse, touch and keys.

const kClick_px = 4;
const kPick_px = 12;

class Input {
  constructor(player) {
    this.player = player;
    this.view = document.getElementById("view");
    this.pointers = new Map();
    this.travel = 0;
    const { view } = this;
    view.addEventListener("pointerdown", (e) => this.down(e));
    view.addEventListener("pointermove", (e) => this.move(e));
    view.addEventListener("pointerup", (e) => this.up(e));
    view.addEventListener("pointercancel", (e) => this.pointers.delete(e.pointerId));
    view.addEventListener("pointerleave", () => player.hover(-1));
    view.addEventListener("wheel", (e) => this.wheel(e), { passive: false });
    view.addEventListener("dblclick", (e) => this.look_at(e));
    view.addEventListener("contextmenu", (e) => e.preventDefault());
    window.addEventListener("keydown", (e) => this.key(e));
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
  }

  move(event) {
    const { player } = this;
    const [x, y] = this.place(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") player.hover(this.pick(x, y));
      return;
    }
    const dx = x - before[0];
    const dy = y - before[1];
    this.travel += Math.abs(dx) + Math.abs(dy);
    this.pointers.set(event.pointerId, [x, y]);
    if (this.pointers.size === 2) this.pinch(event.pointerId, before);
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
    if (!held || this.pointers.size || this.travel > kClick_px || event.button !== 0) return;
    this.player.select(this.pick(...this.place(event)), event.ctrlKey || event.metaKey);
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
      if (track.state[a] === kAbsent) continue;
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
    const dialog = document.getElementById("keys");
    if (dialog.open) {
      if (event.key === "F1" || event.key === "?") dialog.close();
      return;
    }
    const name = key_name(event);
    // fields, lists and buttons keep the keys that they need
    if (tag === "INPUT" || tag === "SELECT") return;
    const on_control = tag === "BUTTON";
    if (on_control && (name === "Space" || name === "Enter" || /Tab$/.test(name))) return;
    const command = kCommands.find(([key]) => key === name);
    if (!command) return;
    event.preventDefault();
    command[2](this.player);
    this.player.touch();
  }
}
