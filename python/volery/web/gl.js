// A thin layer over WebGL2: programs, buffers that grow, errors that are counted.

class Gl {
  constructor(canvas) {
    // smooth edges are our own business: software drops them while something moves
    const wanted = { antialias: false, powerPreference: "high-performance" };
    this.gl = canvas.getContext("webgl2", wanted);
    if (!this.gl) throw new Error("no WebGL2");
    const gl = this.gl;
    const info = gl.getExtension("WEBGL_debug_renderer_info");
    this.renderer = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
    this.software = /swiftshader|llvmpipe|softpipe|software/i.test(this.renderer);
    this.errors = [];
    this.mesh = this.program(kMeshVertex, kMeshFragment);
    this.plane = this.program(kPlaneVertex, kPlaneFragment);
    this.sky = this.program(kSkyVertex, kSkyFragment);
    this.line = this.program(kLineVertex, kLineFragment);
    this.sprite = this.program(kSpriteVertex, kSpriteFragment);
    this.disc = this.program(kDiscVertex, kDiscFragment);
    this.empty = gl.createVertexArray();
    this.samples = Math.min(4, gl.getParameter(gl.MAX_SAMPLES));
  }

  // Draws with four samples per pixel into a buffer of our own, or straight to the canvas.
  begin(width, height, smooth) {
    const gl = this.gl;
    this.smooth = smooth && this.samples > 1;
    if (!this.smooth) {
      gl.bindFramebuffer(gl.FRAMEBUFFER, null);
      return;
    }
    if (!this.target) {
      this.target = gl.createFramebuffer();
      this.parts = [[gl.RGBA8, gl.COLOR_ATTACHMENT0], [gl.DEPTH_COMPONENT24, gl.DEPTH_ATTACHMENT]]
        .map(([format, place]) => ({ format, place, buffer: gl.createRenderbuffer() }));
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target);
    if (this.target_size === `${width} ${height}`) return;
    this.target_size = `${width} ${height}`;
    for (const { format, place, buffer } of this.parts) {
      gl.bindRenderbuffer(gl.RENDERBUFFER, buffer);
      gl.renderbufferStorageMultisample(gl.RENDERBUFFER, this.samples, format, width, height);
      gl.framebufferRenderbuffer(gl.FRAMEBUFFER, place, gl.RENDERBUFFER, buffer);
    }
  }

  end(width, height) {
    const gl = this.gl;
    if (!this.smooth) return;
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.target);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null);
    gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  }

  // Colors over what is there; the canvas stays opaque.
  blend() {
    const gl = this.gl;
    gl.enable(gl.BLEND);
    gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  program(vertex, fragment) {
    const gl = this.gl;
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
      if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
        throw new Error(`shader: ${gl.getShaderInfoLog(shader)}`);
      }
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(`program: ${gl.getProgramInfoLog(program)}`);
    }
    const places = {};
    const count = gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS) || 0;
    for (let i = 0; i < count; i++) {
      const { name } = gl.getActiveUniform(program, i);
      places[name] = gl.getUniformLocation(program, name);
    }
    return { program, places };
  }

  use({ program, places }, values) {
    const gl = this.gl;
    gl.useProgram(program);
    for (const [name, value] of Object.entries(values)) {
      if (!(name in places)) continue;
      if (typeof value === "number") gl.uniform1f(places[name], value);
      else if (value.length === 16) gl.uniformMatrix4fv(places[name], false, value);
      else gl[`uniform${value.length}fv`](places[name], value);
    }
  }

  // Vertices of interleaved floats with the widths of their attributes; `divisor` 1: per instance.
  stream(widths, first = 0, divisor = 0) {
    return { buffer: this.gl.createBuffer(), widths, first, divisor, floats: 0,
      stride: widths.reduce((a, b) => a + b, 0) };
  }

  fill(stream, data, usage = this.gl.DYNAMIC_DRAW) {
    const gl = this.gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, stream.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, data, usage);
    stream.floats = data.length;
  }

  vertex_array(streams, index = null) {
    const gl = this.gl;
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    for (const { buffer, widths, first, divisor, stride } of streams) {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      let at = 0;
      widths.forEach((width, i) => {
        gl.enableVertexAttribArray(first + i);
        gl.vertexAttribPointer(first + i, width, gl.FLOAT, false, 4 * stride, 4 * at);
        gl.vertexAttribDivisor(first + i, divisor);
        at += width;
      });
    }
    if (index) gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, index);
    gl.bindVertexArray(null);
    return array;
  }

  index_buffer(indices) {
    const gl = this.gl;
    const buffer = gl.createBuffer();
    gl.bindVertexArray(null);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, indices, gl.STATIC_DRAW);
    return buffer;
  }

  // Until all that was drawn is there.
  wait() {
    this.gl.finish();
  }

  // Waits for the GPU, so not in every frame.
  check() {
    const error = this.gl.getError();
    if (error && error !== this.gl.CONTEXT_LOST_WEBGL) this.errors.push(error);
  }
}

// Floats that are pushed anew for every frame; memory stays.
class Floats {
  constructor() {
    this.data = new Float32Array(1024);
    this.length = 0;
  }

  clear() {
    this.length = 0;
  }

  // Makes room for so many more and returns where they begin.
  take(count) {
    const at = this.length;
    this.length += count;
    if (this.length > this.data.length) {
      const larger = new Float32Array(Math.max(this.length, 2 * this.data.length));
      larger.set(this.data.subarray(0, at));
      this.data = larger;
    }
    return at;
  }

  filled() {
    return this.data.subarray(0, this.length);
  }
}
