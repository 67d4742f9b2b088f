// What time it is in the recording, and how it goes on. Whoever shows it gives `touch`, which asks
// for a picture, `say` and `select`.

class Clock {
  constructor(track) {
    this.track = track;
    this.time = 0;
    this.playing = false;
    this.direction = 1;
    this.speed = 1;
    this.achieved = 1;
    this.loop = true;
    this.in_s = 0;
    this.out_s = track.end_s;
    this.bookmarks = [];
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    // at its end a recording begins anew
    const done = this.direction > 0 ? this.time >= this.out_s - 1e-9 : this.time <= this.in_s + 1e-9;
    if (done) this.time = this.direction > 0 ? this.in_s : this.out_s;
    this.playing = true;
    this.before = null;
    this.touch();
  }

  pause() {
    this.playing = false;
    this.touch();
  }

  seek(time) {
    this.time = clamp(Number.isFinite(time) ? time : 0, 0, this.track.end_s);
    this.touch();
  }

  // A sample on or back; pauses.
  step(count) {
    this.playing = false;
    const { track } = this;
    let i = track.index_at(this.time);
    if (count < 0 && this.time > track.times[i] + 1e-9) i++;
    this.seek(track.times[clamp(i + count, 0, track.num_times - 1)]);
  }

  set_speed(speed) {
    if (!(speed > 0)) return;
    this.speed = clamp(2 ** Math.round(Math.log2(speed)), 1 / 64, 64);
    document.getElementById("speed").value = this.speed;
    this.touch();
  }

  shuttle(direction) {
    if (this.playing && this.direction === direction) this.set_speed(this.speed * 2);
    else this.set_speed(1);
    this.direction = direction;
    this.play();
  }

  mark_in() {
    this.in_s = Math.min(this.time, this.out_s);
    this.touch();
  }

  mark_out() {
    this.out_s = Math.max(this.time, this.in_s);
    this.touch();
  }

  toggle_loop() {
    this.loop = !this.loop;
    this.touch();
  }

  bookmark() {
    const near = this.bookmarks.findIndex((t) => Math.abs(t - this.time) < 1e-6);
    if (near >= 0) this.bookmarks.splice(near, 1);
    else this.bookmarks.push(this.time);
    this.touch();
  }

  next_event(direction) {
    const marks = this.track.events.map((e) => e.time).concat(this.bookmarks);
    const ahead = marks.filter((t) => direction * (t - this.time) > 1e-6);
    if (!ahead.length) {
      this.say(direction > 0 ? "no event after this" : "no event before this");
      return;
    }
    this.seek(direction > 0 ? Math.min(...ahead) : Math.max(...ahead));
    const here = this.track.events.find((e) => Math.abs(e.time - this.time) < 1e-6);
    if (here && here.agent !== undefined) this.select(here.agent);
  }

  reset() {
    Object.assign(this, { in_s: 0, out_s: this.track.end_s, loop: true, direction: 1 });
    this.set_speed(1);
    this.seek(0);
  }

  advance(now) {
    if (!this.playing || this.timebar.dragging) {
      this.before = null;
      return;
    }
    if (this.before !== null) {
      // a page that was hidden does not jump
      const wall_s = Math.min(0.25, (now - this.before) / 1000);
      const real_s = (now - this.before) / 1000;
      this.achieved = mix(this.achieved, (wall_s / Math.max(real_s, 1e-6)) * this.speed, 0.1);
      this.time += this.direction * this.speed * wall_s;
    }
    this.before = now;
    const span = this.out_s - this.in_s;
    if (this.time > this.out_s || this.time < this.in_s) {
      const over = this.direction > 0 ? this.time - this.out_s : this.in_s - this.time;
      if (over > 0 && this.loop && span > 0) {
        this.time = this.direction > 0 ? this.in_s + (over % span) : this.out_s - (over % span);
      } else if (over > 0) {
        this.time = this.direction > 0 ? this.out_s : this.in_s;
        this.playing = false;
      }
    }
  }
}
