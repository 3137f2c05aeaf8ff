// Anti-aliased lines written straight into pixels, by their distance: a software canvas takes ten times as long to
// stroke the borders of two hundred streets. A line and its casing come from one pass, and where borders of
// neighbours lie on each other the nearest counts, so that nothing is drawn twice.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});

  class Strokes {
    // Over a transparent picture of width x height device pixels.
    constructor(width, height) {
      Object.assign(this, { width, height });
      this.image = new ImageData(width, height);
      this.words = new Uint32Array(this.image.data.buffer);
      this.near = new Uint8Array(width * height); // 255 on a line, falling to 0 at `reach`
      this.touched = new Uint32Array(1 << 14);
      this.count = 0;
    }

    clear() {
      this.words.fill(0);
    }

    // Lines of one kind; `width` in device pixels is that of the widest stroke made of them.
    begin(width) {
      this.reach = width / 2 + 0.5;
      this.square = this.reach * this.reach;
      this.count = 0;
    }

    // From (x0, y0) to (x1, y1): walks the longer axis and visits the band around it.
    line(x0, y0, x1, y1) {
      const dx = x1 - x0, dy = y1 - y0;
      const { reach } = this;
      if (Math.max(x0, x1) < -reach || Math.max(y0, y1) < -reach) return;
      if (Math.min(x0, x1) > this.width + reach || Math.min(y0, y1) > this.height + reach) return;
      if (Math.abs(dx) >= Math.abs(dy)) this.walkX(x0, y0, dx, dy);
      else this.walkY(x0, y0, dx, dy);
    }

    walkX(x0, y0, dx, dy) {
      const slope = dx ? dy / dx : 0, band = this.reach * Math.sqrt(1 + slope * slope) + 1, { reach } = this;
      const from = Math.max(Math.floor(Math.min(x0, x0 + dx) - reach), 0);
      const to = Math.min(Math.ceil(Math.max(x0, x0 + dx) + reach), this.width);
      for (let x = from; x < to; x++) {
        const middle = y0 + slope * (x + 0.5 - x0);
        const top = Math.max(Math.floor(middle - band), 0), bottom = Math.min(Math.ceil(middle + band), this.height);
        for (let y = top; y < bottom; y++) this.visit(x, y, x0, y0, dx, dy);
      }
    }

    walkY(x0, y0, dx, dy) {
      const slope = dx / dy, band = this.reach * Math.sqrt(1 + slope * slope) + 1, { reach } = this;
      const from = Math.max(Math.floor(Math.min(y0, y0 + dy) - reach), 0);
      const to = Math.min(Math.ceil(Math.max(y0, y0 + dy) + reach), this.height);
      for (let y = from; y < to; y++) {
        const middle = x0 + slope * (y + 0.5 - y0);
        const left = Math.max(Math.floor(middle - band), 0), right = Math.min(Math.ceil(middle + band), this.width);
        for (let x = left; x < right; x++) this.visit(x, y, x0, y0, dx, dy);
      }
    }

    visit(x, y, x0, y0, dx, dy) {
      const px = x + 0.5 - x0, py = y + 0.5 - y0, length = dx * dx + dy * dy;
      let share = length ? (px * dx + py * dy) / length : 0;
      share = share < 0 ? 0 : share > 1 ? 1 : share;
      const ex = px - share * dx, ey = py - share * dy, square = ex * ex + ey * ey;
      if (square >= this.square) return;
      const near = 1 + 254 * (1 - Math.sqrt(square) / this.reach), at = y * this.width + x;
      if (this.near[at] === 0) this.touch(at);
      if (near > this.near[at]) this.near[at] = near;
    }

    touch(at) {
      if (this.count === this.touched.length) {
        const longer = new Uint32Array(this.count * 2);
        longer.set(this.touched);
        this.touched = longer;
      }
      this.touched[this.count++] = at;
    }

    // Puts strokes, [{width, colour: [r, g, b], alpha: 0..1}] from below, over what is there, and forgets the lines.
    end(strokes) {
      const { touched, near, reach } = this;
      for (let i = 0; i < this.count; i++) {
        const at = touched[i], distance = (1 - (near[at] - 0.5) / 254) * reach;
        near[at] = 0;
        for (const { width, colour, alpha } of strokes) {
          const covered = Math.min(width / 2 + 0.5 - distance, width, 1);
          if (covered > 0) this.blend(at * 4, colour, alpha * covered);
        }
      }
    }

    blend(at, colour, alpha) {
      const { data } = this.image, below = (data[at + 3] / 255) * (1 - alpha), sum = alpha + below;
      for (let i = 0; i < 3; i++) data[at + i] = (colour[i] * alpha + data[at + i] * below) / sum;
      data[at + 3] = sum * 255;
    }
  }

  painter.Strokes = Strokes;
})();
