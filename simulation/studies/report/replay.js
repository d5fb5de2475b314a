// One run on the plant's map. Values stand in the page as JSON; what moves is worked out for any moment, so that
// time may jump, stand still or run backwards.
function replay(trail, words) {
  const at = (id) => document.getElementById(id);
  const [map, play, scrub, pace, clock] = ["replay-map", "replay-play", "replay-at", "replay-speed", "replay-clock"].map(at);
  const FILL = { busy: "#0072b2", blocked: "#d55e00", starved: "#e69f00", down: "#000000", idle: "#ffffff" };
  const [MARGIN, TRACK, GAP] = [28, 12, 26];
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const ground = document.createElement("canvas");
  let [now, running, before, layout] = [trail.begins, false, 0, null];
  const exits = new Set(trail.exits);

  // Names are told by number, and lists are flat: five numbers a leg, two a change of state.
  const name = (n) => trail.names[n];
  const units = Object.values(trail.units).map((flat) => cut(flat, 5).map(([t0, a, t1, b, by]) => [t0, name(a), t1, name(b), name(by)]));
  const devices = Object.entries(trail.devices).map(([id, flat]) => [id, cut(flat, 2).map(([t, state]) => [t, trail.states[state]])]);
  function cut(flat, size) {
    const found = [];
    for (let n = 0; n < flat.length; n += size) found.push(flat.slice(n, n + size));
    return found;
  }

  // What stands: ways at scale on the left, the racks' fronts on the right.
  function layOut(width) {
    const spots = Object.values(trail.points);
    const [xs, ys] = [spots.map((p) => p[0]), spots.map((p) => p[1])];
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    const [wide, high] = [Math.max(1, Math.max(...xs) - left), Math.max(1, Math.max(...ys) - top)];
    const share = trail.aisles.length ? 0.55 : 1;
    const scale = Math.min((width * share - 2 * MARGIN) / wide, 26);
    const rows = trail.aisles.length;
    const height = Math.max(high * scale + 2 * MARGIN, rows * 44 + 2 * MARGIN, 240);
    const lift = (height - high * scale) / 2;
    const points = {};
    for (const [id, [x, y]] of Object.entries(trail.points)) points[id] = [MARGIN + (x - left) * scale, lift + (y - top) * scale];
    const racks = {};
    const from = MARGIN * 2 + wide * scale;
    const each = (height - 2 * MARGIN) / Math.max(1, rows);
    const order = [...trail.aisles].sort((a, b) => (points[a.infeed]?.[1] ?? 0) - (points[b.infeed]?.[1] ?? 0));
    order.forEach((aisle, n) => {
      const tall = Math.max(14, each - GAP + TRACK);
      racks[aisle.id] = { ...aisle, x: from, w: width - from - MARGIN, y: MARGIN + n * each, h: tall };
    });
    return { width, height, points, racks };
  }

  function spot(place) {
    if (place in layout.points) return layout.points[place];
    const way = trail.segments[place];
    if (way) return between(layout.points[way[0]], layout.points[way[1]], 0.5);
    const device = trail.stations[place];
    if (device) return middle(device.map((point) => layout.points[point]).filter(Boolean));
    const rack = layout.racks[trail.cranes[place]];
    if (rack) return [rack.x, rack.y + rack.h / 2];
    return slotSpot(place);
  }
  function slotSpot(place) {
    const [aisle, side, column, level] = place.split("-");
    const rack = layout.racks[aisle];
    if (!rack || !level) return null;
    const half = (rack.h - TRACK) / 2;
    const y = half * (1 - Number(level) / (rack.levels + 1));
    return [rack.x + (rack.w * Number(column)) / (rack.columns + 1), Number(side) === 1 ? rack.y + y : rack.y + rack.h - y];
  }
  const between = (a, b, part) => (a && b ? [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part] : a ?? b ?? null);
  function middle(spots) {
    if (!spots.length) return null;
    return [spots.reduce((sum, s) => sum + s[0], 0) / spots.length, spots.reduce((sum, s) => sum + s[1], 0) / spots.length];
  }

  // The last entry of `list` that has begun by `t`: entries are sorted by their first value.
  function latest(list, t) {
    let [low, high] = [0, list.length];
    while (low < high) {
      const probe = (low + high) >> 1;
      if (list[probe][0] <= t) low = probe + 1;
      else high = probe;
    }
    return low - 1;
  }
  // Where a unit is: null before its first leg, while it stands in a slot, and once it has left.
  function unitSpot(legs, t) {
    const n = latest(legs, t);
    if (n < 0) return null;
    const [begin, from, end, to, by] = legs[n];
    if (t <= end) return { spot: between(spot(from), spot(to), end > begin ? (t - begin) / (end - begin) : 1), by };
    return exits.has(to) || (slotSpot(to) && !(to in layout.points)) ? null : { spot: spot(to), by: "" };
  }

  function paintGround() {
    const pen = ground.getContext("2d");
    pen.clearRect(0, 0, layout.width, layout.height);
    pen.lineCap = "round";
    pen.strokeStyle = "#cbd2d9";
    pen.lineWidth = 6;
    for (const [a, b] of Object.values(trail.segments)) line(pen, layout.points[a], layout.points[b]);
    pen.font = "11px system-ui, sans-serif";
    pen.fillStyle = "#52606d";
    for (const rack of Object.values(layout.racks)) {
      pen.lineWidth = 1.5;
      for (const point of [rack.infeed, rack.outfeed]) line(pen, layout.points[point], [rack.x, rack.y + rack.h / 2]);
      pen.strokeRect(rack.x, rack.y, rack.w, (rack.h - TRACK) / 2);
      pen.strokeRect(rack.x, rack.y + (rack.h + TRACK) / 2, rack.w, (rack.h - TRACK) / 2);
      pen.fillText(rack.id, rack.x, rack.y - 4);
    }
  }
  function line(pen, a, b) {
    if (!a || !b) return;
    pen.beginPath();
    pen.moveTo(...a);
    pen.lineTo(...b);
    pen.stroke();
  }

  function draw() {
    const pen = map.getContext("2d");
    const ratio = Math.max(1, devicePixelRatio);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, map.width, map.height);
    pen.drawImage(ground, 0, 0);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const carried = {};
    let count = 0;
    const seen = [];
    for (const legs of units) {
      const found = unitSpot(legs, now);
      if (!found?.spot) continue;
      count++;
      if (found.by) carried[found.by] = found.spot;
      seen.push(found.spot);
    }
    pen.font = "11px system-ui, sans-serif";
    for (const [id, states] of devices) paintDevice(pen, id, states, carried[id]);
    pen.fillStyle = "#3f2a56";
    pen.strokeStyle = "#fff";
    pen.lineWidth = 1;
    for (const [x, y] of seen) {
      pen.beginPath();
      pen.rect(x - 4, y - 4, 8, 8);
      pen.fill();
      pen.stroke();
    }
    const told = say("units", { count });
    if (at("replay-count").textContent !== told) at("replay-count").textContent = told;
  }
  const resting = {};
  function paintDevice(pen, id, states, carrying) {
    const n = latest(states, now);
    const state = n < 0 ? "idle" : states[n][1];
    const rack = layout.racks[trail.cranes[id]];
    pen.fillStyle = FILL[state] ?? FILL.idle;
    pen.strokeStyle = "#1f2933";
    pen.lineWidth = 1;
    if (rack) {
      if (carrying) resting[id] = Math.min(rack.x + rack.w, Math.max(rack.x, carrying[0]));
      const x = resting[id] ?? rack.x;
      pen.fillRect(x - 3, rack.y, 6, rack.h);
      pen.strokeRect(x - 3, rack.y, 6, rack.h);
      return;
    }
    const way = trail.segments[id];
    if (way) {
      if (state === "idle") return;
      pen.strokeStyle = FILL[state];
      pen.lineWidth = 3;
      return line(pen, layout.points[way[0]], layout.points[way[1]]);
    }
    const where = spot(id);
    if (!where) return;
    const wide = pen.measureText(id).width + 20;
    pen.fillRect(where[0] - wide / 2, where[1] + 8, 10, 14);
    pen.strokeRect(where[0] - wide / 2, where[1] + 8, 10, 14);
    pen.fillStyle = "#1f2933";
    pen.fillText(id, where[0] - wide / 2 + 13, where[1] + 19);
  }

  const say = (key, params = {}) => (words[current()][key] ?? key).replace(/\{(\w+)\}/g, (all, name) => (name in params ? String(params[name]) : all));
  const two = (n) => String(Math.floor(n)).padStart(2, "0");
  function show() {
    scrub.value = String(Math.round(now - trail.begins));
    const text = `${two(now / 3600)}:${two((now / 60) % 60)}:${two(now % 60)}`;
    clock.textContent = text;
    scrub.setAttribute("aria-valuetext", text);
    draw();
  }
  function fit() {
    const width = Math.max(640, Math.floor(map.parentElement.clientWidth) - 2);
    layout = layOut(width);
    const ratio = Math.max(1, devicePixelRatio);
    for (const canvas of [map, ground]) [canvas.width, canvas.height] = [width * ratio, layout.height * ratio];
    ground.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    map.setAttribute("width", String(map.width));
    paintGround();
    show();
  }
  function step(stamp) {
    if (!running) return;
    const rest = still.matches ? 1 : 0; // who asked for less motion gets a still picture each second
    if (before && (stamp - before) / 1000 < rest) return void requestAnimationFrame(step);
    const passed = before ? Math.min(rest + 0.2, (stamp - before) / 1000) : 0;
    before = stamp;
    now = Math.min(trail.ends, now + passed * Number(pace.value));
    show();
    if (now >= trail.ends) toggle(false);
    else requestAnimationFrame(step);
  }
  function toggle(run) {
    running = run;
    before = 0;
    if (run && now >= trail.ends) now = trail.begins;
    label();
    if (run) requestAnimationFrame(step);
  }
  function label() {
    play.textContent = say(running ? "pause" : "play");
    for (const key of ["title", "say"]) at(`replay-${key}`).textContent = say(key);
    at("replay-speed-name").textContent = say("speed");
    at("replay-time-name").textContent = say("time");
    map.setAttribute("aria-label", say("label"));
    at("replay-legend").replaceChildren(...Object.entries(FILL).map(([state, fill]) => mark(fill, say(`state.${state}`))));
    draw();
  }
  function mark(fill, text) {
    const [item, picture] = [document.createElement("li"), document.createElementNS("http://www.w3.org/2000/svg", "svg")];
    const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ x: 1, y: 1, width: 12, height: 12, fill, stroke: "#1f2933" })) box.setAttribute(name, String(value));
    picture.setAttribute("viewBox", "0 0 14 14");
    picture.setAttribute("aria-hidden", "true");
    picture.append(box);
    item.append(picture, text);
    return item;
  }

  scrub.max = String(Math.ceil(trail.ends - trail.begins));
  for (const times of [1, 10, 60, 300, 1200]) pace.add(new Option(`${times}×`, String(times), times === 60, times === 60));
  play.addEventListener("click", () => toggle(!running));
  scrub.addEventListener("input", () => {
    now = trail.begins + Number(scrub.value);
    show();
  });
  addEventListener("resize", fit);
  whenChosen.push(label);
  fit();
  label();
}
const trailOf = document.getElementById("replay-trail");
if (trailOf) replay(JSON.parse(trailOf.textContent), JSON.parse(document.getElementById("replay-words").textContent));
