/** What the API tells of a line. */

export interface MeterView {
  bar_code: string;
  verdict: string;
  seal: string;
  attempts: number;
  failed: string[];
}
export interface CarrierView {
  id: string;
  lot: number;
  stage: string;
  moving: boolean;
  since_ms: number;
  meters: MeterView[];
}
export interface CellView {
  id: string;
  kind: string;
  fault: number;
  carriers: CarrierView[];
}
export interface BenchView {
  id: string;
  positions: number;
  state: string;
  notice: string;
  disabled: number[];
  run: string;
  run_state: string;
  lot: number;
  since_ms: number;
  hanging: Record<string, MeterView>;
}
export interface LineView {
  id: string;
  phase: string;
  places: number;
  cells: CellView[];
  benches: BenchView[];
  lots: Record<string, string>;
}
/** A mission that waits for somebody; `ways` are what may be decided about it. */
export interface HeldView {
  mission: number;
  line: string;
  cell: string;
  fault: string;
  code: number;
  carrier: string;
  meters: string[];
  ways: string[];
  since_ms: number;
}
export interface ExceptionBox {
  number: number;
  line: string;
  box: string;
  lot: string;
  state: string;
  scanned: string[];
  booked: string[];
  reason: string;
  params: Record<string, unknown>;
  raised_ms: number;
}

/** Stages of what a cell holds without a carrier: lanes of the sorting cell, boxes that are being packed. */
export const HOLDERS: readonly string[] = ["lane_retest", "lane_reject", "lane_unverified", "packing"];

/** The room of each cell as the plant file has it: carriers, or bays of a bench; undefined where it says nothing. */
export function roomOf(cell: Record<string, unknown> | undefined, places: number): number | undefined {
  if (!cell) return undefined;
  if (cell["kind"] === "bench") return Math.floor(Number(cell["positions"]) / places);
  return typeof cell["capacity"] === "number" ? cell["capacity"] : undefined;
}
