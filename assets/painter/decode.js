// Bytes from the server -> typed arrays. dashboard/wire.py writes them and documents every byte.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});

  // Walks a buffer from front to back.
  class Reader {
    constructor(buffer, offset = 0) {
      this.bytes = new Uint8Array(buffer);
      this.data = new DataView(buffer);
      this.at = offset;
    }
    u32() {
      this.at += 4;
      return this.data.getUint32(this.at - 4, true);
    }
    f64() {
      this.at += 8;
      return this.data.getFloat64(this.at - 8, true);
    }
    text(length) {
      this.at += length;
      return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
    }
    magic(wanted) {
      const found = this.text(4);
      if (found !== wanted) throw new Error(`wanted ${wanted} bytes, got ${found}`);
    }
    // n integers of `width` bytes each, plane-coded: all lowest bytes first.
    planes(into, width) {
      const n = into.length;
      for (let byte = 0; byte < width; byte++) {
        const plane = this.bytes.subarray(this.at + byte * n, this.at + (byte + 1) * n);
        for (let i = 0; i < n; i++) into[i] |= plane[i] << (8 * byte);
      }
      this.at += n * width;
      return into;
    }
  }

  // counts -> offsets, one longer.
  function offsets(counts) {
    const sums = new Uint32Array(counts.length + 1);
    for (let i = 0; i < counts.length; i++) sums[i + 1] = sums[i] + counts[i];
    return sums;
  }

  // First vertices: each is a difference from the ring before.
  function placeStarts(points, deltas, ringAt) {
    let at = 0;
    for (let ring = 0; ring < deltas.length; ring++) points[ringAt[ring]] = at += deltas[ring];
  }

  // The others come by number within the ring, then by ring: rings that have ended drop out.
  function placeOthers(points, deltas, ringAt) {
    let open = Uint32Array.from({ length: ringAt.length - 1 }, (_, ring) => ring);
    for (let number = 1, i = 0; i < deltas.length; number++) {
      open = open.filter((ring) => ringAt[ring] + number < ringAt[ring + 1]);
      for (let j = 0; j < open.length; j++, i++) {
        const at = ringAt[open[j]] + number;
        points[at] = points[at - 1] + deltas[i];
      }
    }
  }

  function points(reader, read, ringAt) {
    const placed = new Int32Array(ringAt[ringAt.length - 1]);
    placeStarts(placed, read.starts, ringAt);
    placeOthers(placed, read.edges, ringAt);
    return placed;
  }

  // [west, south, east, north] of each unit in quanta; east < west where there is nothing to draw.
  function boxes(shapes) {
    const { units, unitAt, ringAt, xs, ys } = shapes;
    const box = new Int32Array(units * 4);
    for (let unit = 0; unit < units; unit++) {
      let west = 2147483647, south = 2147483647, east = -2147483648, north = -2147483648;
      const end = ringAt[unitAt[unit + 1]];
      for (let i = ringAt[unitAt[unit]]; i < end; i++) {
        if (xs[i] < west) west = xs[i];
        if (xs[i] > east) east = xs[i];
        if (ys[i] < south) south = ys[i];
        if (ys[i] > north) north = ys[i];
      }
      box.set([west, south, east, north], unit * 4);
    }
    return box;
  }

  // Shapes: unit u has rings unitAt[u]..unitAt[u+1], ring r has vertices ringAt[r]..ringAt[r+1];
  // a vertex lies at (x0 + xs * step, y0 + ys * step) in EPSG:3857 metres.
  function readShapes(reader) {
    reader.magic("OSS1");
    const units = reader.u32(), rings = reader.u32(), vertices = reader.u32(), text = reader.u32();
    reader.u32();
    const shapes = { units, x0: reader.f64(), y0: reader.f64(), step: reader.f64() };
    shapes.unitAt = offsets(reader.planes(new Uint16Array(units), 2));
    shapes.ringAt = offsets(reader.planes(new Uint32Array(rings), 4));
    const x = { starts: reader.planes(new Int32Array(rings), 4) };
    const y = { starts: reader.planes(new Int32Array(rings), 4) };
    x.edges = reader.planes(new Int16Array(vertices - rings), 2);
    y.edges = reader.planes(new Int16Array(vertices - rings), 2);
    shapes.xs = points(reader, x, shapes.ringAt);
    shapes.ys = points(reader, y, shapes.ringAt);
    shapes.box = boxes(shapes);
    return Object.assign(shapes, JSON.parse(reader.text(text)));
  }

  painter.decode = {
    shapes: (buffer) => readShapes(new Reader(buffer)),

    // Outlines: areas[i] belongs to unit i of `shapes`; `levels` from the widest down.
    outlines(buffer) {
      const reader = new Reader(buffer);
      reader.magic("OSO1");
      const text = JSON.parse(reader.text(reader.u32()));
      const shapes = readShapes(reader);
      const areas = text.codes.map((code, i) => ({
        unit: i, code, level: text.levels[i], parent: text.parents[i], zh: text.zh[i], en: text.en[i],
        x: text.x[i], y: text.y[i], r: text.r[i],
      }));
      return { shapes, areas, levels: [...new Set(text.levels)], byCode: new Map(areas.map((area) => [area.code, area])) };
    },

    values(buffer) {
      const reader = new Reader(buffer);
      reader.magic("OSV1");
      const units = reader.u32();
      return { units, values: new Float32Array(buffer, 8, units), states: new Uint8Array(buffer, 8 + 4 * units, units) };
    },

    // Flows: codes and parents of places; flow i goes from place from[i] to to[i]; a day has values and states.
    flows(buffer) {
      const reader = new Reader(buffer);
      reader.magic("OSF1");
      const count = reader.u32(), days = reader.u32(), length = reader.u32(), ends = 16 + 8 * days * count;
      const states = ends + 8 * count, text = new Reader(buffer, states + days * count).text(length);
      return {
        count, days, ...JSON.parse(text),
        from: new Uint32Array(buffer, ends, count), to: new Uint32Array(buffer, ends + 4 * count, count),
        day: (i) => ({
          values: new Float64Array(buffer, 16 + 8 * i * count, count),
          states: new Uint8Array(buffer, states + i * count, count),
        }),
      };
    },

    classes(buffer) {
      const reader = new Reader(buffer);
      reader.magic("OSC1");
      const days = reader.u32(), units = reader.u32();
      return { days, units, day: (i) => new Uint8Array(buffer, 12 + i * units, units) };
    },
  };
})();
