// Draws a moment with WebGL2. Positions are taken relative to the eye in double precision.

const kNear_px = 24;
const kMid_px = 8;
const kLift_px = 8;

class Scene {
  constructor(canvas, track, theme) {
    this.canvas = canvas;
    this.track = track;
    this.theme = theme;
    this.level = new Uint8Array(track.num_agents);  // 0 point, 1 coarse, 2 fine
    this.budget = 1;
    this.build();
  }

  build() {
    const { header } = this.track;
    this.g = new Gl(this.canvas);
    const g = this.g;
    this.limits = g.software ? [48, 200] : [256, 1000];
    this.origin = scale(add(header.scene.low, header.scene.high), 0.5);
    const own = g.stream([3, 4, 3, 4], 3, 1);
    this.instances = own;
    this.instance_data = new Floats();
    const solid = statics_mesh(header.scene.statics, this.origin, () => this.theme.solid);
    this.statics = this.upload(solid, null);
    this.props = header.scene.props.map((p) => this.upload(unit_mesh(p.kind), own));
    this.vehicles = header.vehicles.map((v) => {
      const { fine, coarse, discs } = vehicle_meshes(v);
      return { fine: this.upload(fine, own), coarse: this.upload(coarse, own),
        discs: discs ? this.upload(discs, own) : null, radius: vehicle_radius(v) };
    });
    this.build_planes();
    this.quads = null;
    this.line_stream = g.stream([3, 3, 4, 3, 2]);
    this.sprite_stream = g.stream([3, 4, 3]);
    this.disc_stream = g.stream([4, 3]);
    this.line_data = new Floats();
    this.sprite_data = new Floats();
    this.disc_data = new Floats();
    this.sprite_array = g.vertex_array([this.sprite_stream]);
    this.grow_quads(1024);
    g.check();
  }

  upload(mesh, instances) {
    const g = this.g;
    const stream = g.stream([3, 3, 4]);
    g.fill(stream, new Float32Array(mesh.data), g.gl.STATIC_DRAW);
    return { count: mesh.data.length / 10,
      array: g.vertex_array(instances ? [stream, instances] : [stream]) };
  }

  // Ground, walls and ceilings as far as the bounds; a ground that has no walls reaches further.
  build_planes() {
    const { scene } = this.track.header;
    const planes = scene.statics.filter((s) => s.kind === "plane");
    const walled = planes.some((p) => Math.abs(rotate(p.quat, [0, 0, 1])[2]) < 0.9);
    const patches = planes.map((p) => ({ ...plane_patch(p, scene.low, scene.high), body: p }));
    const g = this.g;
    this.planes = patches.map((patch) => {
      const level = patch.normal[2] > 0.9;
      const grown = level && !walled ? 6 : 1;
      const [a, b] = patch.reach.map((r) => r * grown);
      const data = [];
      for (const [x, y] of [[-1, -1], [1, -1], [1, 1], [-1, -1], [1, 1], [-1, 1]]) {
        const p = add(patch.middle, add(scale(patch.u, x * a), scale(patch.v, y * b)));
        // lines where the world's own whole meters are
        data.push(...sub(p, this.origin), dot(p, patch.u), dot(p, patch.v));
      }
      const stream = g.stream([3, 2]);
      g.fill(stream, new Float32Array(data), g.gl.STATIC_DRAW);
      return { ...patch, level, far: level && !walled ? [1.2, 4] : [50, 60],
        array: g.vertex_array([stream]) };
    });
  }

  grow_quads(count) {
    const indices = new Uint32Array(6 * count);
    for (let i = 0; i < count; i++) {
      indices.set([0, 1, 2, 2, 1, 3].map((v) => 4 * i + v), 6 * i);
    }
    this.quad_room = count;
    const index = this.g.index_buffer(indices);
    this.line_array = this.g.vertex_array([this.line_stream], index);
    this.disc_array = this.g.vertex_array([this.disc_stream], index);
  }

