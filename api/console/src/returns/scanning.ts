/** What a code from the scanner means: the box, one of its meters, or the pallet that the box is set onto. Pure. */
import type { ListedMeter } from "./views";

/** A box as far as it is scanned. */
export interface Scanned {
  box: string;
  pallet: string;
  meters: readonly string[];
  broken: readonly string[];
  opened: boolean;
}
export const NOTHING: Scanned = { box: "", pallet: "", meters: [], broken: [], opened: false };
export const MOST_IN_BOX = 200;

/** What is known while scanning: what the district lists, boxes booked already, and how bar codes name a box. */
export interface Known {
  listed: readonly ListedMeter[];
  booked: readonly string[];
  box_types: readonly string[];
}
export type Heard = { now: Scanned; said: "box" | "meter" | "extra" | "pallet" | "twice" | "same_box" | "other_box" | "booked" | "full" | "no_box" };

export function hear(now: Scanned, code: string, known: Known): Heard {
  if (known.booked.includes(code)) return { now, said: "booked" };
  const isMeter = known.listed.some((one) => one.bar_code === code);
  if (!now.box) return isMeter ? { now, said: "no_box" } : { now: { ...NOTHING, pallet: now.pallet, box: code }, said: "box" };
  if (code === now.box) return { now, said: "same_box" };
  if (!isMeter && isBox(code, known)) return { now, said: "other_box" };
  if (!isMeter && !/^\d{12,}$/.test(code)) return { now: { ...now, pallet: code }, said: "pallet" };
  if (now.meters.includes(code)) return { now, said: "twice" };
  if (now.meters.length >= MOST_IN_BOX) return { now, said: "full" };
  return { now: { ...now, meters: [...now.meters, code] }, said: expected(now.box, known.listed).includes(code) ? "meter" : "extra" };
}

/** The meters that the district lists in a box. */
export function expected(box: string, listed: readonly ListedMeter[]): string[] {
  return listed.filter((one) => one.listed === box).map((one) => one.bar_code);
}

/** Which of a box are there, missing, and more than listed. */
export function compare(now: Scanned, listed: readonly ListedMeter[]): { there: string[]; missing: string[]; extra: string[] } {
  const wanted = expected(now.box, listed);
  return {
    there: now.meters.filter((code) => wanted.includes(code)),
    missing: now.box ? wanted.filter((code) => !now.meters.includes(code)) : [],
    extra: now.meters.filter((code) => !wanted.includes(code)),
  };
}

export function without(now: Scanned, code: string): Scanned {
  return { ...now, meters: now.meters.filter((one) => one !== code), broken: now.broken.filter((one) => one !== code) };
}

export function withSeal(now: Scanned, code: string, broken: boolean): Scanned {
  const rest = now.broken.filter((one) => one !== code);
  return { ...now, broken: broken ? [...rest, code] : rest };
}

export function isWhole(now: Scanned): boolean {
  return Boolean(now.box && now.pallet && now.meters.length);
}

function isBox(code: string, known: Known): boolean {
  if (known.listed.some((one) => one.listed === code)) return true;
  return /^\d{22,24}$/.test(code) && known.box_types.includes(code.slice(5, 7)); // the asset type of a bar code
}

const place = (note: number): string => `metrostack.return.${note}`;

/** What was scanned before this page was loaded anew, on this device. */
export function recall(note: number): Scanned {
  try {
    return { ...NOTHING, ...(JSON.parse(sessionStorage.getItem(place(note)) ?? "{}") as Partial<Scanned>) };
  } catch {
    return NOTHING;
  }
}

export function keep(note: number, now: Scanned): void {
  sessionStorage.setItem(place(note), JSON.stringify(now));
}
