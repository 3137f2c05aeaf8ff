// One picture of one view: the id buffer, its runs, and two canvases (pixels below, lines and labels above).
// The map on the page is one; a saved PNG is another, made the same way.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});
  const modulo = (a, n) => ((Math.round(a) % n) + n) % n;

  class Picture {
    constructor() {
      this.base = document.createElement("canvas");
      this.over = document.createElement("canvas");
      // Pixels are written and read by the processor, never by a GPU.
      this.baseContext = this.base.getContext("2d", { alpha: false, willReadFrequently: true });
      this.overContext = this.over.getContext("2d");
      this.scratch = null;
      this.light = new painter.Light();
      this.resize(1, 1, 1, 1);
    }

    // Device pixels; dpr of them make a CSS pixel, `grain` of them a pixel of text, lines and patterns.
    resize(width, height, dpr, grain) {
      for (const canvas of [this.base, this.over]) {
        canvas.width = width;
        canvas.height = height;
      }
      this.size = { width, height };
      this.dpr = dpr;
      this.grain = grain;
      this.target = { ids: new Uint32Array(width * height), width, height };
      this.image = this.baseContext.createImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
      this.tiles = painter.paint.tiles(grain);
      this.spans = { runs: new Uint32Array(0), length: 0, top: 0, bottom: 0 };
      this.strokes = null;
      this.view = null;
      this.dark();
    }

    // No light of flows, and none to lift off a buffer that is gone.
    dark() {
      this.light.end();
      this.arcs = null;
    }

    // Once a view: which unit each pixel belongs to.
    raster(view, shapes, outlines) {
      const land = outlines && painter.outlines.levelUnits(outlines, outlines.levels[0]);
      painter.raster.rasterise(this.target, view, shapes, outlines && outlines.shapes, land || []);
      this.spans = painter.raster.runsOf(this.target, this.scratch);
      this.scratch = this.spans.runs;
      const anchor = shapes ? painter.raster.projection(shapes, view, this.size) : { tx: 0, ty: 0 };
      const { side } = this.tiles;
      this.phase = [modulo(-anchor.tx, side), modulo(-anchor.ty, side)]; // patterns stay put when the map is dragged
      this.view = view;
    }

    // Once a look-up table; `whole` also paints what no unit covers. `now` (milliseconds) places the light of flows.
    paint(codes, palette, whole, now = 0) {
      this.light.lift(this.pixels);
      const scene = { target: this.target, spans: this.spans, tiles: this.tiles, phase: this.phase, palette };
      if (whole) painter.paint.paintGround(this.pixels, scene);
      if (codes) painter.paint.paintRuns(this.pixels, scene, codes);
      if (this.light.moves) this.light.shine(this.pixels, this.size, now);
      if (whole || this.light.moves) this.baseContext.putImageData(this.image, 0, 0);
      else this.put(this.spans.top, this.spans.bottom);
    }

    // New arcs: the old light goes, theirs comes.
    relight(arcs, { still, theme, now }) {
      const lit = this.light.count > 0;
      this.light.lift(this.pixels);
      this.arcs = arcs;
      this.light.set(still ? null : arcs, this.grain, painter.paint.pixel(theme.light));
      if (this.light.moves) this.light.shine(this.pixels, this.size, now);
      if (lit || this.light.moves) this.baseContext.putImageData(this.image, 0, 0);
    }

    // The light alone, moved to `now`.
    shine(now) {
      this.light.lift(this.pixels);
      this.light.shine(this.pixels, this.size, now);
      this.put(Math.max(Math.floor(this.arcs.top - this.light.spread), 0), Math.ceil(this.arcs.bottom + this.light.spread));
    }

    // Pixel rows top..bottom, onto the screen.
    put(top, bottom) {
      const { width, height } = this.size;
      this.baseContext.putImageData(this.image, 0, 0, 0, top, width, Math.min(bottom, height) - top);
    }

    // Lines and labels; returns the labels that found room.
    overlay(scene) {
      const context = this.overContext, { width, height } = this.size;
      this.strokes = this.strokes || new painter.Strokes(width, height);
      const here = { ...scene, view: this.view, size: this.size, dpr: this.dpr, grain: this.grain };
      painter.outlines.draw(context, this.strokes, { ...here, grain: this.grain * (scene.line_scale || 1) });
      this.relight(scene.flows ? painter.flows.draw(context, scene.flows, here) : null, scene);
      return painter.labels.draw(context, { ...here, rings: this.arcs && new Map(this.arcs.rings.map((disc) => [disc.unit, disc.ring])) });
    }

    // Row of the unit at a device pixel; -1 where there is none.
    unitAt(x, y) {
      const { ids, width, height } = this.target;
      if (x < 0 || y < 0 || x >= width || y >= height) return -1;
      const id = ids[Math.floor(y) * width + Math.floor(x)];
      return id === painter.raster.LAND ? -1 : id - 1;
    }

    // Both canvases as one.
    flat() {
      const canvas = document.createElement("canvas");
      canvas.width = this.size.width;
      canvas.height = this.size.height;
      const context = canvas.getContext("2d", { alpha: false });
      context.drawImage(this.base, 0, 0);
      context.drawImage(this.over, 0, 0);
      return canvas;
    }

    // FNV-1a over the pixels below lines and light: equal pictures, equal sums.
    checksum() {
      this.light.lift(this.pixels);
      let sum = 0x811c9dc5;
      for (const pixel of this.pixels) sum = Math.imul(sum ^ pixel, 0x01000193);
      return sum >>> 0;
    }
  }

  painter.Picture = Picture;
})();
