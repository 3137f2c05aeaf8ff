// Pointer, wheel and keys -> what the person means. Knows no map: it calls the functions of `means`
// (pan, zoom, settle, hover, leave, tap, doubleTap, key) with CSS pixels from the host's top left corner.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});
  const STILL = 4; // CSS pixels a pressed pointer may wander and still be a tap; fingers tremble
  const DOUBLE = 320; // milliseconds between the taps of a double tap
  const LINE = 16; // CSS pixels of a wheel's line
  const WHEEL = 0.0016, PINCH = 0.01; // zoom exponent a CSS pixel; a touchpad's pinch comes as small wheel steps with Ctrl

  class Gestures {
    constructor(host, means) {
      this.host = host;
      this.means = means;
      this.pointers = new Map();
      this.stop = new AbortController();
      const on = (name, act, options) =>
        host.addEventListener(name, (event) => act.call(this, event), { signal: this.stop.signal, ...options });
      on("pointerdown", this.down);
      on("pointermove", this.move);
      on("pointerup", this.up);
      on("pointercancel", this.cancel);
      // A finger leaves with every tap; what the tap showed stays.
      on("pointerleave", (event) => event.pointerType !== "touch" && this.means.leave());
      on("wheel", this.wheel, { passive: false });
      on("keydown", this.keyDown);
      on("blur", () => this.means.key("Blur"));
    }

    place(event) {
      const box = this.host.getBoundingClientRect();
      return { x: event.clientX - box.left - this.host.clientLeft, y: event.clientY - box.top - this.host.clientTop };
    }

    down(event) {
      if (event.button !== 0) return;
      this.host.setPointerCapture(event.pointerId);
      const at = this.place(event);
      this.pointers.set(event.pointerId, at);
      this.pressed = this.pointers.size === 1 ? at : null;
      this.dragging = this.pointers.size > 1;
    }

    move(event) {
      const at = this.place(event), before = this.pointers.get(event.pointerId);
      if (!before) {
        if (event.pointerType !== "touch") this.means.hover(at.x, at.y);
        return;
      }
      const far = !this.pressed || Math.hypot(at.x - this.pressed.x, at.y - this.pressed.y) > STILL;
      if (!this.dragging && !far) return;
      if (!this.dragging) this.means.leave();
      this.dragging = true;
      if (this.pointers.size === 2) this.pinch(event.pointerId, before, at);
      else this.means.pan(at.x - before.x, at.y - before.y);
      this.pointers.set(event.pointerId, at);
    }

    // One of two fingers moved: the middle pans, the distance zooms.
    pinch(id, before, at) {
      const other = [...this.pointers].find(([key]) => key !== id)[1];
      const reach = (point) => Math.max(Math.hypot(point.x - other.x, point.y - other.y), 1);
      this.means.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
      this.means.zoom(reach(at) / reach(before), (at.x + other.x) / 2, (at.y + other.y) / 2);
    }

    up(event) {
      if (!this.pointers.delete(event.pointerId)) return;
      if (this.dragging) {
        if (this.pointers.size === 0) this.dragging = false;
        this.means.settle();
      } else if (this.pressed) this.tap(event, this.place(event));
      this.pressed = null;
    }

    cancel(event) {
      this.pointers.delete(event.pointerId);
      if (this.dragging) this.means.settle();
      this.dragging = this.pointers.size > 0 && this.dragging;
      this.pressed = null;
    }

    tap(event, at) {
      const last = this.lastTap;
      const twice = last && event.timeStamp - last.time < DOUBLE && Math.hypot(at.x - last.x, at.y - last.y) < 24;
      this.lastTap = twice ? null : { ...at, time: event.timeStamp };
      if (twice) this.means.doubleTap(at.x, at.y, event.shiftKey);
      else this.means.tap(at.x, at.y);
    }

    wheel(event) {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === 1 ? LINE : event.deltaMode === 2 ? this.host.clientHeight : 1);
      const at = this.place(event);
      const factor = Math.exp(-pixels * (event.ctrlKey ? PINCH : WHEEL));
      this.means.zoom(Math.min(Math.max(factor, 0.5), 2), at.x, at.y);
    }

    keyDown(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.host) return;
      if (this.means.key(event.key)) event.preventDefault();
    }

    end() {
      this.stop.abort();
    }
  }

  painter.Gestures = Gestures;
})();
