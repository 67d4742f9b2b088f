// Triangles of everything that has a body. A vertex is position 3, normal 3, color 3, and how much
// of the color is the instance's own.

const kGraphite = [0.2, 0.22, 0.25];
const kMotor = [0.32, 0.34, 0.37];
const kGlass = [0.75, 0.8, 0.85];

class Mesh {
  constructor() {
    this.data = [];
  }

  triangle(a, b, c, color, own = 0) {
    const n = unit(cross(sub(b, a), sub(c, a)));
    for (const p of [a, b, c]) this.data.push(...p, ...n, ...color, own);
  }

  quad(a, b, c, d, color, own = 0) {
    this.triangle(a, b, c, color, own);
    this.triangle(a, c, d, color, own);
  }

  // A box; `top` below 1 narrows it upwards.
  box(center, size, color, own = 0, { yaw = 0, top = 1 } = {}) {
    const c = Math.cos(yaw);
    const s = Math.sin(yaw);
    const p = (x, y, z) => {
      const k = z > 0 ? top : 1;
      const u = x * size[0] * 0.5 * k;
      const v = y * size[1] * 0.5 * k;
      return [center[0] + c * u - s * v, center[1] + s * u + c * v, center[2] + z * size[2] * 0.5];
    };
    const e = [p(-1, -1, -1), p(1, -1, -1), p(1, 1, -1), p(-1, 1, -1),
      p(-1, -1, 1), p(1, -1, 1), p(1, 1, 1), p(-1, 1, 1)];
    for (const [i, j, k, l] of [[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5],
      [2, 3, 7, 6], [3, 0, 4, 7]]) this.quad(e[i], e[j], e[k], e[l], color, own);
  }

  // Upright, closed.
  cylinder(center, radius, height, sides, color, own = 0) {
    const at = (i, z) => [center[0] + radius * Math.cos((2 * Math.PI * i) / sides),
      center[1] + radius * Math.sin((2 * Math.PI * i) / sides), center[2] + z * height * 0.5];
    const top = add(center, [0, 0, height / 2]);
    const low = add(center, [0, 0, -height / 2]);
    for (let i = 0; i < sides; i++) {
      this.quad(at(i, -1), at(i + 1, -1), at(i + 1, 1), at(i, 1), color, own);
      this.triangle(top, at(i, 1), at(i + 1, 1), color, own);
      this.triangle(low, at(i + 1, -1), at(i, -1), color, own);
    }
  }

  sphere(center, radius, sides, color, own = 0) {
    const at = (i, j) => {
      const t = (2 * Math.PI * i) / sides;
      const u = (Math.PI * j) / (sides / 2) - Math.PI / 2;
      const n = [Math.cos(t) * Math.cos(u), Math.sin(t) * Math.cos(u), Math.sin(u)];
      return { p: add(center, scale(n, radius)), n };
    };
    for (let j = 0; j < sides / 2; j++) {
      for (let i = 0; i < sides; i++) {
        const e = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
        for (const k of [0, 1, 2, 0, 2, 3]) this.data.push(...e[k].p, ...e[k].n, ...color, own);
      }
    }
  }

  disc(center, radius, sides, color, own = 0) {
    const at = (i) => [center[0] + radius * Math.cos((2 * Math.PI * i) / sides),
      center[1] + radius * Math.sin((2 * Math.PI * i) / sides), center[2]];
    for (let i = 0; i < sides; i++) this.triangle(center, at(i), at(i + 1), color, own);
  }

  // Appends another mesh, turned, moved and scaled; in a color where one is given.
  place(mesh, position, quat, size, color = null) {
    const d = mesh.data;
    for (let i = 0; i < d.length; i += 10) {
      const p = [d[i] * size[0], d[i + 1] * size[1], d[i + 2] * size[2]];
      const n = [d[i + 3] / size[0], d[i + 4] / size[1], d[i + 5] / size[2]];
      this.data.push(...add(position, rotate(quat, p)), ...unit(rotate(quat, n)),
        ...(color || [d[i + 6], d[i + 7], d[i + 8]]), color ? 0 : d[i + 9]);
    }
  }
}

// One of extent 1 in each direction, all in the instance's color.
function unit_mesh(kind) {
  const mesh = new Mesh();
  const white = [1, 1, 1];
  if (kind === "sphere") mesh.sphere([0, 0, 0], 0.5, 20, white, 1);
  else if (kind === "cylinder") mesh.cylinder([0, 0, 0], 0.5, 1, 24, white, 1);
  else mesh.box([0, 0, 0], [1, 1, 1], white, 1);
  return mesh;
}

// Static bodies but planes, in world coordinates relative to `origin`.
function statics_mesh(statics, origin, color_of) {
  const mesh = new Mesh();
  for (const body of statics) {
    if (body.kind === "plane") continue;
    const color = color_of(body);
    const position = sub(body.position, origin);
    const own = new Mesh();
    if (body.triangles) {
      const corner = (i) => body.vertices.slice(3 * i, 3 * i + 3);
      for (let t = 0; t < body.triangles.length; t += 3) {
        const [a, b, c] = [0, 1, 2].map((k) => corner(body.triangles[t + k]));
        own.triangle(a, b, c, color);
      }
      mesh.place(own, position, body.quat, [1, 1, 1]);
    } else {
      const source = unit_mesh(body.kind);
      mesh.place(source, position, body.quat, body.size, color);
    }
  }
  return mesh;
}

