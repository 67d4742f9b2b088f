"""Pages: what is packed into them, from flights and from recordings."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from volery import Batch, page, page_scene
from volery.cli import main
from volery.page_codec import (
    MISSING,
    Container,
    quantised_positions,
    quantised_turns,
)
from volery.page_flights import fly, track_of
from volery.page_packets import PACKET, PacketLog
from volery.page_sampler import Sampler
from volery.page_track import ABSENT, ALIVE, DEAD, OVER, TOUCH_AGENT, TOUCH_SCENE, Track
from volery.recording import Recording

CODE_BUDGET = 60_000  # markup, script and the page around them, packed as they are stored
PAGE_BUDGET = 3_000_000  # 64 drones for 60 s
# 10 bits in [-sqrt(1/2), sqrt(1/2)]: half a step in three components, the fourth follows
TURN_TOL_RAD = 4e-3


class Page:
    """A page read again, by a reader of its own."""

    def __init__(self, text: str) -> None:
        self.text = text
        start = text.index(">", text.index('id="volery-data"')) + 1
        raw = gzip.decompress(base64.b64decode(text[start : text.index("</script>", start)]))
        assert raw[:4] == b"VOLP"
        length = int.from_bytes(raw[4:8], "little")
        self.header = json.loads(raw[8 : 8 + length])
        self.data = raw[8 + length :]

    def blob(self, name: str) -> np.ndarray[Any, Any]:
        entry = self.header["blobs"][name]
        part = self.data[entry["at"] : entry["at"] + entry["size"]]
        if entry["type"] == "delta16":
            return undelta(np.frombuffer(part, np.uint8), entry)
        kinds = {"f32": "<f4", "f64": "<f8", "u8": "u1", "u16": "<u2", "u32": "<u4"}
        return np.frombuffer(part, kinds[entry["type"]]).reshape(entry["shape"])

    def positions(self, blob: str, header: str) -> np.ndarray[Any, Any]:
        planes = self.blob(blob)
        low, step = (np.array(self.header[header][k]) for k in ("low", "step"))
        return low + planes.reshape(len(planes), 3, -1).transpose(0, 2, 1) * step


def undelta(planes: np.ndarray[Any, Any], entry: dict[str, Any]) -> np.ndarray[Any, Any]:
    rows, width = entry["shape"]
    folded = planes[: rows * width].astype(int) + 256 * planes[rows * width :].astype(int)
    signed = (folded >> 1) ^ -(folded & 1)
    out = np.zeros((rows, width), int)
    for t in range(rows):
        since = t % entry["key"]
        if since == 0:
            out[t] = folded.reshape(rows, width)[t]
        elif since == 1:
            out[t] = (out[t - 1] + signed.reshape(rows, width)[t]) % 65536
        else:
            out[t] = (2 * out[t - 1] - out[t - 2] + signed.reshape(rows, width)[t]) % 65536
    return out


def turn_of(first: int, second: int, third: int) -> np.ndarray[Any, Any]:
    largest = first >> 10
    small = (np.array([first & 1023, second, third]) / 1023 - 0.5) * np.sqrt(2)
    return np.insert(small, largest, np.sqrt(1 - (small**2).sum()))


@pytest.fixture(scope="module")
def flight() -> Track:
    return fly("search_relay", 6, steps=150, seed=3)


def test_positions_come_back_to_half_a_step(flight: Track) -> None:
    read = Page(page.page_text(flight))
    error = np.abs(read.positions("positions", "position") - flight.positions_w_m)
    # and the rounding of float32
    tolerance = 0.5 * np.array(read.header["position"]["step"]) + 1e-6
    assert (error <= tolerance).all()
    # 16 bits over a hall of 16 m
    assert tolerance.max() < 2e-4


def test_attitudes_come_back_to_a_quarter_of_a_degree(flight: Track) -> None:
    planes = Page(page.page_text(flight)).blob("turns").reshape(len(flight.times_s), 3, -1)
    for t in (0, 40, -1):
        for a in range(flight.num_agents):
            read, true = turn_of(*planes[t, :, a]), flight.quats_wb_xyzw[t, a]
            assert 2 * np.arccos(min(1, abs(read @ true))) < TURN_TOL_RAD


@pytest.mark.parametrize("component", range(4))
def test_any_component_of_an_attitude_may_be_the_largest(component: int) -> None:
    quat = np.full(4, 0.1, np.float32)
    quat[component] = -0.9
    planes = quantised_turns(quat[None, None])
    read = turn_of(*(int(v) for v in planes[0]))
    assert abs(read @ quat) / np.linalg.norm(quat) > np.cos(TURN_TOL_RAD / 2)


def test_an_attitude_of_zeros_is_shown_upright() -> None:
    planes = quantised_turns(np.zeros((1, 1, 4), np.float32))
    np.testing.assert_allclose(turn_of(*(int(v) for v in planes[0])), (0, 0, 0, 1), atol=2e-3)


def test_what_is_not_finite_is_kept_apart_from_positions() -> None:
    positions = np.array([[[0, 0, 0], [np.nan, 1, 2], [3, 4, 5]]], np.float32)
    planes, low, step = quantised_positions(positions)
    assert planes.reshape(3, 3)[:, 1].tolist() == [MISSING] * 3
    np.testing.assert_allclose(np.array(low) + np.array(step) * 65534, (3, 4, 5))
    empty, _, _ = quantised_positions(np.full((2, 1, 3), np.inf, np.float32))
    assert (empty == MISSING).all()


@pytest.mark.parametrize("key", [1, 2, 7, 100])
def test_differences_give_the_rows_again_whatever_they_are(key: int) -> None:
    rows = np.random.default_rng(0).integers(0, 65536, (23, 5)).astype(np.uint16)
    blobs = Container()
    blobs.add_deltas("rows", rows, key)
    text = '<script id="volery-data">' + blobs.text({}) + "</script>"
    np.testing.assert_array_equal(Page(text).blob("rows"), rows)


def test_the_page_knows_what_was_flown(flight: Track) -> None:
    header = Page(page.page_text(flight)).header
    assert (header["task"], header["agents"], header["seed"]) == ("search_relay", 6, 3)
    assert header["step_s"] == pytest.approx(1 / 30)
    assert header["range_m"] == [4.0]
    assert header["scene"]["name"] == "hall"
    assert len(header["vehicles"][0]["rotors"]) == 4
    assert header["fates"][0] == "delivered"


def test_the_same_flight_gives_the_same_page(flight: Track) -> None:
    assert page.page_text(flight) == page.page_text(flight)


def test_the_page_asks_nothing_of_the_network(flight: Track) -> None:
    text = page.page_text(flight).lower()
    code = (page.player_markup() + page.player_code()).lower()
    for word in ("http://", "https://", "<link rel=stylesheet", "import(", "fetch(", "@import"):
        assert word not in text
        assert word not in code


def test_the_player_keeps_to_its_budget() -> None:
    frame = (Path(page.__file__).parent / "web" / "page.html").read_text()
    size = len(frame) + sum(len(part) for part in page.packed_player().values())
    print(f"the player takes {size} bytes")
    assert size < CODE_BUDGET


def test_64_drones_for_a_minute_fit_in_3_mb(tmp_path: Path) -> None:
    track = fly("formation", 64, steps=1800, seed=1, scene="flock", radio="formation")
    assert page.write_page(track, tmp_path / "page.html").stat().st_size <= PAGE_BUDGET


def test_a_title_cannot_break_out_of_the_page(flight: Track) -> None:
    title = "</script><script>alert(1)</script> Schwärme 群 \ud800"
    text = page.page_text(flight, title)
    assert "<script>alert" not in text
    assert "&lt;/script&gt;" in text
    assert Page(text).header["title"] == title.replace("\ud800", "?")


def test_a_page_that_is_too_large_is_refused_with_advice(flight: Track, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    with pytest.raises(ValueError, match=r"6 agents x 5 s at .* MB, more than .* try rate_hz = \d"):
        page.write_page(flight, out, max_bytes=50_000)
    assert not out.exists()


def test_a_page_that_cannot_be_written_says_so(flight: Track, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        page.write_page(flight, tmp_path / "file" / "page.html")


def test_folders_are_made_for_a_page(flight: Track, tmp_path: Path) -> None:
    assert page.write_page(flight, tmp_path / "a" / "b" / "page.html").exists()


def test_a_reset_in_the_middle_cuts_the_track() -> None:
    track = fly("hover", 2, steps=100, seed=0, episode_s=1)
    # 30 steps to the end of an episode, and one that resets
    cuts = np.flatnonzero(track.cut)
    assert len(cuts) == 3
    assert (track.episode_s[cuts] == 0).all()
    # the end by time is nobody's death
    assert (track.life[cuts - 1] == OVER).all()
    assert (track.life != DEAD).all()


def test_the_end_of_a_recording_is_kept_whatever_the_rate() -> None:
    track = fly("hover", 1, steps=50, seed=0, rate_hz=2)
    assert track.steps[-1] == 50
    assert track.steps[1] == 15
    np.testing.assert_allclose(track.times_s, track.steps / 30)


def test_who_crashes_is_dead_and_who_joins_was_absent() -> None:
    action = {"action": "rotor", "on_crash": "terminate_agent"}
    track = fly("hover", 4, steps=60, seed=1, policy="random", **action)
    assert (track.life[0] == ALIVE).all()
    assert (track.life == DEAD).any()
    late = fly("formation", 3, steps=40, seed=1, join_s=[0.0, 0.5, 1.0])
    assert late.life[0].tolist() == [ALIVE, ABSENT, ABSENT]
    assert late.life[-1].tolist() == [ALIVE, ALIVE, ALIVE]


def test_a_touch_between_two_samples_is_kept() -> None:
    options = {"action": "rotor", "on_crash": "continue", "scene": "room"}
    with Batch("hover", 1, 4, seed=1, **options) as batch:
        pilot = batch.baseline("random", seed=1)
        observation = batch.reset()
        slow, touched = Sampler(batch, rate_hz=3), np.zeros((61, 4), int)
        slow.sample(just_reset=True)
        for step in range(1, 61):
            observation = batch.step(pilot.act(observation))[0]
            slow.sample(last=step == 60)
            scene, agent = (batch.state(f"touch_{n}")[0, :, 0] for n in ("static", "agent"))
            touched[step] = TOUCH_SCENE * (scene > 0) | TOUCH_AGENT * (agent > 0)
    track = slow.track()
    assert track.touch is not None
    assert track.touch.any()
    for sample in range(1, len(track.steps)):
        span = touched[track.steps[sample - 1] + 1 : track.steps[sample] + 1]
        np.testing.assert_array_equal(track.touch[sample], np.bitwise_or.reduce(span))
    assert (np.count_nonzero(track.touch) > np.count_nonzero(touched[track.steps])).all()


def test_wind_is_the_mean_over_who_flies() -> None:
    still = fly("hover", 2, steps=10)
    assert still.wind_w_mps is None
    assert "wind" not in Page(page.page_text(still)).header["blobs"]
    track = fly("hover", 2, steps=10, wind={"mean_w_mps": [3.0, -1.0, 0.5]})
    assert track.wind_w_mps is not None
    np.testing.assert_allclose(track.wind_w_mps, [[3, -1, 0.5]] * len(track.times_s), atol=1e-6)
    np.testing.assert_array_equal(
        Page(page.page_text(track)).blob("wind"), track.wind_w_mps.astype(np.float32)
    )


def test_landmarks_come_back_as_they_were(flight: Track) -> None:
    read, marks = Page(page.page_text(flight)), flight.landmarks
    assert [tuple(look) for look in read.header["looks"]] == flight.landmark_looks
    np.testing.assert_array_equal(read.blob("landmark_span").T, [marks["first"], marks["end"]])
    np.testing.assert_array_equal(read.blob("landmark_look"), marks["look"])
    place = read.blob("landmark_place")
    np.testing.assert_array_equal(place[:, :3], marks["position_w_m"])
    np.testing.assert_array_equal(place[:, 3:6], marks["axis_w"])
    np.testing.assert_array_equal(place[:, 6], marks["radius_m"])
    assert "looks" not in Page(page.page_text(fly("hover", 1, steps=1))).header


def test_a_recording_knows_the_seed_of_its_worlds(recorded: Path) -> None:
    assert Recording(recorded).seeds == [3, 4]
    assert track_of(recorded, 1).seed == 4


def test_a_seed_that_browsers_cannot_count_to_is_text() -> None:
    track = fly("hover", 1, steps=1, seed=2**53 + 1)
    assert Page(page.page_text(track)).header["seed"] == str(2**53 + 1)


def test_figures_of_the_reward_add_up(flight: Track) -> None:
    by_name = {s.name: s.values for s in flight.series}
    terms = [v for name, v in by_name.items() if name.startswith("reward: ")]
    assert len(terms) == 3
    np.testing.assert_allclose(sum(terms), by_name["reward"], atol=1e-6)


def test_fates_are_counted_even_where_packets_are_left_out(flight: Track) -> None:
    assert flight.fate_counts.sum() >= flight.packets_total
    shown = flight.fates.index("delivered")
    assert flight.fate_counts[:, shown].sum() == (flight.packets["fate"] == shown).sum()


def packets_of(senders: list[int]) -> np.ndarray[Any, Any]:
    rows = np.zeros(len(senders), PACKET)
    rows["sender"] = senders
    return rows


def test_a_log_that_is_full_keeps_whole_steps_evenly() -> None:
    log = PacketLog(capacity=160)
    for step in range(100):
        log.add(step, packets_of(list(range(10))))
    assert (log.total, log.stride, log.sender_stride) == (1000, 8, 1)
    assert len(log.result()) == 130


def test_a_log_of_very_many_senders_keeps_some_of_them_whole() -> None:
    log = PacketLog(capacity=160)
    log.add(0, packets_of([s for s in range(32) for _ in range(3)]))
    assert log.sender_stride == 16
    assert log.result()["sender"].tolist() == [0] * 3 + [16] * 3
    # one sender is kept, however much it sends
    alone = PacketLog(capacity=16)
    alone.add(0, packets_of([7] * 40))
    assert len(alone.result()) == 40


@pytest.mark.parametrize("scene", ["arch", "gates"])
def test_hulls_and_meshes_come_as_triangles(scene: str) -> None:
    bodies = page_scene.scene_of(scene)["statics"]
    shaped = [b for b in bodies if b["kind"] in ("hull", "mesh")]
    assert shaped
    for body in shaped:
        corners = np.array(body["triangles"])
        assert corners.size % 3 == 0
        assert corners.size > 0
        assert corners.max() < len(body["vertices"]) / 3


@pytest.mark.parametrize("count", [4, 20, 200])
def test_a_hull_holds_its_points_and_is_closed(count: int) -> None:
    points = np.random.default_rng(count).normal(size=(count, 3))
    faces = page_scene.hull_faces(points)
    a, b, c = (points[faces[:, i]] for i in range(3))
    normals = np.cross(b - a, c - a)
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    above = np.einsum("fpc,fc->fp", points[None] - a[:, None], normals)
    # points are moved by a hundred thousandth of the extent
    assert above.max() < 1e-3
    edges = {(f[i], f[(i + 1) % 3]) for f in faces.tolist() for i in range(3)}
    assert len(edges) == 3 * len(faces)
    assert all((j, i) in edges for i, j in edges)


def test_a_hull_of_a_box_has_the_volume_of_the_box() -> None:
    corners = np.array([[x, y, z] for x in (0, 2) for y in (0, 3) for z in (0, 4)], float)
    faces = page_scene.hull_faces(corners)
    a, b, c = (corners[faces[:, i]] for i in range(3))
    assert np.einsum("ij,ij->", a, np.cross(b, c)) / 6 == pytest.approx(24)
    assert page_scene.hull_faces(np.zeros((5, 3))).shape == (0, 3)


def test_mesh_files_of_each_kind_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.obj").write_text("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1/1 2/2 3/3 -1\n")
    text = "solid x\n" + "vertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\n"
    (tmp_path / "b.stl").write_text(text)
    corners = np.array([[0, 0, 0], [0, 0, 1], [1, 0, 0]], "<f4").tobytes()
    record = b"\0" * 12 + corners + b"\0\0"
    (tmp_path / "c.stl").write_bytes(b"\0" * 80 + (1).to_bytes(4, "little") + record)
    for name, triangles in (("a.obj", 2), ("b.stl", 1), ("c.stl", 1)):
        static = {"kind": "mesh", "file": str(tmp_path / name), "file_unit_m": 0.5}
        body = page_scene.scene_of({"statics": [static]})["statics"][0]
        assert len(body["triangles"]) == 3 * triangles
        assert max(body["vertices"]) == 0.5
    with pytest.raises(FileNotFoundError, match="no such mesh file"):
        page_scene.scene_of({"statics": [{"kind": "mesh", "file": "none.obj"}]})
    (tmp_path / "d.ply").write_text("")
    with pytest.raises(ValueError, match=r"must end in \.obj or \.stl"):
        page_scene.scene_of({"statics": [{"kind": "mesh", "file": str(tmp_path / "d.ply")}]})


def test_a_mesh_of_very_many_triangles_is_shown_as_its_box(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_scene, "_MAX_TRIANGLES", 10)
    body = next(b for b in page_scene.scene_of("gates")["statics"] if b["kind"] == "mesh")
    assert body["name"] == "first gate (shown as its box)"
    assert len(body["triangles"]) == 3 * 12


def test_cables_say_what_their_ends_are_tied_to() -> None:
    cable = page_scene.scene_of("sling")["cables"][0]
    assert cable["a"] == {"of": "agents", "at": [0, 0, 0]}
    assert cable["b"] == {"of": "prop", "number": 0, "at": [0, 0, 0.025]}
    assert cable["length"] == 1.2
    own = {"a": "agent 2", "b": "world", "anchor_w_m": [1, 2, 3]}
    cable = page_scene.scene_of({"cables": [own]})["cables"][0]
    assert (cable["a"]["of"], cable["a"]["number"]) == ("agent", 2)
    assert cable["b"] == {"of": "world", "at": [1, 2, 3]}


def test_teams_are_numbered_by_their_first_place() -> None:
    assert page_scene.teams_of(["b", "a"], 3) == (["b", "a"], [0, 1, 0])
    assert page_scene.teams_of([], 2) == ([], [0, 0])


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two worlds for 90 steps; the second was reset from outside after 40."""
    path = tmp_path_factory.mktemp("recorded") / "Schwärme 群.vrec"
    with Batch("search_relay", 2, 6, seed=3) as batch:
        pilot = batch.baseline(seed=3)
        observation = batch.reset()
        with batch.record(path):
            for step in range(90):
                if step == 40:
                    observation = batch.reset(mask=np.array([False, True]))
                observation = batch.step(pilot.act(observation))[0]
    return path


