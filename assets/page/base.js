// What the parts of a page share. Parts are React components without a build step: h(tag, properties, children).
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const page = (onescreen.page = onescreen.page || {});

  page.h = (...given) => window.React.createElement(...given);
  page.svg = page.h;

  // "{n} days" with its fields filled.
  page.fill = (text, fields) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in fields ? fields[name] : whole));

  page.classes = (...names) => names.filter(Boolean).join(" ");

  page.map = () => (onescreen.maps || {}).map;

  // A script and a style sheet of assets/ that not every reader needs.
  page.fetchPart = function (name) {
    const here = document.head.appendChild(document.createElement("link")), script = document.createElement("script");
    Object.assign(here, { rel: "stylesheet", href: `/assets/${name}.css` });
    return new Promise((done, failed) => {
      Object.assign(script, { src: `/assets/${name}.js`, onload: done, onerror: failed });
      document.head.append(script);
    });
  };

  // Calls `act` on an event of the document for as long as a part is mounted.
  page.useDocumentEvent = function (name, act) {
    const latest = window.React.useRef(act);
    latest.current = act;
    window.React.useEffect(() => {
      const listen = (event) => latest.current(event);
      document.addEventListener(name, listen);
      return () => document.removeEventListener(name, listen);
    }, [name]);
  };

  // The width of an element in CSS pixels, kept up to date.
  page.useWidth = function (ref, first) {
    const { useState, useLayoutEffect } = window.React;
    const [width, setWidth] = useState(first);
    useLayoutEffect(() => {
      const watch = new ResizeObserver(() => ref.current && setWidth(ref.current.clientWidth));
      watch.observe(ref.current);
      setWidth(ref.current.clientWidth);
      return () => watch.disconnect();
    }, []);
    return width;
  };
})();
