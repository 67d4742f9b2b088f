// What tests ask of a page.

// Numbers of the present moment and, which takes a while, of its pixels.
function report_of(player, pixels) {
  const { track, camera, scene, layers } = player;
  if (!player.flat) scene.g.check();
  const agents = [0, Math.floor(track.num_agents / 2), track.num_agents - 1];
  return {
    renderer: player.flat ? "2d" : scene.g.renderer, flat: player.flat, time: player.time,
    step: track.steps[track.index], playing: player.playing, speed: player.speed,
    selection: [...player.selection], mode: camera.mode, drawn: scene.drawn,
    lines: layers.lines.length, sprites: layers.sprites.length,
    touching: layers.touching, notes: layers.notes, fates: [...layers.shown_fates], agents,
    positions: agents.map((a) => row3(track.position, a)),
    quats: agents.map((a) => row4(track.quat, a)), states: agents.map((a) => track.state[a]),
    on_screen: agents.map((a) => camera.project(row3(track.position, a))),
    gl_errors: player.flat ? [] : scene.g.errors, draw_ms: player.draw_ms,
    first_frame_ms: player.first_frame_ms, size: [camera.width, camera.height],
    painted: pixels && !player.flat ? scene.painted_share() : null,
  };
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
