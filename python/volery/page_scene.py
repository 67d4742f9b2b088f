"""What stands and flies in a page: the scene and the vehicles of a config as plain tables."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery import _volery
from volery.plot_solids import Points, scene_table

_MAX_TRIANGLES = 50000  # of all meshes of a page; beyond, a mesh is shown as its box


def scene_of(scene: Any) -> dict[str, Any]:
    """Returns the scene of a config for a page: bounds, statics and props.

    Meshes and hulls come as vertices and triangles, whatever they were given as.

    Args:
        scene: Name, path or table, as in a config.

    Raises:
        OSError: For a file that cannot be read.
        ValueError: For a mesh file of another kind.
    """
    table = scene_table(scene)
    folder = Path(scene).parent if isinstance(scene, str) and scene.endswith(".toml") else Path()
    left = _MAX_TRIANGLES
    statics = []
    for number, static in enumerate(table.get("statics", [])):
        body = _body(static, f"static {number}")
        if body["kind"] in ("hull", "mesh"):
            vertices, triangles = _triangles(static, folder)
            if len(triangles) > left:
                vertices, triangles = _box_around(vertices)
                body["name"] += " (shown as its box)"
            left -= len(triangles)
            body["vertices"] = [round(float(v), 4) for v in vertices.ravel()]
            body["triangles"] = [int(i) for i in triangles.ravel()]
        statics.append(body)
    props = [_body(prop, f"prop {i}") for i, prop in enumerate(table.get("props", []))]
    return {
        "name": str(table.get("name") or (scene if isinstance(scene, str) else "own")),
        "doc": str(table.get("doc", "")),
        "low": [float(v) for v in table.get("bounds_low_m", (-50, -50, -1))],
        "high": [float(v) for v in table.get("bounds_high_m", (50, 50, 50))],
        "statics": statics,
        "props": props,
        "cables": _cables(table),
    }


def vehicles_of(vehicle: Any) -> list[dict[str, Any]]:
    """Returns the types of a fleet for a page, as agents take them in turn.

    Args:
        vehicle: Name, path or table, or a list of them, as in a config.
    """
    return [_vehicle(v) for v in (vehicle if isinstance(vehicle, list) else [vehicle])]


def teams_of(teams: Sequence[str], num_agents: int) -> tuple[list[str], list[int]]:
    """Returns the names of the teams and the team of each agent, as the engine numbers them."""
    names = list(dict.fromkeys(teams))
    return names, [names.index(teams[i % len(teams)]) if teams else 0 for i in range(num_agents)]


def _body(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {
        "kind": str(table.get("kind", "box")),
        "name": str(table.get("name") or name),
        "position": [float(v) for v in table.get("position_w_m", (0, 0, 0))],
        "quat": _quat(*(float(v) for v in table.get("rpy_rad", (0, 0, 0)))),
        "size": [float(v) for v in table.get("size_m", (1, 1, 1))],
    }


def _cables(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns the cables with what each end is tied to, by kind and number, and where."""
    names = [prop.get("name") for prop in table.get("props", [])]

    def end(cable: Mapping[str, Any], which: str, default: str) -> dict[str, Any]:
        text = str(cable.get(which, default))
        if text == "world":
            return {"of": "world", "at": [float(v) for v in cable.get("anchor_w_m", (0, 0, 0))]}
        at = [float(v) for v in cable.get(f"attach_{which}_b_m", (0, 0, 0))]
        if text == "agents":
            return {"of": "agents", "at": at}
        if text in names:
            return {"of": "prop", "number": names.index(text), "at": at}
        word, _, number = text.partition(" ")
        return {"of": word, "number": int(number), "at": at}

    return [
        {
            "a": end(cable, "a", "agent 0"),
            "b": end(cable, "b", "prop 0"),
            "length": float(cable.get("length_m", 0.5)),
        }
        for cable in table.get("cables", [])
    ]


def _vehicle(vehicle: Any) -> dict[str, Any]:
    config = _volery.Vehicle(vehicle).config
    collision = config["collision"]
    return {
        "name": config["name"] or "own",
        "kind": config["kind"],
        "rotors": [[*rotor["position_b_m"], rotor["spin"]] for rotor in config["rotors"]],
        "rotor_radius": config["rotor_radius_m"],
        "shape": collision["shape"],
        "size": list(collision["size_m"]),
        "offset": list(collision["offset_b_m"]),
        "track": config["rover"]["track_m"],
        "wheel_radius": config["rover"]["wheel_radius_m"],
    }


def _quat(roll: float, pitch: float, yaw: float) -> list[float]:
    """Returns x, y, z, w of turns about world x, then y, then z."""
    cr, sr = math.cos(roll / 2), math.sin(roll / 2)
    cp, sp = math.cos(pitch / 2), math.sin(pitch / 2)
    cy, sy = math.cos(yaw / 2), math.sin(yaw / 2)
    return [
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
        cr * cp * cy + sr * sp * sy,
    ]


