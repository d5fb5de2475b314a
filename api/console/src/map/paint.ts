/** Paints a plant. Normal equipment is grey and blue-grey; saturated colour stands for something abnormal (ISA-101). */
import type { Layout, Rack, Spot } from "./layout";
import { carriageSpot, slotSpot } from "./layout";
import { paintPriority, type Pen } from "./shapes";

const INK = "#2b333b";
const WAY = "#9aa5af";
const WAY_FREE = "#c9d0d6";
const EMPTY = "#f6f7f8";
const FULL = "#8296a8";
const LOAD = "#3f5a73";
export const WARN = "#b45f06";

/** What moves or changes; the layout is what stands. */
export interface Scene {
  slots: Readonly<Record<string, unknown>>;
  blocked: ReadonlySet<string>;
  units: { id: string; spot: Spot; faulty: boolean }[];
  cranes: { aisle: string; x_mm: number; y_mm: number; loaded: boolean }[];
  alarms: { spot: Spot; priority: number }[];
  offline: ReadonlySet<string>; // segments and stations whose PLC is out of reach
}

/** Paint what stands: ways, stations, rack frames, occupied slots. */
export function paintGround(pen: Pen, layout: Layout, scene: Scene): void {
  pen.clearRect(0, 0, layout.width, layout.height);
  pen.font = "12px system-ui, sans-serif";
  pen.textBaseline = "middle";
  for (const [id, [from, to]] of Object.entries(layout.segments)) paintWay(pen, from, to, scene.offline.has(id));
  for (const rack of Object.values(layout.racks)) paintRack(pen, layout, rack, scene);
  for (const [id, spot] of Object.entries(layout.points)) paintPoint(pen, id, spot);
  for (const [id, spot] of Object.entries(layout.stations)) paintStation(pen, id, spot, scene.offline.has(id));
}

/** Paint what moves: cranes, units, alarms. */
export function paintMoving(pen: Pen, layout: Layout, scene: Scene): void {
  for (const crane of scene.cranes) paintCrane(pen, layout, crane);
  for (const unit of scene.units) paintUnit(pen, unit.spot, unit.faulty);
  for (const alarm of scene.alarms) paintPriority(pen, alarm.spot, alarm.priority);
}

function paintWay(pen: Pen, from: Spot, to: Spot, offline: boolean): void {
  pen.strokeStyle = offline ? WAY : WAY_FREE;
  pen.lineWidth = offline ? 2 : 9;
  pen.setLineDash(offline ? [4, 4] : []);
  pen.lineCap = "round";
  line(pen, from, to);
  pen.setLineDash([]);
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const [x, y] = [from[0] + (to[0] - from[0]) * 0.5, from[1] + (to[1] - from[1]) * 0.5];
  pen.save();
  pen.translate(x, y);
  pen.rotate(angle);
  pen.fillStyle = WAY;
  pen.beginPath();
  pen.moveTo(4, 0);
  pen.lineTo(-3, -3.5);
  pen.lineTo(-3, 3.5);
  pen.fill();
  pen.restore();
}

function paintPoint(pen: Pen, id: string, [x, y]: Spot): void {
  pen.fillStyle = "#fff";
  pen.strokeStyle = WAY;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.arc(x, y, 4.5, 0, 7);
  pen.fill();
  pen.stroke();
  pen.fillStyle = INK;
  pen.textAlign = "left";
  pen.fillText(id, x + 8, y - 10);
}

function paintStation(pen: Pen, id: string, [x, y]: Spot, offline: boolean): void {
  const width = pen.measureText(id).width + 12;
  pen.fillStyle = "#fff";
  pen.strokeStyle = INK;
  pen.lineWidth = 1;
  pen.setLineDash(offline ? [3, 3] : []);
  pen.beginPath();
  pen.roundRect(x - width / 2, y + 12, width, 18, 3);
  pen.fill();
  pen.stroke();
  pen.setLineDash([]);
  pen.fillStyle = INK;
  pen.textAlign = "center";
  pen.fillText(id, x, y + 21.5);
}

function paintRack(pen: Pen, layout: Layout, rack: Rack, scene: Scene): void {
  const { aisle } = rack;
  pen.strokeStyle = WAY_FREE;
  pen.lineWidth = 1.5;
  for (const [point, shift] of [[aisle.infeed, -3], [aisle.outfeed, 3]] as const) {
    const spot = layout.points[point];
    if (spot) line(pen, spot, [rack.x - rack.cellW, rack.track + shift]);
  }
  pen.strokeStyle = WAY;
  line(pen, [rack.x - rack.cellW, rack.track], [rack.x + rack.width, rack.track]);
  pen.fillStyle = INK;
  pen.textAlign = "left";
  pen.fillText(rack.id, rack.x, rack.y - 9);
  const [w, h] = [Math.max(1, rack.cellW - 1), Math.max(1, rack.cellH - 1)];
  forEachSlot(rack, (slot) => {
    const spot = slotSpot(layout, slot);
    if (!spot) return;
    pen.fillStyle = scene.blocked.has(slot) ? WARN : slot in scene.slots ? FULL : EMPTY;
    pen.fillRect(spot[0] - w / 2, spot[1] - h / 2, w, h);
  });
}

/** Call `use` with the name of every slot of a rack. */
export function forEachSlot(rack: Pick<Rack, "id" | "aisle">, use: (slot: string) => void): void {
  const two = (n: number): string => String(n).padStart(2, "0");
  const { sides, columns, levels, depth } = rack.aisle;
  for (let side = 1; side <= sides; side++)
    for (let column = 1; column <= columns; column++)
      for (let level = 1; level <= levels; level++)
        for (let d = 1; d <= depth; d++)
          use(`${rack.id}-${side}-${two(column)}-${two(level)}${d > 1 ? `-${d}` : ""}`);
}

function paintCrane(pen: Pen, layout: Layout, crane: Scene["cranes"][number]): void {
  const rack = layout.racks[crane.aisle];
  if (!rack) return;
  const [x] = carriageSpot(rack, 1, crane.x_mm, crane.y_mm);
  pen.strokeStyle = INK;
  pen.lineWidth = 2;
  line(pen, [x, rack.y], [x, rack.y + rack.height]);
  for (let side = 1; side <= rack.aisle.sides; side++) {
    const [cx, cy] = carriageSpot(rack, side, crane.x_mm, crane.y_mm);
    pen.fillStyle = crane.loaded ? LOAD : "#fff";
    pen.lineWidth = 1.5;
    pen.fillRect(cx - 5, cy - 3.5, 10, 7);
    pen.strokeRect(cx - 5, cy - 3.5, 10, 7);
  }
}

function paintUnit(pen: Pen, [x, y]: Spot, faulty: boolean): void {
  pen.fillStyle = faulty ? WARN : LOAD;
  pen.strokeStyle = "#fff";
  pen.lineWidth = 1;
  pen.beginPath();
  pen.roundRect(x - 5.5, y - 5.5, 11, 11, 2);
  pen.fill();
  pen.stroke();
  if (!faulty) return;
  pen.fillStyle = "#fff";
  pen.textAlign = "center";
  pen.fillText("!", x, y + 0.5);
}

function line(pen: Pen, from: Spot, to: Spot): void {
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  pen.stroke();
}