@pytest.mark.parametrize("world", [0, 1])
def test_a_page_of_a_recording_holds_its_poses(recorded: Path, tmp_path: Path, world: int) -> None:
    out = page.write_page(recorded, tmp_path / "page.html", world=world, rate_hz=10)
    read = Page(out.read_text(encoding="utf-8"))
    recording = Recording(recorded)
    positions = read.positions("positions", "position")
    tolerance = 0.5 * np.array(read.header["position"]["step"]) + 1e-6
    for sample, step in enumerate(read.blob("steps")):
        recording.seek(int(step))
        true = recording.state("position_w_m")[world]
        assert (np.abs(positions[sample] - true) <= tolerance).all()
    assert read.blob("steps")[-1] == 90
    assert read.header["world"] == world
    # packets are kept though the run did not ask for a trace
    assert read.header["packets_total"] > 0
    assert np.flatnonzero(read.blob("cut")).size == world


def test_a_reset_from_outside_is_a_cut(recorded: Path) -> None:
    track = track_of(recorded, 1)
    assert track.steps[track.cut].tolist() == [41]
    assert track_of(Recording(recorded), 0).cut.sum() == 0


def test_a_recording_with_autoreset_is_cut_where_episodes_begin(tmp_path: Path) -> None:
    for mode, begins in (("next_step", [16, 32]), ("same_step", [15, 30])):
        path = tmp_path / f"{mode}.vrec"
        with Batch("hover", 1, 2, episode_s=0.5, autoreset=mode) as batch:
            batch.reset()
            with batch.record(path):
                for _ in range(40):
                    batch.step(np.zeros((1, 2, batch.action_size), np.float32))
        assert track_of(path).steps[track_of(path).cut].tolist() == begins


def test_what_is_no_recording_is_refused(recorded: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"world = 2: must be in \[0, 1\]"):
        page.write_page(recorded, tmp_path / "page.html", world=2)
    with pytest.raises(OSError, match=r"none\.vrec"):
        page.write_page(tmp_path / "none.vrec", tmp_path / "page.html")
    (tmp_path / "other.vrec").write_text("not a recording")
    with pytest.raises(OSError, match=r"other\.vrec"):
        page.write_page(tmp_path / "other.vrec", tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_the_program_writes_a_page(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page.html"
    assert main(["replay", str(recorded), "--html", str(out)]) == 0
    assert str(out) in capsys.readouterr().out
    assert Page(out.read_text(encoding="utf-8")).header["agents"] == 6


def test_a_world_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"rate_hz = 0: must be in"):
        fly("hover", 1, steps=1, rate_hz=0)
