// The React component that Dash mounts: a static host element, in which the map lives by itself.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  onescreen.maps = onescreen.maps || {};

  // Dash ids may be objects (pattern matching); the page then finds the map by their text.
  const textOf = (id) => (typeof id === "object" ? JSON.stringify(id, Object.keys(id).sort()) : id);

  onescreen.GridMap = function GridMap(props) {
    const { useRef, useLayoutEffect, createElement } = window.React;
    const host = useRef(null), live = useRef(null), report = useRef(null), id = textOf(props.id);
    report.current = props.setProps;
    useLayoutEffect(() => {
      const map = new onescreen.painter.LiveMap(host.current, id, (what) => report.current && report.current(what));
      live.current = onescreen.maps[id] = map;
      return () => {
        map.end();
        if (onescreen.maps[id] === map) delete onescreen.maps[id];
      };
    }, [id]);
    useLayoutEffect(() => live.current.update(props));
    return createElement("div", { id, ref: host, className: "onescreen-map " + (props.className || ""), style: props.style });
  };
})();
