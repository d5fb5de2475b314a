/** What the API tells of results. */

export interface TestView {
  number: number;
  run: string;
  bench: string;
  position: number;
  lot: string;
  nth: number;
  attempt: number;
  verdict: string;
  valid: boolean;
  failed: string[];
  cause: string;
  address_read: string;
  standard: string;
  scheme: string;
  version: number;
  formal: boolean;
  tester: string;
  checker: string;
  ended_ms: number;
}
export interface PaperView {
  number: string;
  kind: string;
  bar_code: string;
  state: string;
  issued_ms: number;
  valid_years: number;
  void_reason: string;
  void_by: string;
  void_ms: number;
}
export interface SealView {
  seal: string;
  state: string;
  cell: string;
  bar_code: string;
  position: string;
  at_ms: number;
  void_ms: number;
  reason: string;
  by: string;
}
export interface MeterHistory {
  bar_code: string;
  tests: TestView[];
  papers: PaperView[];
  seals: SealView[];
}
export interface OutcomeView {
  serial: number;
  position: number;
  bar_code: string;
  test_case: string;
  item: string;
  point: string;
  verdict: string;
  raw: string[];
  readings: string[];
  value: string;
  rounded: string;
  limit_value: string;
  unit: string;
  clause: string;
  cause: string;
  temperature_c: string;
  humidity_percent: string;
}
export interface MeterLine {
  bar_code: string;
  verdict: string;
  failed: string[];
  bench: string;
  position: number;
  attempt: number;
  standard: string;
  paper: string;
  seals: string;
}
export interface RunView {
  number: number;
  run: string;
  bench: string;
  lot: string;
  scheme: string;
  version: number;
  formal: boolean;
  standard: string;
  tester: string;
  checker: string;
  state: string;
  meters: number;
  ended_ms: number;
}
export interface Spread {
  point: string;
  meters: number;
  mean_percent: number;
  least_percent: number;
  most_percent: number;
  limit_percent: number;
  counts: number[];
}
export interface LotYield {
  lot: string;
  runs: number;
  meters: number;
  passed: number;
  failed: number;
  first_passed: number;
  retest_passed: number;
  aborted: number;
  items: Record<string, number>;
  benches: { bench: string; tested: number; passed: number }[];
  standards: string[];
  schemes: string[];
  testers: string[];
  checkers: string[];
}
export interface LotResult {
  out: LotYield;
  yield_percent: number;
  spreads: Spread[];
  review: string;
}
export interface BiasView {
  position: number;
  runs: number;
  deviation_percent: number;
  sigmas: number;
  suspect: boolean;
}
export interface Found {
  kind: string;
  code: string;
  lot: string;
  meters: number;
}
