// Points of the map: a symbol for each kind, a number where they crowd, a name where there is
// room. Texts arrive as HTML entities; they are turned into plain text and never into markup.
(() => {
  "use strict";
  // closer than this, in pixels, two symbols hide each other
  const CROWDED = 34;
  // from this zoom on a crowd is spread out instead of counted
  const SPREAD_ZOOM = 15;
  const NAMES_ZOOM = 11;
  const NAME_LENGTH = 32;
  const PATH = /^[A-Za-z0-9 .-]+$/;
  const COLOR = /^#[0-9a-f]{6}$/i;

  const plain = entities =>
    new DOMParser().parseFromString(entities, "text/html").documentElement.textContent;

  function symbol(properties, { path, color }) {
    if (!PATH.test(path) || !COLOR.test(color)) throw new Error("no symbol");
    const width = properties.chosen ? 4 : 1.5;
    // a point that marks only its municipality is pale, with a broken outline
    const how = properties.exact ? "" : ` fill-opacity="0.35" stroke-dasharray="4 2.5"`;
    const size = 2 * Number(properties.radius) + (properties.chosen ? 8 : 0);
    return L.divIcon({
      className: "atlas-point",
      iconSize: [size, size],
      html: `<svg viewBox="-2 -2 28 28" width="${size}" height="${size}" aria-hidden="true">` +
        `<path d="${path}" fill="${color}" stroke="#1b2530" stroke-width="${width}"${how}/></svg>`,
    });
  }

  function short(name) {
    const first = name.split(" (")[0];
    return first.length > NAME_LENGTH ? `${first.slice(0, NAME_LENGTH - 1).trimEnd()}…` : first;
  }

  function count(number, words) {
    const size = 26 + Math.min(14, number);
    const label = `${number} ${words.testbeds}: ${words.nearer}`;
    return {
      label,
      icon: L.divIcon({
        className: "atlas-crowd",
        iconSize: [size, size],
        html: `<span style="display:flex;align-items:center;justify-content:center;` +
          `width:${size}px;height:${size}px;border-radius:50%;background:#1b2530;color:#fff;` +
          `border:2px solid #fff;font:600 13px system-ui,sans-serif">${number}</span>`,
      }),
    };
  }

  // Leaflet lets the keyboard reach a marker; what it is, and that Enter presses it, is ours.
  function reachable(marker) {
    marker.on("add", () => {
      const element = marker.getElement();
      element.setAttribute("aria-label", marker.options.alt);
      element.setAttribute("role", "button");
      // the focus would scroll the page between press and release, and the click would miss
      element.addEventListener("mousedown", event => event.preventDefault());
      element.addEventListener("keydown", event => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        element.click();
      });
    });
  }

  // Each point joins the first crowd that is near enough; the chosen one stands alone.
  function crowds(map, features) {
    const found = [];
    for (const feature of features) {
      const [lon, lat] = feature.geometry.coordinates;
      const at = map.project([lat, lon], map.getZoom());
      const near = feature.properties.chosen
        ? undefined
        : found.find(c => !c.closed && c.at.distanceTo(at) < CROWDED);
      if (near) near.members.push(feature);
      else found.push({ at, members: [feature], closed: feature.properties.chosen });
    }
    return found;
  }

  const Points = L.FeatureGroup.extend({
    initialize(features, symbols, words) {
      L.FeatureGroup.prototype.initialize.call(this);
      this.features = features;
      this.symbols = symbols;
      this.words = Object.fromEntries(Object.entries(words).map(([k, v]) => [k, plain(v)]));
      // not a feature group: a click on a number means no testbed
      this.numbers = L.layerGroup();
    },
    onAdd(map) {
      this._map = map;
      window.atlasPointLayer = this;
      const box = map.getContainer(), focus = box.focus.bind(box);
      box.focus = () => focus({ preventScroll: true });
      this.numbers.addTo(map);
      map.on("zoomend", this.draw, this);
      map.whenReady(this.draw, this);
    },
    onRemove(map) {
      map.off("zoomend", this.draw, this);
      this.clearLayers();
      this.numbers.clearLayers();
      map.removeLayer(this.numbers);
    },
    draw() {
      const map = this._map, zoom = map.getZoom();
      this.clearLayers();
      this.numbers.clearLayers();
      for (const crowd of crowds(map, this.features)) {
        if (crowd.members.length === 1) this.single(crowd.members[0], [0, 0]);
        else if (zoom >= SPREAD_ZOOM) this.spread(crowd.members);
        else this.number(crowd.members);
      }
      if (zoom >= NAMES_ZOOM) this.names();
    },
    single(feature, [right, down]) {
      const { name, detail, chosen } = feature.properties;
      const icon = symbol(feature.properties, this.symbols[feature.properties.kind]);
      const half = icon.options.iconSize[0] / 2;
      icon.options.iconAnchor = [half - right, half - down];
      const [lon, lat] = feature.geometry.coordinates;
      const marker = L.marker([lat, lon], {
        icon, keyboard: true, riseOnHover: true, zIndexOffset: chosen ? 1000 : 0,
        alt: `${plain(name)}, ${plain(detail)}`,
      });
      marker.feature = feature;
      marker.bindTooltip(this.note(name, detail), { direction: "top", offset: [right, -half] });
      reachable(marker);
      this.addLayer(marker);
    },
    note(name, detail) {
      const box = document.createElement("div"), strong = document.createElement("strong");
      strong.textContent = plain(name);
      box.append(strong);
      for (const line of plain(detail).split("\n")) {
        box.append(document.createElement("br"), line);
      }
      return box;
    },
    spread(members) {
      const radius = 10 + 5 * members.length;
      members.forEach((feature, i) => {
        const angle = (2 * Math.PI * i) / members.length;
        this.single(feature, [radius * Math.sin(angle), radius * Math.cos(angle)]);
      });
    },
    number(members) {
      const places = members.map(f => [f.geometry.coordinates[1], f.geometry.coordinates[0]]);
      const bounds = L.latLngBounds(places);
      const { icon, label } = count(members.length, this.words);
      const marker = L.marker(bounds.getCenter(), { icon, keyboard: true, alt: label });
      marker.on("click", () => this.nearer(bounds));
      reachable(marker);
      marker.bindTooltip(document.createTextNode(label).textContent, { direction: "top" });
      marker.addTo(this.numbers);
    },
    // At once: a move under way would swallow another, and some readers want no motion.
    nearer(bounds) {
      const zoom = Math.min(SPREAD_ZOOM, this._map.getBoundsZoom(bounds.pad(0.3)));
      const next = Math.max(zoom, this._map.getZoom() + 1);
      this._map.setView(bounds.getCenter(), next, { animate: false });
    },
    // Names beside the symbols, largest first, as long as they lie over nothing else.
    names() {
      const taken = [];
      const markers = this.getLayers().sort(
        (a, b) => b.feature.properties.radius - a.feature.properties.radius);
      for (const marker of markers) {
        const text = short(plain(marker.feature.properties.name));
        const at = this._map.latLngToLayerPoint(marker.getLatLng());
        const box = { l: at.x + 10, r: at.x + 26 + 9 * text.length, t: at.y - 11, b: at.y + 11 };
        const free = taken.every(o => box.r < o.l || box.l > o.r || box.b < o.t || box.t > o.b);
        if (!free) continue;
        taken.push(box);
        const name = document.createElement("span");
        name.textContent = text;
        L.marker(marker.getLatLng(), {
          interactive: false, keyboard: false,
          icon: L.divIcon({ className: "atlas-name", iconSize: [0, 0], html: name }),
        }).addTo(this.numbers);
        name.setAttribute("aria-hidden", "true");
        name.style.cssText = "position:absolute;left:12px;top:-9px;white-space:nowrap;" +
          "font:600 12px system-ui,sans-serif;color:#1b2530;text-shadow:0 0 3px #fff,0 0 3px #fff";
      }
    },
  });

  window.atlasPoints = (features, symbols, words) => new Points(features, symbols, words);
})();
