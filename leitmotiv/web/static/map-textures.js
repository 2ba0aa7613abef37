// Pictures as textures, in levels: sheets of 16 and 64 pixels, thumbnails of 256 and 512. Only what is in view is loaded,
// what was not seen for longest gives its place, and no more than a part of a sheet is uploaded in a frame.

const SHEET = 1024;
/** Rows of a sheet that one frame uploads: 2 MB. */
const STRIP = 512;
/** Bytes that one frame uploads at most. */
const FRAME_BYTES = 4_000_000;
const AT_ONCE = 6;
/** After so long something that did not come is asked for again. */
const AGAIN_MS = 5000;

/**
 * @typedef {object} Level
 * @property {WebGLTexture} texture
 * @property {number} side       pixels
 * @property {number} layers
 * @property {(key: number) => Promise<string>} address
 * @property {Map<number, {layer: number, ready: boolean, used: number}>} held
 */

export class Textures {
  /** @param {WebGL2RenderingContext} gl @param {() => void} arrived */
  constructor(gl, arrived) {
    this.gl = gl;
    this.arrived = arrived;
    /** @type {Record<string, Level>} */
    this.levels = {};
    /** @type {{level: Level, key: number, mark: string, bitmap: ImageBitmap, next: number}[]} */
    this.waiting = [];
    /** @type {Set<string>} */
    this.asked = new Set();
    this.loading = 0;
    this.clock = 0;
    /** Bytes uploaded in the last frame. */
    this.uploaded = 0;
    /** Grows whenever a layer begins or ends to hold something. */
    this.version = 0;
  }

  /** @param {string} name @param {number} side @param {number} layers @param {(key: number) => Promise<string>} address */
  add(name, side, layers, address) {
    const { gl } = this;
    const texture = /** @type {WebGLTexture} */ (gl.createTexture());
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.RGBA8, side, side, Math.max(1, layers));
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D_ARRAY, name, gl.LINEAR);
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D_ARRAY, name, gl.CLAMP_TO_EDGE);
    this.levels[name] = { texture, side, layers: Math.max(1, layers), address, held: new Map() };
  }

  /** The layer that holds something now; -1 where it is not there yet. @param {string} name @param {number} key */
  layer(name, key) {
    const found = this.levels[name].held.get(key);
    return found?.ready ? found.layer : -1;
  }

  /** Want some keys of a level, the dearest first: they are loaded, others may go. @param {string} name @param {number[]} keys */
  want(name, keys) {
    const level = this.levels[name];
    this.clock++;
    const some = keys.slice(0, level.layers);
    for (const key of some) {
      const found = level.held.get(key);
      if (found) found.used = this.clock;
    }
    for (const key of some) {
      if (this.loading >= AT_ONCE) break;
      const mark = `${name} ${key}`;
      if (level.held.has(key) || this.asked.has(mark)) continue;
      this.asked.add(mark);
      this.loading++;
      this.load(level, key, mark).then((came) => {
        this.loading--;
        if (came) this.arrived();
        else setTimeout(() => this.asked.delete(mark), AGAIN_MS);
      });
    }
  }

  /** @param {Level} level @param {number} key @param {string} mark @returns {Promise<boolean>} whether it came */
  async load(level, key, mark) {
    try {
      const answer = await fetch(await level.address(key));
      if (!answer.ok) return false;
      const blob = await answer.blob();
      /** @type {ImageBitmapOptions} */
      const exact = { premultiplyAlpha: "none", colorSpaceConversion: "none" };
      const bitmap = await createImageBitmap(blob, level.side === SHEET ? exact : { ...exact, resizeWidth: level.side, resizeHeight: level.side, resizeQuality: "medium" });
      this.waiting.push({ level, key, mark, bitmap, next: 0 });
      return true;
    } catch {
      return false; // the server is away, or the picture is: what is coarser stays
    }
  }

  /** Upload a part of what has arrived; whether more is waiting. */
  upload() {
    const { gl } = this;
    this.uploaded = 0;
    while (this.waiting.length) {
      const one = this.waiting[0];
      const { level, bitmap } = one;
      const rows = Math.min(level.side === SHEET ? STRIP : level.side, level.side - one.next);
      const bytes = 4 * level.side * rows;
      if (this.uploaded && this.uploaded + bytes > FRAME_BYTES) break;
      let place = level.held.get(one.key);
      if (!place) {
        const layer = this.free(level);
        if (layer < 0) { this.done(); continue; }
        place = { layer, ready: false, used: this.clock };
        level.held.set(one.key, place);
      }
      gl.bindTexture(gl.TEXTURE_2D_ARRAY, level.texture);
      gl.pixelStorei(gl.UNPACK_SKIP_ROWS, one.next);
      gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, one.next, place.layer, level.side, rows, 1, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
      gl.pixelStorei(gl.UNPACK_SKIP_ROWS, 0);
      this.uploaded += bytes;
      one.next += rows;
      if (one.next < level.side) continue;
      place.ready = true;
      this.version++;
      this.done();
    }
    return this.waiting.length > 0;
  }

  /** The first that waited waits no more. */
  done() {
    const one = this.waiting.shift();
    one?.bitmap.close();
    if (one) this.asked.delete(one.mark);
  }

  /** A layer for something new: a free one, or that of what was not wanted for longest. @param {Level} level */
  free(level) {
    if (level.held.size < level.layers) {
      const taken = new Set([...level.held.values()].map((one) => one.layer));
      for (let layer = 0; layer < level.layers; layer++) if (!taken.has(layer)) return layer;
    }
    let oldest = -1;
    let used = Infinity;
    for (const [key, one] of level.held) if (one.ready && one.used < used) [oldest, used] = [key, one.used];
    const place = level.held.get(oldest);
    if (!place || used >= this.clock) return -1;
    level.held.delete(oldest);
    this.version++;
    return place.layer;
  }
}
