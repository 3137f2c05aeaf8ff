// Class codes -> pixels. A code is what dashboard/wire.py calls a class code: 0..119 a class of the ramp,
// 124 outside, 125 zero, 126 suppressed, 127 missing; plus 128 where the number is doubtful.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});
  const OUTSIDE = 124, ZERO = 125, SUPPRESSED = 126, MISSING = 127, DOUBTFUL = 128;
  const OF_STATE = [0, ZERO, SUPPRESSED, MISSING, OUTSIDE];
  const TONES = 9; // steps from ground to mark, so that dots and hatches have soft edges
  const SOLID = 0, DOTS = 1, HATCH = 2, BACK_HATCH = 3;

  const LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

  // "#rgb" or "#rrggbb" -> [r, g, b].
  function rgb(hex) {
    const digits = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex;
    const number = parseInt(digits.slice(1, 7), 16);
    return [number >> 16, (number >> 8) & 255, number & 255];
  }
  const mixed = (a, b, share) => a.map((channel, i) => Math.round(channel + (b[i] - channel) * share));
  // A pixel as ImageData holds it.
  const word = ([r, g, b]) =>
    LITTLE ? ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0 : ((r << 24) | (g << 16) | (b << 8) | 255) >>> 0;

  const tones = (ground, mark, most) =>
    Array.from({ length: TONES }, (_, i) => word(mixed(ground, mark, (most * i) / (TONES - 1))));

  // What each of the 256 codes looks like: kind (SOLID or a tile), its colour, and TONES steps of it for a tile.
  function palette(ramp, theme) {
    const made = { kind: new Uint8Array(256), colour: new Uint32Array(256), tones: new Uint32Array(256 * TONES) };
    const set = (code, kind, ground, mark, most) => {
      made.kind[code] = kind;
      made.colour[code] = word(ground);
      made.tones.set(tones(ground, mark || ground, most || 1), code * TONES);
    };
    const background = rgb(theme.background), doubt = rgb(theme.doubtful);
    for (let code = 0; code < 256; code++) set(code, SOLID, background);
    const solids = ramp.map((hex, i) => [i, rgb(hex)]).concat([[ZERO, rgb(theme.zero)]]);
    for (const [code, colour] of solids) {
      set(code, SOLID, colour);
      set(code | DOUBTFUL, BACK_HATCH, colour, doubt, 0.55);
    }
    for (const [code, kind, [ground, mark]] of [[SUPPRESSED, DOTS, theme.suppressed], [MISSING, HATCH, theme.missing]]) {
      set(code, kind, rgb(ground), rgb(mark));
      set(code | DOUBTFUL, kind, rgb(ground), rgb(mark));
    }
    return Object.assign(made, { background: word(background), land: word(rgb(theme.land)) });
  }

  // How much of a pixel a shape covers, from the distance of its centre to the shape's border.
  const covered = (distance) => Math.min(Math.max(0.5 - distance, 0), 1);

  // The three patterns as square tiles of tone numbers; `grain` device pixels make one pixel of a pattern.
  function tiles(grain) {
    const side = Math.max(6, 2 * Math.round(3 * grain)), dot = Math.max(0.85, 0.8 * grain), line = 0.55 * grain;
    const make = (coverage) =>
      Uint8Array.from({ length: side * side }, (_, i) =>
        Math.round(coverage(i % side, Math.floor(i / side)) * (TONES - 1)));
    const round = (distance) => Math.min(distance, side - distance);
    const spot = (x, y, cx, cy) => covered(Math.hypot(round(Math.abs(x - cx)), round(Math.abs(y - cy))) - dot);
    const stripe = (along) => covered(round((along + side) % side) / Math.SQRT2 - line);
    const half = side / 2;
    return {
      side,
      [DOTS]: make((x, y) => Math.max(spot(x, y, 0, 0), spot(x, y, half, half))),
      [HATCH]: make((x, y) => stripe(x + y)),
      [BACK_HATCH]: make((x, y) => stripe(x - y)),
    };
  }

  function paintTile(out, from, to, x, row, tile, side, tones, base) {
    const line = row * side;
    for (let at = from; at < to; at++) {
      out[at] = tones[base + tile[line + x]];
      if (++x === side) x = 0;
    }
  }

  // Paints every run. scene = {target, runs, palette, tiles, phase: [x, y]}; phase moves patterns with the map.
  function paintRuns(out, scene, codes) {
    const { runs, length } = scene.spans, { kind, colour, tones } = scene.palette, { width } = scene.target;
    const { side } = scene.tiles, [phaseX, phaseY] = scene.phase;
    for (let i = 0; i < length; i += 3) {
      const from = runs[i], to = runs[i + 1], code = codes[runs[i + 2]], shape = kind[code];
      if (shape === SOLID) {
        const word = colour[code];
        for (let at = from; at < to; at++) out[at] = word;
      } else {
        const row = Math.floor(from / width), x = from - row * width;
        paintTile(out, from, to, (x + phaseX) % side, (row + phaseY) % side, scene.tiles[shape], side, tones, code * TONES);
      }
    }
  }

  // Everything that no unit covers.
  function paintGround(out, scene) {
    const { ids } = scene.target, { background, land } = scene.palette, LAND = painter.raster.LAND;
    for (let i = 0; i < ids.length; i++) out[i] = ids[i] === LAND ? land : background;
  }

  // How many breaks are <= value: the class (breaks ascend).
  function classOf(value, breaks) {
    let low = 0, high = breaks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (breaks[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // Codes of one exact day.
  function classify({ values, states, units }, breaks) {
    const codes = new Uint8Array(units);
    for (let i = 0; i < units; i++) {
      const state = states[i] & 127;
      codes[i] = (state === 0 ? classOf(values[i], breaks) : OF_STATE[state]) | (states[i] & DOUBTFUL);
    }
    return codes;
  }

  painter.paint = {
    OUTSIDE, ZERO, SUPPRESSED, MISSING, DOUBTFUL, rgb, pixel: (hex) => word(rgb(hex)), palette, tiles, paintRuns, paintGround, classify, classOf,
    mix: (a, b, share) => `rgb(${mixed(rgb(a), rgb(b), share).join(",")})`,
    fade: (hex, alpha) => `rgba(${rgb(hex).join(",")},${alpha})`,
  };
})();