  draw(camera, layers, selection, smooth) {
    const { g } = this;
    const { gl } = g;
    this.camera = camera;
    g.begin(this.canvas.width, this.canvas.height, smooth);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.disable(gl.BLEND);
    gl.depthMask(true);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.disable(gl.DEPTH_TEST);
    g.use(g.sky, { low: this.theme.deep, high: this.theme.sky });
    gl.bindVertexArray(g.empty);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.enable(gl.DEPTH_TEST);
    this.draw_planes(layers.scope.grid !== "off");
    this.draw_statics();
    this.choose_levels(selection);
    if (layers.scope.shadows !== "off") this.draw_shadows();
    this.draw_props();
    this.draw_vehicles(layers);
    g.blend();
    gl.depthMask(false);
    this.draw_lines(layers.lines);
    this.draw_rotor_discs(layers);
    gl.depthMask(true);
    this.draw_sprites(layers);
    gl.bindVertexArray(null);
    g.end(this.canvas.width, this.canvas.height);
  }

  draw_planes(grid) {
    const { gl } = this.g;
    const { theme, camera } = this;
    this.g.blend();
    const extent = this.track.header.extent_m;
    const tenth = extent < 2 ? 10 : extent > 400 ? 0.1 : 1;
    for (const plane of this.planes) {
      // seen from the inside alone, or the walls would hide what they hold
      const to_eye = camera.ortho_m ? scale(camera.forward, -1) : sub(camera.eye, plane.middle);
      if (dot(plane.normal, to_eye) <= 0) continue;
      this.g.use(this.g.plane, {
        view_projection: camera.matrix,
        offset: sub(this.origin, camera.eye),
        base: [...(plane.level ? theme.ground : theme.wall), 1],
        ink: grid ? theme.grid : plane.level ? theme.ground : theme.wall,
        fade: plane.far.map((k) => k * (extent + camera.distance)),
        cell: [1 / tenth, 10 / tenth],
      });
      gl.bindVertexArray(plane.array);
      gl.drawArrays(gl.TRIANGLES, 0, 6);
    }
    gl.disable(gl.BLEND);
  }

  draw_statics() {
    const { gl } = this.g;
    if (!this.statics.count) return;
    this.g.use(this.g.mesh, { view_projection: this.camera.matrix });
    gl.bindVertexArray(this.statics.array);
    gl.vertexAttrib3f(3, ...sub(this.origin, this.camera.eye));
    gl.vertexAttrib4f(4, 0, 0, 0, 1);
    gl.vertexAttrib3f(5, 1, 1, 1);
    gl.vertexAttrib4f(6, 1, 1, 1, 1);
    gl.drawArrays(gl.TRIANGLES, 0, this.statics.count);
  }

  // Size on the screen decides, with 20 % of slack so that nothing flickers; the largest first
  // where there are too many.
  choose_levels(selection) {
    const { track, camera } = this;
    const wanted = [];
    for (let a = 0; a < track.num_agents; a++) {
      if (!track.shown(a)) continue;
      const depth = camera.depth(row3(track.position, a));
      if (!camera.ortho_m && !(depth > 0)) continue;
      const px = 2 * this.vehicles[a % this.vehicles.length].radius * camera.px_per_m(depth);
      const up = this.level[a] === 0 ? 1 : 1 / 1.2;
      const level = selection.has(a) && px > 4 ? 2 : px >= kNear_px * (this.level[a] > 1 ? up : 1)
        ? 2 : px >= kMid_px * up ? 1 : 0;
      if (level > 0) wanted.push([px + (selection.has(a) ? 1e6 : 0), a, level]);
    }
    this.level.fill(0);
    wanted.sort((x, y) => y[0] - x[0]);
    const left = this.limits.map((n) => Math.ceil(n * this.budget));
    for (const [, a, level] of wanted) {
      if (level === 2 && left[0]-- > 0) this.level[a] = 2;
      else if (left[1]-- > 0) this.level[a] = 1;
    }
  }

  push_instance(position, quat, size, color, alpha = 1) {
    const { eye } = this.camera;
    const d = this.instance_data;
    const at = d.take(14);
    for (let c = 0; c < 3; c++) {
      d.data[at + c] = position[c] - eye[c];
      d.data[at + 7 + c] = size[c];
      d.data[at + 10 + c] = color[c];
    }
    for (let c = 0; c < 4; c++) d.data[at + 3 + c] = quat[c];
    d.data[at + 13] = alpha;
  }

