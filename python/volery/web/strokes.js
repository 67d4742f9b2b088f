// What layers put down: lines and sprites, which 3-D and flat views draw alike, labels and notes.

class Strokes {
  constructor(track, theme) {
    Object.assign(this, { track, theme, lines: [], sprites: [], labels: [], notes: [] });
  }

  clear() {
    this.lines.length = this.sprites.length = this.labels.length = this.notes.length = 0;
  }

  color(agent) {
    if (this.track.state[agent] === kDead) return this.theme.dead;
    return this.team_color(this.track.team_of[agent]);
  }

  team_color(team) {
    return this.theme.teams[team % this.theme.teams.length];
  }

  present(agent) {
    return this.track.shown(agent) && Number.isFinite(this.track.position[3 * agent]);
  }

  line(from, to, color, alpha, { width = 1, style = 0, alpha_to = alpha } = {}) {
    this.lines.push({ from, to, color, alpha, alpha_to, width, style });
  }

  // So many pixels wide, or as wide as `radius_m` asks for.
  sprite(at, color, alpha, size, shape, turn = 0, radius_m = 0) {
    this.sprites.push({ at, color, alpha, size, shape, turn, radius_m });
  }

  // A closed line of so many corners about an axis, with gaps where only each second part is wanted.
  // -> the first corner
  loop(center, radius, axis, corners, color, { by = 1, width = 1.6 } = {}) {
    // x of what lies flat is x of the world, of anything else it is level
    const u = Math.abs(axis[2]) > 0.999 ? [1, 0, 0] : unit(cross([0, 0, 1], axis));
    const v = cross(axis, u);
    const at = (i) => {
      const t = ((2 * i + 1) * Math.PI) / corners;
      return add(center, add(scale(u, radius * Math.cos(t)), scale(v, radius * Math.sin(t))));
    };
    for (let i = 0; i < corners; i += by) this.line(at(i), at(i + 1), color, 0.8, { width });
    return at(0);
  }
}
