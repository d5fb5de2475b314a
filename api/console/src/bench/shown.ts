/** What a bench shows of itself in the live picture, and how a position is told from another at a glance. */
import type { MeterView } from "../line/views";

export interface ResultShown {
  item: string;
  case: string;
  point: string;
  value: string;
  limit: string;
  unit: string;
  verdict: string;
  cause: string;
  at_ms: number;
}
export interface PositionShown {
  present: boolean;
  pressed: boolean;
  wired: boolean;
  bypassed: boolean;
  closed: boolean;
  terminals_c: number[];
  error_percent: string;
  result: ResultShown | null;
}
export interface FrameShown {
  at_s: number;
  position: number;
  direction: "out" | "in";
  raw: string;
}
export interface CaseShown {
  run: string;
  state: string;
  scheme: string;
  formal: boolean;
  case: string;
  item: string;
  zh: string;
  en: string;
  done: number;
  cases: number;
}
export interface BenchShown {
  seq: number;
  at_ms: number;
  away: boolean;
  running: CaseShown | null;
  load: { voltage_v: string; current_a: string; power_factor: string; phase: string } | null;
  air: { temperature_c: number; humidity_percent: number } | null;
  positions: Record<string, PositionShown>;
  frames: FrameShown[];
  notices: { at_ms: number; code: string; position: number }[];
}

export const STATES = ["empty", "hanging", "wired", "pass", "fail", "aborted", "retest", "disabled"] as const;
export type PositionState = (typeof STATES)[number];

/** Each state has its mark, so that nobody needs to tell colours apart. */
export const MARKS: Record<PositionState, string> = {
  empty: "·", hanging: "○", wired: "●", pass: "✓", fail: "✗", aborted: "!", retest: "↻", disabled: "⊘",
};

/** Return the state of a position: out of use first, then its verdict unless it is tested again, then the sensors. */
export function stateOf(disabled: boolean, meter: MeterView | undefined, seen: PositionShown | undefined): PositionState {
  const tested = seen?.wired === true && !seen.bypassed;
  if (disabled) return "disabled";
  if (meter && isState(meter.verdict) && !(tested && meter.verdict === "retest")) return meter.verdict;
  if (tested) return "wired";
  return meter || seen?.present ? "hanging" : "empty";
}

const BOTH_WAYS: readonly string[] = ["intrinsic_error", "daily_timing", "constant", "demand", "clock", "time_switching"];

/** Whether a limit of an item holds to both sides of zero. */
export function bothWays(item: string): boolean {
  return BOTH_WAYS.includes(item);
}

/** A limit as it is written beside a value: "± 2.0", or "0.1" where values have no sign. */
export function limitText(item: string, limit: string): string {
  return limit && bothWays(item) ? `± ${limit}` : limit;
}

/** The hottest terminal of a position, or undefined where none is read. */
export function hottest(seen: PositionShown | undefined): number | undefined {
  return seen?.terminals_c.length ? Math.max(...seen.terminals_c) : undefined;
}

function isState(verdict: string): verdict is "pass" | "fail" | "aborted" | "retest" {
  return ["pass", "fail", "aborted", "retest"].includes(verdict);
}
