// Light that moves along arcs, blended into the map's own pixels and lifted off again before they change: a further
// canvas of the screen's size would cost a software compositor more than everything else in a frame. Where a light is
// follows from the time alone, so a pause costs nothing and nothing is kept but what is needed to lift it.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});
  const SPEED = 44; // CSS pixels a second, on every arc
  const TAIL = 26, RADIUS = 1.9; // CSS pixels of the strongest light
  const FADE = 26; // CSS pixels over which a light comes and goes at the ends
  const TWO_FROM = 0.4; // strength from which an arc carries two lights
  const FAINTEST = 0.42; // of a light, where the strongest is 1
  const STEPS = 64;
  const GOLDEN = 0.6180339887; // spreads the lights of neighbours in rank

  // Brightness along the tail, 256ths.
  const FALL = Float32Array.from({ length: STEPS + 1 }, (_, i) => 256 * Math.pow(1 - i / STEPS, 1.7));

  class Light {
    constructor() {
      this.at = new Uint32Array(1 << 15); // pixels that are lit, and what they were
      this.was = new Uint32Array(1 << 15);
      this.count = 0;
      this.arcs = null;
    }

    // colour [r, g, b] as a pixel word of paint.js.
    set(arcs, grain, word) {
      Object.assign(this, { arcs, grain, even: word & 0xff00ff, odd: (word >>> 8) & 0xff00ff });
    }

    end() {
      this.count = 0;
      this.arcs = null;
    }

    // Device pixels that a light may reach beside its arc.
    get spread() {
      return 2 + RADIUS * this.grain;
    }

    get moves() {
      return Boolean(this.arcs && this.arcs.count);
    }

    lift(pixels) {
      const { at, was } = this;
      for (let i = this.count - 1; i >= 0; i--) pixels[at[i]] = was[i];
      this.count = 0;
    }

    // `now` in milliseconds.
    shine(pixels, { width, height }, now) {
      const { arcs, grain } = this, way = (now / 1000) * SPEED * grain;
      for (let i = 0; i < arcs.count; i++) {
        const length = arcs.length[i], lights = arcs.strength[i] < TWO_FROM ? 1 : 2;
        for (let k = 0; k < lights; k++) {
          const turns = way / length + i * GOLDEN + k / lights;
          this.place(i, turns - Math.floor(turns), length, pixels, width, height);
        }
      }
    }

    // The light of arc i at a share of its way. A parabola is left and reached faster than it is crossed: `uneven`
    // takes that out (first order of its arc length, good to 1 %).
    place(i, share, length, pixels, width, height) {
      const { arcs, grain } = this, strength = arcs.strength[i];
      const u = share - arcs.uneven * share * (1 - share) * (1 - 2 * share), v = 1 - u;
      const ax = arcs.cx[i] - arcs.x0[i], ay = arcs.cy[i] - arcs.y0[i];
      const bx = arcs.x1[i] - arcs.cx[i], by = arcs.y1[i] - arcs.cy[i];
      const x = arcs.x0[i] + u * (2 * v * ax + u * (ax + bx)), y = arcs.y0[i] + u * (2 * v * ay + u * (ay + by));
      const tx = v * ax + u * bx, ty = v * ay + u * by, norm = Math.sqrt(tx * tx + ty * ty) || 1;
      const end = (u < 0.5 ? u : v) * length, fade = end < FADE * grain ? end / (FADE * grain) : 1;
      const peak = (FAINTEST + (1 - FAINTEST) * strength) * fade, tail = Math.min(TAIL * grain, u * length + 1);
      const radius = grain * RADIUS * (0.62 + 0.38 * strength) + 0.35, ux = tx / norm, uy = ty / norm;
      if (Math.abs(ux) >= Math.abs(uy)) this.comet(pixels, x, y, ux, uy, tail, radius, peak, 1, width, width, height);
      else this.comet(pixels, y, x, uy, ux, tail, radius, peak, width, 1, height, width);
    }

    // A head at (a, b) that came along (ua, ub), |ua| >= |ub|: walks axis a and lights the band across it.
    comet(pixels, a, b, ua, ub, tail, radius, peak, stepA, stepB, endA, endB) {
      const slope = ub / ua, band = radius / Math.abs(ua), front = a + radius * Math.sign(ua), back = a - tail * ua;
      const from = Math.max(Math.floor(Math.min(front, back)), 0), to = Math.min(Math.ceil(Math.max(front, back)), endA);
      const { even, odd } = this, scale = STEPS / tail, square = 1 / (radius * radius);
      this.room((to - from) * (2 * band + 3));
      const { at, was } = this;
      let { count } = this;
      for (let p = from; p < to; p++) {
        const da = p + 0.5 - a, middle = b + da * slope;
        const first = Math.max(Math.floor(middle - band), 0), last = Math.min(Math.ceil(middle + band), endB);
        for (let q = first; q < last; q++) {
          const db = q + 0.5 - b, behind = -(da * ua + db * ub), aside = da * ub - db * ua;
          const far = behind > 0 ? aside * aside * square : (aside * aside + behind * behind) * square;
          if (far >= 1 || behind >= tail) continue;
          const near = 1 - far, lit = (behind > 0 ? FALL[(behind * scale) | 0] : 256) * near * near * peak | 0;
          if (lit < 3) continue;
          const i = p * stepA + q * stepB, word = pixels[i], less = 256 - lit;
          at[count] = i;
          was[count++] = word;
          const e = (Math.imul(word & 0xff00ff, less) + Math.imul(even, lit)) >>> 8;
          const o = Math.imul((word >>> 8) & 0xff00ff, less) + Math.imul(odd, lit);
          pixels[i] = ((e & 0xff00ff) | (o & 0xff00ff00)) >>> 0;
        }
      }
      this.count = count;
    }

    // Room for more lit pixels; doubles, so that a settled picture allocates nothing.
    room(more) {
      if (this.count + more <= this.at.length) return;
      const { at, was } = this;
      this.at = new Uint32Array(at.length * 2 + Math.ceil(more));
      this.was = new Uint32Array(this.at.length);
      this.at.set(at);
      this.was.set(was);
    }
  }

  painter.Light = Light;
})();