  draw_instances(mesh) {
    const { g } = this;
    const count = this.instance_data.length / 14;
    if (!count || !mesh.count) return;
    g.fill(this.instances, this.instance_data.filled());
    g.use(g.mesh, { view_projection: this.camera.matrix });
    g.gl.bindVertexArray(mesh.array);
    g.gl.drawArraysInstanced(g.gl.TRIANGLES, 0, mesh.count, count);
  }

  draw_props() {
    const { track } = this;
    const { props } = track.header.scene;
    for (let i = 0; i < track.num_props; i++) {
      const position = row3(track.prop_position, i);
      if (!position.every(Number.isFinite)) continue;
      const type = i % props.length;
      this.instance_data.clear();
      this.push_instance(position, row4(track.prop_quat, i), props[type].size, this.theme.prop);
      this.draw_instances(this.props[type]);
    }
  }

  each_vehicle(type, level, visit) {
    const { track } = this;
    for (let a = type; a < track.num_agents; a += this.vehicles.length) {
      if (track.shown(a) && level(this.level[a])) {
        visit(a, row3(track.position, a), row4(track.quat, a));
      }
    }
  }

  draw_vehicles(layers) {
    this.vehicles.forEach((vehicle, type) => {
      for (const [level, mesh] of [[2, vehicle.fine], [1, vehicle.coarse]]) {
        this.instance_data.clear();
        this.each_vehicle(type, (l) => l === level, (a, position, quat) =>
          this.push_instance(position, quat, [1, 1, 1], layers.color(a)));
        this.draw_instances(mesh);
      }
    });
  }

  draw_rotor_discs(layers) {
    this.vehicles.forEach((vehicle, type) => {
      if (!vehicle.discs) return;
      this.instance_data.clear();
      this.each_vehicle(type, (l) => l === 2, (a, position, quat) => {
        if (this.track.state[a] !== kDead) {
          this.push_instance(position, quat, [1, 1, 1],
            layers.color(a), 0.32);
        }
      });
      this.draw_instances(vehicle.discs);
    });
  }

  // Height is read from the distance to the shadow.
  draw_shadows() {
    const { track, g, camera } = this;
    const { floor_m } = track.header;
    const d = this.disc_data;
    d.clear();
    for (let a = 0; a < track.num_agents; a++) {
      if (!track.shown(a)) continue;
      const p = row3(track.position, a);
      const height = p[2] - floor_m;
      const alpha = this.theme.shadow * clamp(1 - height / 10, 0, 1);
      if (!(alpha > 0.01)) continue;
      const radius = 1.2 * this.vehicles[a % this.vehicles.length].radius * (1 + 0.15 * height);
      const shown = Math.max(radius, 2.2 / camera.px_per_m(camera.depth(p)));
      const at = d.take(28);
      [[-1, -1], [1, -1], [-1, 1], [1, 1]].forEach(([x, y], k) => {
        d.data.set([p[0] - camera.eye[0], p[1] - camera.eye[1],
          floor_m + 0.004 - camera.eye[2], shown, x, y, alpha], at + 7 * k);
      });
    }
    const count = d.length / 28;
    if (!count) return;
    const { gl } = g;
    if (count > this.quad_room) this.grow_quads(2 * count);
    g.fill(this.disc_stream, d.filled());
    g.blend();
    gl.depthMask(false);
    g.use(g.disc, { view_projection: camera.matrix });
    gl.bindVertexArray(this.disc_array);
    gl.drawElements(gl.TRIANGLES, 6 * count, gl.UNSIGNED_INT, 0);
    gl.depthMask(true);
    gl.disable(gl.BLEND);
  }

