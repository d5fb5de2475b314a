// The plant map on a canvas: conveyors with their units, racks as grids of slots, cranes where they are.
import type { Sections } from "./live";
import type { Aisle, Plant } from "./plant";

const INK = "#37424d";
const LINE = "#b4bec8";
const UNIT = "#5b7083";
const SLOT = "#dde3e8";
const FULL = "#7d93a8";
const BAD = "#c62828";
const PAD = 26;
const RACK_GAP_M = 2;

interface View { scale: number; dx: number; dy: number }

/** Draws `plant` into `canvas`; keep one per canvas and call `draw` with each picture. */
export class PlantMap {
  private crane: Record<string, { x: number; y: number }> = {};
  private frame = 0;
  private picture: Sections | null = null;
  private readonly resized: ResizeObserver;

  constructor(private readonly canvas: HTMLCanvasElement, private readonly plant: Plant) {
    this.resized = new ResizeObserver(() => this.paint());
    this.resized.observe(canvas);
  }

  close(): void {
    this.resized.disconnect();
    cancelAnimationFrame(this.frame);
  }

  draw(picture: Sections): void {
    this.picture = picture;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.glide());
  }

  /** Let cranes glide to where they were last seen. */
  private glide(): void {
    let moving = false;
    for (const id of Object.keys(this.plant.cranes)) {
      const seen = this.picture?.devices[id];
      const goal = { x: (seen?.x_mm ?? 0) / 1000, y: (seen?.y_mm ?? 0) / 1000 };
      const now = this.crane[id] ?? goal;
      const next = { x: now.x + (goal.x - now.x) * 0.3, y: now.y + (goal.y - now.y) * 0.3 };
      moving ||= Math.abs(goal.x - next.x) + Math.abs(goal.y - next.y) > 0.05;
      this.crane[id] = next;
    }
    this.paint();
    if (moving) this.frame = requestAnimationFrame(() => this.glide());
  }

  private paint(): void {
    const { canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (!width || !height) return;
    if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
      canvas.width = width * ratio;
      canvas.height = height * ratio;
    }
    const g = canvas.getContext("2d")!;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    g.font = "11px system-ui, sans-serif";
    const view = this.view(width, height);
    this.segments(g, view);
    for (const aisle of Object.values(this.plant.aisles)) this.aisle(g, view, aisle);
    this.points(g, view);
    this.units(g, view);
  }

  /** Fit points on the left and the racks to the right of the right-most point. */
  private view(width: number, height: number): View {
    const points = Object.values(this.plant.points);
    const xs = points.map((p) => p.x_m);
    const ys = points.map((p) => p.y_m);
    const rack = Math.max(...Object.values(this.plant.aisles).map((a) => a.columns * a.column_pitch_m), 0);
    const wide = Math.max(...xs) - Math.min(...xs) + RACK_GAP_M + rack * 0.5;
    const tall = Math.max(...ys) - Math.min(...ys) + 2;
    const scale = Math.min((width - 2 * PAD) / wide, (height - 2 * PAD) / tall);
    return { scale, dx: PAD - Math.min(...xs) * scale, dy: PAD + 6 - Math.min(...ys) * scale };
  }

  private at(view: View, point: string): [number, number] {
    const p = this.plant.points[point];
    return p ? [view.dx + p.x_m * view.scale, view.dy + p.y_m * view.scale] : [0, 0];
  }

  private segments(g: CanvasRenderingContext2D, view: View): void {
    const faults = this.picture?.faults ?? {};
    for (const id of Object.keys(this.plant.segments)) {
      const [from = "", to = ""] = id.split("-");
      const [x0, y0] = this.at(view, from);
      const [x1, y1] = this.at(view, to);
      g.strokeStyle = faults[id] ? BAD : LINE;
      g.lineWidth = 6;
      g.beginPath();
      g.moveTo(x0, y0);
      g.lineTo(x1, y1);
      g.stroke();
      const turn = Math.atan2(y1 - y0, x1 - x0);
      g.save();
      g.translate((x0 + x1) / 2, (y0 + y1) / 2);
      g.rotate(turn);
      g.fillStyle = "#fff";
      g.beginPath();
      g.moveTo(4, 0);
      g.lineTo(-3, -3);
      g.lineTo(-3, 3);
      g.fill();
      g.restore();
    }
  }

  private points(g: CanvasRenderingContext2D, view: View): void {
    const doors = this.doors();
    for (const id of Object.keys(this.plant.points)) {
      const [x, y] = this.at(view, id);
      const device = doors[id];
      if (!device) {
        g.fillStyle = LINE;
        g.fillRect(x - 3, y - 3, 6, 6);
        continue;
      }
      const broken = this.picture?.faults[device];
      g.fillStyle = "#f4f6f8";
      g.strokeStyle = broken ? BAD : INK;
      g.lineWidth = broken ? 3 : 1;
      g.fillRect(x - 13, y - 9, 26, 18);
      g.strokeRect(x - 13, y - 9, 26, 18);
      g.fillStyle = INK;
      g.textAlign = "center";
      g.fillText(id, x, y + 4);
    }
    g.textAlign = "start";
  }

  private doors(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const group of [this.plant.stations, this.plant.lines, this.plant.docks]) {
      for (const [id, spec] of Object.entries(group as unknown as Record<string, Record<string, unknown>>)) {
        for (const key of ["point", "source", "target", "infeed", "outfeed"]) {
          if (typeof spec[key] === "string") found[spec[key] as string] = id;
        }
      }
    }
    for (const aisle of Object.values(this.plant.aisles)) {
      found[aisle.infeed] = aisle.crane;
      found[aisle.outfeed] = aisle.crane;
    }
    return found;
  }

  /** An aisle seen from its side: one rack above the other, the crane between them. */
  private aisle(g: CanvasRenderingContext2D, view: View, aisle: Aisle): void {
    const [, yIn] = this.at(view, aisle.infeed);
    const [xOut, yOut] = this.at(view, aisle.outfeed);
    const x0 = Math.max(this.at(view, aisle.infeed)[0], xOut) + RACK_GAP_M * view.scale;
    const cell = (aisle.column_pitch_m * view.scale) / 2;
    const middle = (yIn + yOut) / 2;
    const high = Math.max(2, Math.min((Math.abs(yOut - yIn) + view.scale) / (2 * aisle.levels), cell));
    const slots = this.picture?.slots ?? {};
    for (let side = 1; side <= aisle.sides; side++) {
      const base = side === 1 ? middle - 5 : middle + 5 + aisle.levels * high;
      for (let column = 1; column <= aisle.columns; column++) {
        for (let level = 1; level <= aisle.levels; level++) {
          const id = `${aisle.id}-${side}-${two(column)}-${two(level)}`;
          g.fillStyle = slots[id] ? FULL : SLOT;
          g.fillRect(x0 + (column - 1) * cell, base - level * high, cell - 1, high - 1);
        }
      }
    }
    this.drawCrane(g, aisle, x0, cell, middle);
    g.fillStyle = INK;
    g.fillText(`${aisle.id} ${aisle.crane}`, x0 + aisle.columns * cell + 6, middle + 4);
  }

  private drawCrane(g: CanvasRenderingContext2D, aisle: Aisle, x0: number, cell: number, middle: number): void {
    const seen = this.picture?.devices[aisle.crane];
    const place = this.crane[aisle.crane] ?? { x: 0, y: 0 };
    const x = x0 - cell + (place.x / aisle.column_pitch_m) * cell;
    g.fillStyle = this.picture?.faults[aisle.crane] ? BAD : INK;
    g.fillRect(x0 - 6, middle - 1, aisle.columns * cell + 6, 2);
    g.fillRect(x - 5, middle - 5, 10, 10);
    if (seen?.loaded) {
      g.fillStyle = "#fff";
      g.fillRect(x - 2, middle - 2, 4, 4);
    }
  }

  private units(g: CanvasRenderingContext2D, view: View): void {
    const here: Record<string, number> = {};
    for (const unit of Object.values(this.picture?.units ?? {})) {
      const place = this.where(view, unit.at);
      if (!place) continue;
      const nth = (here[unit.at] = (here[unit.at] ?? 0) + 1) - 1;
      const [x, y] = place;
      g.fillStyle = unit.faults.length ? BAD : UNIT;
      g.fillRect(x - 5 + nth * 4, y - 5 - nth * 4, 10, 10);
      g.strokeStyle = "#fff";
      g.lineWidth = 1;
      g.strokeRect(x - 5 + nth * 4, y - 5 - nth * 4, 10, 10);
    }
  }

  private where(view: View, at: string): [number, number] | null {
    if (this.plant.points[at]) {
      const [x, y] = this.at(view, at);
      return [x, y - (this.doors()[at] ? 16 : 0)];
    }
    if (!this.plant.segments[at]) return null;
    const [from = "", to = ""] = at.split("-");
    const [x0, y0] = this.at(view, from);
    const [x1, y1] = this.at(view, to);
    return [(x0 + x1) / 2, (y0 + y1) / 2];
  }
}

const two = (n: number) => String(n).padStart(2, "0");