def _triangles(static: Mapping[str, Any], folder: Path) -> tuple[Points, NDArray[np.int64]]:
    if static.get("file"):
        vertices, triangles = _read_mesh(_found(str(static["file"]), folder))
        vertices = vertices * float(static.get("file_unit_m", 1))
    else:
        vertices = np.array(static.get("vertices_m", ()), dtype=float).reshape(-1, 3)
        triangles = np.array(static.get("triangles", ()), dtype=np.int64).reshape(-1, 3)
    return (vertices, hull_faces(vertices)) if static["kind"] == "hull" else (vertices, triangles)


def _found(name: str, folder: Path) -> Path:
    places = [folder / name, Path(_volery.assets_folder()) / "meshes" / name]
    for place in places:
        if place.is_file():
            return place
    raise FileNotFoundError(f"scene: no such mesh file as {places[0]} or {places[1]}")


def _read_mesh(path: Path) -> tuple[Points, NDArray[np.int64]]:
    data = path.read_bytes()
    if path.suffix.lower() == ".obj":
        return _read_obj(data.decode(errors="replace"))
    if path.suffix.lower() != ".stl":
        raise ValueError(f"{path}: must end in .obj or .stl")
    count = struct.unpack_from("<I", data, 80)[0] if len(data) >= 84 else 0
    if len(data) == 84 + 50 * count:
        rows = np.frombuffer(data, np.uint8, offset=84).reshape(count, 50)[:, 12:48]
        corners = np.frombuffer(rows.tobytes(), "<f4").reshape(-1, 3).astype(float)
    else:
        lines = (line.split() for line in data.decode(errors="replace").splitlines())
        corners = np.array([p[1:4] for p in lines if p[:1] == ["vertex"]], dtype=float)
    vertices, index = np.unique(corners.reshape(-1, 3), axis=0, return_inverse=True)
    return vertices, index.reshape(-1, 3).astype(np.int64)


def _read_obj(text: str) -> tuple[Points, NDArray[np.int64]]:
    vertices: list[list[float]] = []
    triangles: list[list[int]] = []
    for line in text.splitlines():
        words = line.split("#", 1)[0].split()
        if words[:1] == ["v"]:
            vertices.append([float(v) for v in words[1:4]])
        elif words[:1] == ["f"]:
            numbers = [int(word.split("/", 1)[0]) for word in words[1:]]
            face = [n - 1 if n > 0 else len(vertices) + n for n in numbers]
            triangles += [[face[0], face[i], face[i + 1]] for i in range(1, len(face) - 1)]
    return (
        np.array(vertices, dtype=float).reshape(-1, 3),
        np.array(triangles, dtype=np.int64).reshape(-1, 3),
    )


def _box_around(vertices: Points) -> tuple[Points, NDArray[np.int64]]:
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=float)
    corners = low + corners * (high - low)
    return corners, hull_faces(corners)


def hull_faces(points: Points) -> NDArray[np.int64]:
    """Returns the triangles of the convex hull of points (n, 3), outward, by wrapping.

    Each edge of a face found finds the face on its other side: the point that leaves all others
    behind. O(faces n) in vectors, for at most some hundred points.
    """
    center = points.mean(axis=0) if len(points) else np.zeros(3)
    scale = float(np.abs(points - center).max(initial=0))
    if len(points) < 4 or scale == 0:
        return np.zeros((0, 3), np.int64)
    # moved by a hundred thousandth, so that no four points lie in a plane: flat faces are cut into
    # triangles in some way, and nobody sees the difference
    shake = np.random.default_rng(0).uniform(-1e-5, 1e-5, points.shape)
    local = (points - center) / scale + shake
    first = _first_face(local)
    faces = [first]
    open_edges = {(first[i], first[(i + 1) % 3]) for i in range(3)}
    while open_edges and len(faces) < 2 * len(points):
        a, b = open_edges.pop()
        face = (b, a, _apex(local, b, a))
        faces.append(face)
        for edge in ((face[1], face[2]), (face[2], face[0])):
            if edge[::-1] in open_edges:
                open_edges.discard(edge[::-1])
            else:
                open_edges.add(edge)
    return np.array(faces, dtype=np.int64)


def _first_face(local: Points) -> tuple[int, int, int]:
    """Returns a face: the lowest point, an edge of the hull's outline there, and its apex."""
    a = int(local[:, 2].argmin())
    away = local - local[a]
    angle = np.arctan2(away[:, 2], away[:, 0])
    angle[a] = np.inf
    b = int(angle.argmin())
    # seen along y this edge is at the rim, so a face on one side of it is as good as the other
    return (a, b, _apex(local, a, b))


def _apex(local: Points, a: int, b: int) -> int:
    """Returns the point that has all others behind the face of it and the edge a to b."""
    normals = np.cross(local[b] - local[a], local - local[a])
    best = next(i for i in range(len(local)) if i not in (a, b))
    for c in range(best + 1, len(local)):
        if c not in (a, b) and normals[best] @ (local[c] - local[a]) > 0:
            best = c
    return best
