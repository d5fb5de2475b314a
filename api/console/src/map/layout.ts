/** Where everything of a plant stands on the canvas: ways to the left at scale, racks to the right as heat maps. */
import { stationPoints, type Aisle, type Plant } from "./plant";

export type Spot = readonly [x: number, y: number];

export interface Rack {
  id: string;
  aisle: Aisle;
  x: number;
  y: number; // top of the upper rack
  track: number; // y of the crane's track
  cellW: number;
  cellH: number;
  width: number;
  height: number;
}

export interface Layout {
  width: number;
  height: number;
  points: Record<string, Spot>;
  segments: Record<string, readonly [Spot, Spot]>;
  stations: Record<string, Spot>;
  racks: Record<string, Rack>;
}

const MARGIN = 40;
const TRACK = 20;
const TITLE = 18;
const GAP = 14;

/** Lay a plant out for a canvas of `width` CSS pixels; the height follows. */
export function layOut(plant: Plant, width: number): Layout {
  const aisles = Object.entries(plant.aisles);
  const xs = Object.values(plant.points).map((point) => point.x_m);
  const ys = Object.values(plant.points).map((point) => point.y_m);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const spanX = Math.max(1, Math.max(...xs) - left);
  const waysWidth = (width - 2 * MARGIN) * (aisles.length ? 0.42 : 1);
  const scale = Math.min(waysWidth / spanX, 32);
  const points = Object.fromEntries(
    Object.entries(plant.points).map(([id, point]): [string, Spot] => [
      id,
      [MARGIN + (point.x_m - left) * scale, MARGIN + (point.y_m - top) * scale],
    ]),
  );
  const waysBottom = MARGIN + (Math.max(...ys) - top) * scale;
  const rackX = MARGIN + spanX * scale + MARGIN;
  const racks = layRacks(aisles, points, { x: rackX, width: width - rackX - 12, height: waysBottom });
  const rackBottom = Math.max(0, ...Object.values(racks).map((rack) => rack.y + rack.height));
  return {
    width,
    height: Math.ceil(Math.max(waysBottom, rackBottom) + MARGIN),
    points,
    segments: segmentsOf(plant, points),
    stations: stationsOf(plant, points),
    racks,
  };
}

/** The middle of a slot's cell, by its name "A1-1-05-03" or "A1-1-05-03-2". */
export function slotSpot(layout: Layout, slot: string): Spot | null {
  const [aisle, side, column, level, depth] = slot.split("-");
  const rack = layout.racks[aisle ?? ""];
  if (!rack || !side || !column || !level) return null;
  const row = (Number(level) - 1) * rack.aisle.depth + Number(depth ?? 1) - 1;
  return [rack.x + (Number(column) - 0.5) * rack.cellW, rowY(rack, Number(side), row)];
}

/** Where a crane's carriage is drawn in the rack of `side`, from its position in millimetres. */
export function carriageSpot(rack: Rack, side: number, x_mm: number, y_mm: number): Spot {
  const column = x_mm / 1000 / rack.aisle.column_pitch_m;
  const row = (y_mm / 1000 / rack.aisle.level_pitch_m) * rack.aisle.depth;
  return [rack.x + (column - 0.5) * rack.cellW, rowY(rack, side, row)];
}

function rowY(rack: Rack, side: number, row: number): number {
  const off = TRACK / 2 + (row + 0.5) * rack.cellH;
  return side === 1 ? rack.track - off : rack.track + off;
}

function layRacks(
  aisles: [string, Aisle][],
  points: Record<string, Spot>,
  area: { x: number; width: number; height: number },
): Record<string, Rack> {
  const room = area.height / Math.max(1, aisles.length) - TRACK - TITLE - GAP;
  const wanted = aisles.map(([id, aisle]) => {
    const rows = aisle.levels * aisle.depth;
    const cellH = Math.min(8, Math.max(3, room / (aisle.sides * rows)));
    const height = aisle.sides * rows * cellH + TRACK;
    const middle = ((points[aisle.infeed]?.[1] ?? 0) + (points[aisle.outfeed]?.[1] ?? 0)) / 2;
    return { id, aisle, rows, cellH, height, y: middle - height / 2 };
  });
  let bottom = 0;
  const racks: Record<string, Rack> = {};
  for (const { id, aisle, rows, cellH, height, y: wish } of wanted.sort((a, b) => a.y - b.y)) {
    const y = Math.max(wish, bottom + TITLE + GAP);
    bottom = y + height;
    const cellW = area.width / (aisle.columns + 1);
    const x = area.x + cellW;
    racks[id] = { id, aisle, x, y, track: y + rows * cellH + TRACK / 2, cellW, cellH, width: cellW * aisle.columns, height };
  }
  return racks;
}

function segmentsOf(plant: Plant, points: Record<string, Spot>): Layout["segments"] {
  const found: Record<string, readonly [Spot, Spot]> = {};
  for (const id of Object.keys(plant.segments)) {
    const [source, target] = id.split("-");
    const [from, to] = [points[source ?? ""], points[target ?? ""]];
    if (from && to) found[id] = [from, to];
  }
  return found;
}

function stationsOf(plant: Plant, points: Record<string, Spot>): Layout["stations"] {
  const found: Record<string, Spot> = {};
  for (const [id, names] of Object.entries(stationPoints(plant))) {
    const spots = names.map((name) => points[name]).filter((spot): spot is Spot => spot != null);
    if (!spots.length) continue;
    const sum = spots.reduce((a, b) => [a[0] + b[0], a[1] + b[1]] as const);
    found[id] = [sum[0] / spots.length, sum[1] / spots.length];
  }
  return found;
}
