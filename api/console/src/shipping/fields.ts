/** What is told of a depot, a district, a vehicle, a distance: the fields of their forms and columns of their files. */
export const KINDS = ["districts", "vehicles", "distances"] as const;
export type Kind = (typeof KINDS)[number];
export type Row = Record<string, string | number | boolean>;

export interface Field {
  name: string;
  kind: "text" | "whole" | "number" | "clock" | "check";
  required?: boolean;
  least?: number;
  most?: number;
  otherwise?: string;
}

const text = (name: string, most: number, required = true): Field => ({ name, kind: "text", most, required });
const whole = (name: string, least: number, most: number, otherwise = ""): Field => ({ name, kind: "whole", least, most, otherwise, required: true });
const degrees = (name: string, most: number): Field => ({ name, kind: "number", least: -most, most, required: true });
const clock = (name: string, otherwise: string): Field => ({ name, kind: "clock", otherwise, required: true });
const AT = [degrees("latitude", 90), degrees("longitude", 180)];

export const DEPOT: readonly Field[] = [
  text("address", 200), ...AT, { name: "km_h", kind: "number", least: 1, most: 130, otherwise: "40", required: true },
  clock("opens_min", "07:00"), clock("closes_min", "20:00"), whole("unload_min", 0, 600, "20"), whole("reload_min", 0, 600, "45"),
  whole("trips", 1, 6, "2"), whole("meter_1ph_g", 0, 50_000, "900"), whole("meter_3ph_g", 0, 50_000, "2500"), whole("box_g", 0, 50_000, "3000"),
];
export const FIELDS: Record<Kind, readonly Field[]> = {
  districts: [text("district", 32), text("address", 200), text("contact", 100, false), ...AT, clock("opens_min", "00:00"), clock("closes_min", "24:00")],
  vehicles: [text("plate", 16), whole("boxes", 1, 10_000), whole("weight_kg", 1, 100_000), text("driver", 64, false), { name: "active", kind: "check", otherwise: "true" }],
  distances: [text("origin", 32, false), text("goal", 32, false), whole("metres", 0, 5_000_000)],
};
export const CLOCK = "([01]\\d|2[0-3]):[0-5]\\d|24:00";

/** 07:30 as minutes of the day. */
export function minutes(said: string): number {
  const [hours, rest] = said.split(":").map(Number);
  return (hours ?? 0) * 60 + (rest ?? 0);
}

export function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** A value as its field shows it. */
export function shown(field: Field, value: string | number | boolean | undefined): string {
  if (value === undefined) return field.otherwise ?? "";
  return field.kind === "clock" ? clockText(Number(value)) : String(value);
}

/** What was written into a field, as the API wants it; null if it cannot be. */
export function valueOf(field: Field, said: string): string | number | boolean | null {
  const word = said.trim() || (field.otherwise ?? "");
  if (field.kind === "text") return (field.required && !word) || word.length > field.most! ? null : word;
  if (field.kind === "check") return !["false", "0", "no", "off"].includes(word.toLowerCase());
  if (field.kind === "clock") return new RegExp(`^(${CLOCK})$`).test(word) ? minutes(word) : /^\d{1,4}$/.test(word) && Number(word) <= 1440 ? Number(word) : null;
  const value = Number(word);
  if (!word || !Number.isFinite(value) || (field.kind === "whole" && !Number.isInteger(value))) return null;
  return value < field.least! || value > field.most! ? null : value;
}

/** A row of a file or a form, and the names of its fields that cannot be. */
export function rowOf(fields: readonly Field[], said: Record<string, string>): { row: Row; bad: string[] } {
  const row: Row = {};
  const bad: string[] = [];
  for (const field of fields) {
    const value = valueOf(field, said[field.name] ?? "");
    if (value === null) bad.push(field.name);
    else row[field.name] = value;
  }
  return { row, bad };
}
