// Bytes by address: asked once, kept, asked again with growing patience when they do not come.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});
  const KEEP_BYTES = 192e6; // about sixteen 60-day layers of 200,000 units; a wall runs for weeks and must not grow
  const PATIENCE = [400, 1200, 3000, 8000, 20000]; // milliseconds before each new attempt; the last one for ever
  const LATE_AFTER = 2; // failed attempts before the reader is told

  const kept = new Map(); // address -> {what, bytes}; oldest use first

  function remember(url, what, bytes) {
    kept.delete(url);
    kept.set(url, { what, bytes });
    let total = 0;
    for (const entry of kept.values()) total += entry.bytes;
    for (const [old, entry] of kept) {
      if (total <= KEEP_BYTES || old === url) break;
      kept.delete(old);
      total -= entry.bytes;
    }
  }

  function recall(url) {
    const entry = kept.get(url);
    if (!entry) return null;
    kept.delete(url);
    kept.set(url, entry);
    return entry.what;
  }

  const pause = (milliseconds, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      signal.addEventListener("abort", () => (clearTimeout(timer), resolve()));
    });

  async function attempt(url, decode, signal) {
    const response = await fetch(url, { signal, credentials: "same-origin" });
    if (!response.ok) throw new Error(`${response.status} ${url}`);
    const buffer = await response.arrayBuffer();
    const what = decode(buffer);
    remember(url, what, buffer.byteLength);
    return what;
  }

  // What `url` decodes to; tries until it is there or `signal` aborts (then null). late(true|false) tells how it goes.
  async function bytes(url, decode, signal, late) {
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        const what = recall(url) || (await attempt(url, decode, signal));
        late(false);
        return signal.aborted ? null : what;
      } catch (error) {
        if (signal.aborted) return null;
        if (tries + 1 >= LATE_AFTER) late(true);
        if (tries === 0) console.warn("onescreen map:", error.message);
        await pause(PATIENCE[Math.min(tries, PATIENCE.length - 1)], signal);
      }
    }
    return null;
  }

  painter.fetch = { bytes, recall, forget: () => kept.clear() };
})();
