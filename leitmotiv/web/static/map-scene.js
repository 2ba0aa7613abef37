// The map as WebGL2 draws it: all pictures in one call, as dots, from sheets of 16 or of 64 pixels; near ones in two more.

import { SIDE } from "./map-places.js";
import { Textures } from "./map-textures.js";

/** @typedef {import("./map-data.js").Pictures} Pictures */
/** @typedef {import("./map-places.js").Places} Places */
/** @typedef {import("./map-view.js").View} View */

/** Device pixels from which a picture is drawn from small cells, large cells, its thumbnail, its large thumbnail. */
const SMALL_FROM = 5;
const LARGE_FROM = 22;
const NEAR_FROM = 76;
const CLOSE_FROM = 300;
const NONE = 255;
export const PICKED = 1;
export const DIM = 2;

const COMMON = `#version 300 es
precision highp float;
precision highp int;
uniform vec2 middle;
uniform vec2 scale;
uniform float side;
vec2 corner() { return vec2(gl_VertexID & 1, gl_VertexID >> 1); }
vec2 halves(float ratio) { return 0.5 * side * (ratio >= 1.0 ? vec2(1.0, 1.0 / ratio) : vec2(ratio, 1.0)); }
vec4 placed(vec2 at) { return vec4((at - middle) * scale, 0.0, 1.0); }
`;
const MANY = `${COMMON}
uniform vec3 oldFrame;
uniform vec3 newFrame;
uniform float part;
uniform int level;
uniform highp usampler2D layers;
layout(location = 0) in vec2 oldPlace;
layout(location = 1) in vec2 newPlace;
layout(location = 2) in vec3 mean;
layout(location = 3) in float shape;
layout(location = 4) in uint state;
flat out vec3 tone;
flat out vec4 cell;
flat out uint marks;
out vec2 across;
flat out vec2 extent;
void main() {
  float ratio = exp2((shape - 128.0) / 32.0);
  vec2 at = mix(oldFrame.xy + oldPlace * oldFrame.z, newFrame.xy + newPlace * newFrame.z, part);
  vec2 own = halves(ratio);
  across = corner();
  gl_Position = (state & 4u) != 0u ? vec4(2.0, 2.0, 0.0, 1.0) : placed(at + (across * 2.0 - 1.0) * own);
  tone = mean;
  marks = state;
  extent = own * 2.0;
  int large = gl_InstanceID >> 8;
  int inside = gl_InstanceID & 255;
  cell = vec4(-1.0);
  uvec4 found = texelFetch(layers, ivec2(large & 1023, large >> 10), 0);
  if (level == 2 && found.r != ${NONE}u) {
    cell = vec4(vec2(inside & 15, inside >> 4) / 16.0, float(found.r), 64.0);
  } else if (level >= 1 && found.g != ${NONE}u) {
    int block = large & 15;
    cell = vec4(vec2(block & 3, block >> 2) / 4.0 + vec2(inside & 15, inside >> 4) / 64.0, float(found.g), 16.0);
  }
}`;
const FEW = `${COMMON}
layout(location = 0) in vec2 place;
layout(location = 1) in float ratio;
layout(location = 2) in float layer;
layout(location = 3) in float state;
flat out vec3 tone;
flat out vec4 cell;
flat out uint marks;
out vec2 across;
flat out vec2 extent;
void main() {
  vec2 own = halves(ratio);
  across = corner();
  gl_Position = placed(place + (across * 2.0 - 1.0) * own);
  tone = vec3(0.5);
  marks = uint(state);
  extent = own * 2.0;
  cell = vec4(0.0, 0.0, layer, 1024.0);
}`;
const PAINT = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2DArray;
uniform sampler2DArray largeSheets;
uniform sampler2DArray smallSheets;
uniform vec3 ground;
uniform vec3 mark;
uniform float pixels;
uniform float wash;
flat in vec3 tone;
flat in vec4 cell;
flat in uint marks;
in vec2 across;
flat in vec2 extent;
out vec4 colour;
void main() {
  vec3 found = tone;
  if (cell.w > 1000.0) found = texture(largeSheets, vec3(across, cell.z)).rgb;
  else if (cell.w > 0.0) {
    float part = cell.w / 1024.0;
    vec2 inner = clamp(across * part, vec2(0.5 / 1024.0), vec2(part - 0.5 / 1024.0));
    vec3 from = vec3(cell.xy + inner, cell.z);
    found = cell.w > 32.0 ? texture(largeSheets, from).rgb : texture(smallSheets, from).rgb;
  }
  if ((marks & ${DIM}u) != 0u) found = mix(ground, found, wash);
  if ((marks & ${PICKED}u) != 0u) {
    vec2 edge = min(across, 1.0 - across) * extent * pixels;
    float line = clamp(extent.x * pixels * 0.05, 1.0, 3.0);
    if (min(edge.x, edge.y) < line || pixels < 8.0) found = mark;
  }
  colour = vec4(found, 1.0);
}`;

export class Scene {
  /** @param {HTMLCanvasElement} canvas @param {Pictures} pictures @param {() => void} arrived */
  constructor(canvas, pictures, arrived) {
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, powerPreference: "low-power" });
    if (!gl) throw new Error("no WebGL2");
    this.canvas = canvas;
    this.gl = gl;
    this.pictures = pictures;
    const count = pictures.count;
    const touch = matchMedia("(pointer: coarse)").matches;
    this.textures = new Textures(gl, arrived);
    const { stamp, sprites } = pictures.about;
    const sheet = (/** @type {number} */ level) => (/** @type {number} */ key) => Promise.resolve(`/map/sprites/${level}/${key}.jpg?v=${stamp}`);
    const thumb = (/** @type {number} */ size) => (/** @type {number} */ row) => pictures.ids([row]).then(([id]) => `/thumb/${id}/${size}.jpg`);
    this.textures.add("small", 1024, Math.min(touch ? 12 : 25, Math.ceil(count / sprites["16"])), sheet(16));
    this.textures.add("large", 1024, Math.min(touch ? 12 : 24, Math.ceil(count / sprites["64"])), sheet(64));
    this.textures.add("near", 256, Math.min(touch ? 96 : 192, count), thumb(256));
    this.textures.add("close", 512, Math.min(touch ? 8 : 16, count), thumb(512));
    /** @type {any} */
    this.many = uniforms(gl, MANY);
    /** @type {any} */
    this.few = uniforms(gl, FEW);
    this.state = new Uint8Array(count);
    this.buffers = { old: this.buffer(4 * count), fresh: this.buffer(4 * count), state: this.buffer(this.state), near: this.buffer(20 * 256) };
    this.vao = gl.createVertexArray();
    gl.bindVertexArray(this.vao);
    this.attribute(this.buffers.old, 0, 2, gl.UNSIGNED_SHORT, true);
    this.attribute(this.buffers.fresh, 1, 2, gl.UNSIGNED_SHORT, true);
    const { red, green, blue, shape } = pictures.columns;
    const tones = new Uint8Array(4 * count);
    for (let row = 0; row < count; row++) tones.set([red[row], green[row], blue[row], shape[row]], 4 * row);
    const toned = this.buffer(tones);
    this.attribute(toned, 2, 3, gl.UNSIGNED_BYTE, true, 4, 0);
    this.attribute(toned, 3, 1, gl.UNSIGNED_BYTE, false, 4, 3);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers.state);
    gl.enableVertexAttribArray(4);
    gl.vertexAttribIPointer(4, 1, gl.UNSIGNED_BYTE, 0, 0);
    gl.vertexAttribDivisor(4, 1);
    this.nearVao = gl.createVertexArray();
    gl.bindVertexArray(this.nearVao);
    for (const [at, size, offset] of [[0, 2, 0], [1, 1, 8], [2, 1, 12], [3, 1, 16]]) this.attribute(this.buffers.near, at, size, gl.FLOAT, false, 20, offset);
    gl.bindVertexArray(null);
    this.layers = gl.createTexture();
    this.layersOf = -1;
    this.sheets = Math.ceil(count / 256);
    /** @type {{old: string, fresh: string, part: number}} */
    this.layout = { old: "", fresh: "", part: 1 };
    /** @type {number[]} */
    this.rows = [];
    this.calls = 0;
    this.bytes = 0;
    this.pending = 0;
    this.ground = [0, 0, 0];
    this.mark = [1, 1, 0];
    this.wash = 0.14;
    for (let row = 0; row < count; row++) if (!pictures.shown(row)) this.state[row] |= 4;
    this.stateChanged = true;
  }

  /** Take the colours of the page. @param {CSSStyleDeclaration} style */
  tint(style) {
    const channels = (/** @type {string} */ name) => {
      const text = style.getPropertyValue(name).trim().replace("#", "");
      return [0, 2, 4].map((at) => parseInt(text.slice(at, at + 2), 16) / 255);
    };
    this.ground = channels("--well");
    this.mark = channels("--mark");
  }

  /** @param {number | Uint8Array} data */
  buffer(data) {
    const { gl } = this;
    const made = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, made);
    if (typeof data === "number") gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
    else gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
    return made;
  }

  /** @param {WebGLBuffer | null} buffer @param {number} at @param {number} size @param {number} kind @param {boolean} share @param {number} [stride] @param {number} [offset] */
  attribute(buffer, at, size, kind, share, stride = 0, offset = 0) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, size, kind, share, stride, offset);
    gl.vertexAttribDivisor(at, 1);
  }

  /** @param {string} layout */
  interleaved(layout) {
    const { pictures } = this;
    const [x, y] = [pictures.columns[`${layout}-x`], pictures.columns[`${layout}-y`]];
    const both = new Uint16Array(2 * pictures.count);
    for (let row = 0; row < pictures.count; row++) {
      both[2 * row] = x[row];
      both[2 * row + 1] = y[row];
    }
    return both;
  }

  /** Go from one layout to another; `part` of the way is set by whoever animates. @param {string} fresh @param {string} [old] */
  arrange(fresh, old = fresh) {
    const { gl, buffers } = this;
    for (const [buffer, name] of /** @type {[WebGLBuffer, string][]} */ ([[buffers.old, old], [buffers.fresh, fresh]])) {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.interleaved(name));
      this.pending += 4 * this.pictures.count;
    }
    this.layout = { old, fresh, part: old === fresh ? 1 : 0 };
  }

  /** Size of the canvas in device pixels. @param {View} view */
  resize(view) {
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) [this.canvas.width, this.canvas.height] = [width, height];
    return ratio;
  }

  /** Choose what to load for a view, and what to draw near. @param {View} view @param {Places} places */
  choose(view, places) {
    const size = SIDE * view.zoom * Math.min(devicePixelRatio || 1, 2);
    const moving = this.layout.part < 1;
    this.rows = [];
    if (size < SMALL_FROM) return;
    const [left, top, right, bottom] = view.seen();
    /** @type {Map<number, number>} */
    const sheets = new Map();
    places.within(left - 0.5, top - 0.5, right + 0.5, bottom + 0.5, (row) => {
      sheets.set(row >> 8, (sheets.get(row >> 8) ?? 0) + 1);
      if (size >= NEAR_FROM && !moving) this.rows.push(row);
    });
    const larges = [...sheets].sort((one, other) => other[1] - one[1]).map(([sheet]) => sheet);
    this.textures.want("small", [...new Set(larges.map((sheet) => sheet >> 4))]);
    if (size >= LARGE_FROM) this.textures.want("large", larges);
    if (!this.rows.length) return;
    const apart = (/** @type {number} */ row) => (places.x[row] - view.x) ** 2 + (places.y[row] - view.y) ** 2;
    this.rows.sort((one, other) => apart(one) - apart(other));
    this.textures.want("near", this.rows);
    if (size >= CLOSE_FROM) this.textures.want("close", this.rows);
  }

  /** Which layer each sheet lies in, for the shader. */
  tellLayers() {
    const { gl, textures } = this;
    if (this.layersOf === textures.version) return;
    this.layersOf = textures.version;
    const lines = (this.sheets >> 10) + 1;
    const data = new Uint8Array(2 * 1024 * lines).fill(NONE);
    for (const [key, one] of textures.levels.large.held) if (one.ready) data[2 * key] = one.layer;
    for (const [key, one] of textures.levels.small.held) {
      if (one.ready) for (let sheet = 16 * key; sheet < 16 * key + 16 && sheet < 1024 * lines; sheet++) data[2 * sheet + 1] = one.layer;
    }
    gl.bindTexture(gl.TEXTURE_2D, this.layers);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RG8UI, 1024, lines, 0, gl.RG_INTEGER, gl.UNSIGNED_BYTE, data);
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
    this.pending += data.length;
  }

  /** Draw a frame; whether something waits for the next. @param {View} view @param {Places} places */
  draw(view, places) {
    const { gl, textures, pictures } = this;
    const ratio = this.resize(view);
    const more = textures.upload();
    this.tellLayers();
    if (this.stateChanged) {
      this.stateChanged = false;
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers.state);
      gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.state);
      this.pending += this.state.length;
    }
    this.bytes = textures.uploaded + this.pending;
    this.pending = 0;
    this.calls = 0;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(this.ground[0], this.ground[1], this.ground[2], 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const size = SIDE * view.zoom * ratio;
    const { many } = this;
    this.begin(many, view, Math.max(SIDE, 1.6 / (view.zoom * ratio)), view.zoom * ratio);
    const [old, fresh] = [pictures.frame(this.layout.old), pictures.frame(this.layout.fresh)];
    gl.uniform3f(many.oldFrame, old.left, old.top, old.extent);
    gl.uniform3f(many.newFrame, fresh.left, fresh.top, fresh.extent);
    gl.uniform1f(many.part, this.layout.part);
    gl.uniform1i(many.level, size >= LARGE_FROM ? 2 : size >= SMALL_FROM ? 1 : 0);
    gl.uniform1i(many.layers, 2);
    gl.activeTexture(gl.TEXTURE2);
    gl.bindTexture(gl.TEXTURE_2D, this.layers);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, textures.levels.large.texture);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, textures.levels.small.texture);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindVertexArray(this.vao);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, pictures.count);
    this.calls++;
    if (size >= NEAR_FROM && this.layout.part === 1) this.drawNear(view, places, ratio, "near");
    if (size >= CLOSE_FROM && this.layout.part === 1) this.drawNear(view, places, ratio, "close");
    gl.bindVertexArray(null);
    return more;
  }

  /** @param {any} used @param {View} view @param {number} side @param {number} pixels */
  begin(used, view, side, pixels) {
    const { gl } = this;
    gl.useProgram(used.program);
    gl.uniform2f(used.middle, view.x, view.y);
    gl.uniform2f(used.scale, (2 * view.zoom) / view.width, (-2 * view.zoom) / view.height);
    gl.uniform1f(used.side, side);
    gl.uniform1f(used.pixels, pixels);
    gl.uniform1i(used.largeSheets, 0);
    gl.uniform1i(used.smallSheets, 1);
    gl.uniform3f(used.ground, this.ground[0], this.ground[1], this.ground[2]);
    gl.uniform3f(used.mark, this.mark[0], this.mark[1], this.mark[2]);
    gl.uniform1f(used.wash, this.wash);
  }

  /** @param {View} view @param {Places} places @param {number} ratio @param {"near" | "close"} level */
  drawNear(view, places, ratio, level) {
    const { gl, textures } = this;
    /** @type {number[]} */
    const data = [];
    for (const row of this.rows) {
      const layer = textures.layer(level, row);
      if (layer >= 0 && data.length < 5 * 256) data.push(places.x[row], places.y[row], this.pictures.ratio(row), layer, this.state[row]);
    }
    if (!data.length) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers.near);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, new Float32Array(data));
    this.bytes += 4 * data.length;
    this.begin(this.few, view, SIDE, view.zoom * ratio);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, textures.levels[level].texture);
    gl.bindVertexArray(this.nearVao);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, data.length / 5);
    this.calls++;
  }
}

const NAMES = [
  ..."middle scale side pixels largeSheets smallSheets ground mark wash".split(" "),
  ..."oldFrame newFrame part level layers".split(" "),
];

/** A program with the places of its uniforms. @param {WebGL2RenderingContext} gl @param {string} vertex */
function uniforms(gl, vertex) {
  const made = /** @type {WebGLProgram} */ (gl.createProgram());
  for (const [kind, text] of /** @type {[number, string][]} */ ([[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, PAINT]])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(made) ?? "the shaders do not fit");
  return { program: made, ...Object.fromEntries(NAMES.map((name) => [name, gl.getUniformLocation(made, name)])) };
}