  draw_lines(lines) {
    const { g, camera } = this;
    const { gl } = g;
    const { eye } = camera;
    const d = this.line_data;
    d.clear();
    const ratio = this.canvas.width / camera.width;
    for (const { from, to, color, alpha, alpha_to, width, style } of lines) {
      let at = d.take(60);
      for (let k = 0; k < 4; k++, at += 15) {
        for (let c = 0; c < 3; c++) {
          d.data[at + c] = from[c] - eye[c];
          d.data[at + 3 + c] = to[c] - eye[c];
          d.data[at + 10 + c] = color[c];
        }
        d.data[at + 6] = k >> 1;
        d.data[at + 7] = k & 1 ? 1 : -1;
        d.data[at + 8] = width * ratio;
        d.data[at + 9] = style;
        d.data[at + 13] = alpha;
        d.data[at + 14] = alpha_to;
      }
    }
    if (!d.length) return;
    if (d.length / 60 > this.quad_room) this.grow_quads(d.length / 30);
    g.fill(this.line_stream, d.filled());
    g.use(g.line, { view_projection: camera.matrix,
      viewport: [this.canvas.width, this.canvas.height] });
    gl.bindVertexArray(this.line_array);
    gl.drawElements(gl.TRIANGLES, d.length / 10, gl.UNSIGNED_INT, 0);
  }

  // Far vehicles as shaded points, then marks.
  draw_sprites(layers) {
    const { g, camera, track } = this;
    const ratio = this.canvas.width / camera.width;
    const d = this.sprite_data;
    d.clear();
    const { eye } = camera;
    const put = (p, color, alpha, size, shape, turn) => {
      const at = d.take(10);
      for (let c = 0; c < 3; c++) {
        d.data[at + c] = p[c] - eye[c];
        d.data[at + 3 + c] = color[c];
      }
      d.data[at + 6] = alpha;
      d.data[at + 7] = size * ratio;
      d.data[at + 8] = shape;
      d.data[at + 9] = turn;
    };
    this.drawn = 0;
    for (let a = 0; a < track.num_agents; a++) {
      if (!track.shown(a)) continue;
      this.drawn++;
      if (this.level[a]) continue;
      const p = row3(track.position, a);
      const px = 2 * this.vehicles[a % this.vehicles.length].radius *
        camera.px_per_m(camera.depth(p));
      put(p, layers.color(a), 1, clamp(px, track.num_agents > 2000 ? 3 : 5, 9), kShape.ball, 0);
    }
    for (const { at, color, alpha, size, shape, turn, radius_m } of layers.sprites) {
      const k = camera.px_per_m(camera.depth(at));
      // what lies on the ground is not half below it, however small
      const [x, y, z] = at;
      const place = radius_m ? [x, y, Math.max(z, track.header.floor_m + kLift_px / k)] : at;
      put(place, color, alpha, Math.max(size, 2 * radius_m * k), shape,
        typeof turn === "number" ? turn : this.screen_turn(turn));
    }
    if (!d.length) return;
    g.fill(this.sprite_stream, d.filled());
    g.use(g.sprite, { view_projection: camera.matrix });
    g.gl.bindVertexArray(this.sprite_array);
    g.gl.drawArrays(g.gl.POINTS, 0, d.length / 10);
  }

  screen_turn({ from, to }) {
    const a = this.camera.project(from);
    const b = this.camera.project(to);
    return a && b ? Math.atan2(a[1] - b[1], b[0] - a[0]) : 0;
  }

  // Share of pixels that stand out from the empty sky, for tests. In the task that drew, or the
  // picture is gone.
  painted_share() {
    const { gl } = this.g;
    this.g.check();
    const { width, height } = this.canvas;
    const pixels = new Uint8Array(4 * width * height);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    let painted = 0;
    for (let y = 0, i = 0; y < height; y++) {
      const sky = this.theme.deep.map((v, c) => 255 * mix(v, this.theme.sky[c], y / height));
      for (let x = 0; x < width; x++, i += 4) {
        if (sky.some((v, c) => Math.abs(v - pixels[i + c]) > 40)) painted++;
      }
    }
    return painted / (width * height);
  }
}

function vehicle_radius({ kind, rotors, rotor_radius, size }) {
  if (kind !== "rotorcraft") return Math.hypot(...size) / 2;
  return Math.max(...rotors.map((r) => Math.hypot(r[0], r[1]))) + rotor_radius;
}
