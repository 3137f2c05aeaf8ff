// Where the map looks: a view is {x, y, scale}, the centre in EPSG:3857 metres and device pixels per such metre.
// Screen y grows downwards. A "size" is {width, height} in device pixels.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});
  const EARTH = 6378137;
  const DEEPEST = 0.5; // ground metres a device pixel: twice the quantum of wire.py, so vertices are off by a quarter pixel
  const WIDEST = 2.5; // how many times the fitted picture may shrink

  const toLat = (y) => (Math.atan(Math.sinh(y / EARTH)) * 180) / Math.PI;
  const toLon = (x) => ((x / EARTH) * 180) / Math.PI;
  const fromLon = (lon) => (lon * Math.PI * EARTH) / 180;
  const fromLat = (lat) => EARTH * Math.asinh(Math.tan((lat * Math.PI) / 180));
  // EPSG:3857 metres per ground metre at y.
  const stretch = (y) => Math.cosh(y / EARTH);

  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  // The box [west, south, east, north] (EPSG:3857) of a unit, or of all units of shapes; null if nothing is drawn.
  function boxOf(shapes, unit) {
    const found = [Infinity, Infinity, -Infinity, -Infinity];
    const from = unit === undefined ? 0 : unit, to = unit === undefined ? shapes.units : unit + 1;
    for (let i = from * 4; i < to * 4; i += 4) {
      if (shapes.box[i] > shapes.box[i + 2]) continue;
      found[0] = Math.min(found[0], shapes.box[i]);
      found[1] = Math.min(found[1], shapes.box[i + 1]);
      found[2] = Math.max(found[2], shapes.box[i + 2]);
      found[3] = Math.max(found[3], shapes.box[i + 3]);
    }
    if (found[0] > found[2]) return null;
    return found.map((q, i) => (i % 2 ? shapes.y0 : shapes.x0) + q * shapes.step);
  }

  const union = (a, b) =>
    !a || !b ? a || b : [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];

  painter.view = {
    boxOf, union, clamp, stretch, fromLon, fromLat, toLon, toLat,

    // The view that shows the box inside size less padding [top, right, bottom, left] (device pixels).
    fit(box, size, padding) {
      const [top, right, bottom, left] = padding;
      const width = Math.max(size.width - left - right, size.width / 4);
      const height = Math.max(size.height - top - bottom, size.height / 4);
      const scale = Math.min(width / Math.max(box[2] - box[0], 1), height / Math.max(box[3] - box[1], 1));
      return {
        x: (box[0] + box[2]) / 2 + (right - left) / 2 / scale,
        y: (box[1] + box[3]) / 2 + (top - bottom) / 2 / scale,
        scale,
      };
    },

    // The centre stays over the city, the scale between half the fitted picture and the deepest zoom.
    limit(view, box, fitted) {
      const deepest = 1 / (DEEPEST * stretch(view.y));
      return {
        x: clamp(view.x, box[0], box[2]),
        y: clamp(view.y, box[1], box[3]),
        scale: clamp(view.scale, Math.min(fitted.scale / WIDEST, deepest), deepest),
      };
    },

    toScreen: (view, size, x, y) => [
      (x - view.x) * view.scale + size.width / 2,
      (view.y - y) * view.scale + size.height / 2,
    ],
    toWorld: (view, size, px, py) => [
      view.x + (px - size.width / 2) / view.scale,
      view.y - (py - size.height / 2) / view.scale,
    ],
    pan: (view, dx, dy) => ({ ...view, x: view.x - dx / view.scale, y: view.y + dy / view.scale }),
    // What is under (px, py) stays there.
    zoom(view, size, factor, px, py) {
      const dx = px - size.width / 2, dy = py - size.height / 2, change = 1 / view.scale - 1 / (view.scale * factor);
      return { x: view.x + dx * change, y: view.y - dy * change, scale: view.scale * factor };
    },
    // How a picture of view `from` lies in view `to`: CSS {scale, x, y} about the top left corner, in device pixels.
    between(from, to, size) {
      const scale = to.scale / from.scale;
      return {
        scale,
        x: (from.x - to.x) * to.scale + (size.width / 2) * (1 - scale),
        y: (to.y - from.y) * to.scale + (size.height / 2) * (1 - scale),
      };
    },
    // A path from view to view that looks even: geometric in scale, and moving as fast as the scale lets it.
    mix(from, to, share) {
      const scale = from.scale * Math.pow(to.scale / from.scale, share);
      const even = Math.abs(to.scale / from.scale - 1) < 1e-6;
      const moved = even ? share : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale);
      return { x: from.x + (to.x - from.x) * moved, y: from.y + (to.y - from.y) * moved, scale };
    },
    describe: (view, dpr) => ({
      lon: +toLon(view.x).toFixed(6),
      lat: +toLat(view.y).toFixed(6),
      mpp: +(dpr / (view.scale * stretch(view.y))).toPrecision(6),
    }),
    parse({ lon, lat, mpp }, dpr) {
      const y = fromLat(lat);
      return { x: fromLon(lon), y, scale: dpr / (mpp * stretch(y)) };
    },
  };
})();
