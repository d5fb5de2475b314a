/** Studies as the API hands them out. */
export interface Estimate {
  mean: number | null;
  half_width: number | null;
  count: number;
}
export interface Standing {
  run: string;
  file: string;
  by: string;
  asked_at: string | null;
  state: "waiting" | "running" | "done" | "failed" | "cancelled" | "elsewhere";
  workers: number;
  replications: number | null;
  said: string;
  progress: { done: number; planned: number; running: number; phase: string; estimates: Record<string, Record<string, Estimate>> } | null;
  findings: boolean;
  report: boolean;
  books: string[];
}
export interface StudyFile {
  file: string;
  name: string;
  plant: string;
  hours: number;
  scenarios: string[];
}
export interface Studies {
  files: StudyFile[];
  processors: number;
  runs: Standing[];
}

export interface Interval {
  mean: number;
  half_width: number | null;
  count: number;
  confidence: number;
}
export interface Series {
  unit: string;
  at_s: number[];
  mean: (number | null)[];
  half_width: (number | null)[];
}
export interface Scenario {
  name: string;
  replications: number;
  warm_s: number;
  responses: Record<string, Interval>;
  shares: Record<string, Record<string, Interval>>;
  series: Record<string, Series>;
  bottleneck: { device: string; why: string; evidence: Record<string, number> } | null;
}
export interface Comparison {
  first: string;
  second: string;
  response: string;
  difference: Interval;
  better: string | null;
}
export interface Findings {
  name: string;
  plant: string;
  seed: number;
  hours: number;
  asked: string[];
  measures: Record<string, { unit: string; better: "more" | "less" | "" }>;
  scenarios: Scenario[];
  comparisons: Comparison[];
  selection: { response: string; best: string; candidates: string[]; chance: number } | null;
  effects: { path: string; response: string; low: string; high: string; at_low: number; at_high: number }[];
  warnings: { code: string; params: Record<string, unknown> }[];
}
export const STATES = ["busy", "blocked", "starved", "down", "idle"] as const;
