/** What the API says of demand, supply and what may be promised. */
export interface Outlook {
  month: string;
  model: string;
  demand: number;
  supply: number;
  short: number;
  verify: number;
  capacity: number;
  cause: string;
}
export interface Planned {
  month: string;
  model: string;
  district: string;
  meters: number;
}
export interface Available {
  model: string;
  qualified: number;
  locked: number;
  safety: number;
  available: number;
  short: number;
  ordered: number;
  to_verify: number;
}

/** The least round figure that is not below a value, so that an axis ends on it. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= value) ?? value;
}