// A finite part of a half space's face, as large as the bounds: corners, axes and normal.
function plane_patch(body, low, high) {
  const normal = rotate(body.quat, [0, 0, 1]);
  const center = scale(add(low, high), 0.5);
  const half = scale(sub(high, low), 0.5);
  const across = Math.abs(normal[2]) > 0.9 ? [1, 0, 0] : unit(cross([0, 0, 1], normal));
  const u = unit(sub(across, scale(normal, dot(across, normal))));
  const v = cross(normal, u);
  const reach = (t) => Math.abs(t[0]) * half[0] + Math.abs(t[1]) * half[1] +
    Math.abs(t[2]) * half[2];
  const middle = sub(center, scale(normal, dot(sub(center, body.position), normal)));
  return { normal, u, v, middle, reach: [reach(u), reach(v)] };
}

// A vehicle in full (`fine`) or with few triangles; rotor discs apart, since they are see-through.
function vehicle_meshes(vehicle) {
  if (vehicle.kind === "rover") return { fine: rover_mesh(vehicle), coarse: rover_mesh(vehicle) };
  if (vehicle.kind === "particle") {
    const make = (sides) => {
      const mesh = new Mesh();
      mesh.sphere(vehicle.offset, vehicle.size[0] / 2, sides, [1, 1, 1], 1);
      return mesh;
    };
    return { fine: make(16), coarse: make(6) };
  }
  return { fine: copter_mesh(vehicle, true), coarse: copter_mesh(vehicle, false),
    discs: discs_mesh(vehicle) };
}

function copter_mesh({ rotors, rotor_radius, size }, fine) {
  const mesh = new Mesh();
  const arm = Math.max(...rotors.map((r) => Math.hypot(r[0], r[1])), 1e-3);
  const body = 0.42 * arm;
  const height = clamp(size[2] * 0.5, 0.12 * arm, 0.4 * arm);
  const width = 0.13 * arm;
  // frame with a nose, so that one sees where it looks
  mesh.box([0, 0, 0], [2 * body, 1.3 * body, height], [1, 1, 1], 1, { top: 0.75 });
  const tip = [1.75 * body, 0, 0];
  const h = height / 2;
  const nose = [[body, -0.5 * body, -h], [body, 0.5 * body, -h], [body * 0.75, 0.4 * body, h],
    [body * 0.75, -0.4 * body, h]];
  for (let i = 0; i < 4; i++) mesh.triangle(nose[i], nose[(i + 1) % 4], tip, [0.95, 0.96, 0.97]);
  for (const [x, y, z] of rotors) {
    const length = Math.hypot(x, y);
    const yaw = Math.atan2(y, x);
    if (!fine) {
      const s = [(-Math.sin(yaw) * width) / 2, (Math.cos(yaw) * width) / 2, 0];
      mesh.quad(scale(s, -1), add([x, y, z], scale(s, -1)), add([x, y, z], s), s, kGraphite);
      mesh.disc([x, y, z + h], rotor_radius, 6, kGlass, 0.8);
      continue;
    }
    mesh.box([x / 2, y / 2, z / 2], [length, width, height * 0.5], kGraphite, 0, { yaw });
    mesh.cylinder([x, y, z + height * 0.2], 0.11 * arm, height * 1.1, 8, kMotor);
    mesh.cylinder([x, y, z - height * 0.7], 0.05 * arm, height * 0.9, 5, kGraphite);
    const blade = rotor_radius * 0.92;
    mesh.box([x, y, z + height * 0.85], [2 * blade, 0.16 * blade, 0.03 * blade], kGraphite, 0,
      { yaw: yaw + 0.6 });
  }
  return mesh;
}

function discs_mesh({ rotors, rotor_radius, size }) {
  const mesh = new Mesh();
  const arm = Math.max(...rotors.map((r) => Math.hypot(r[0], r[1])), 1e-3);
  const height = clamp(size[2] * 0.5, 0.12 * arm, 0.4 * arm);
  for (const [x, y, z] of rotors) {
    mesh.disc([x, y, z + height * 0.9], rotor_radius, 20, kGlass, 0.75);
  }
  return mesh;
}

function rover_mesh({ size, offset, track, wheel_radius }) {
  const mesh = new Mesh();
  const [x, y, z] = size;
  const low = offset[2] - z / 2;
  const deck = Math.max(0.3 * z, wheel_radius);
  const wide = Math.min(y, track) * 0.8;
  mesh.box([offset[0], offset[1], low + deck * 0.65], [x, wide, deck * 0.9], [1, 1, 1], 1);
  mesh.box([offset[0] - x * 0.1, offset[1], low + deck + (z - deck) * 0.3],
    [x * 0.65, wide * 0.8, (z - deck) * 0.6], kGraphite);
  mesh.cylinder([offset[0], offset[1], low + z * 0.9], x * 0.22, z * 0.16, 10, kMotor);
  mesh.box([offset[0] + x * 0.46, offset[1], low + deck * 1.15], [x * 0.12, wide * 0.5, deck * 0.2],
    [0.95, 0.96, 0.97]);
  // wheels: upright discs, turned about x
  const wheel = new Mesh();
  wheel.cylinder([0, 0, 0], wheel_radius, 0.12 * y, 14, [0.1, 0.11, 0.12]);
  const turn = [Math.SQRT1_2, 0, 0, Math.SQRT1_2];
  for (const side of [-1, 1]) {
    mesh.place(wheel, [offset[0], (side * track) / 2, low + wheel_radius], turn, [1, 1, 1]);
  }
  return mesh;
}
