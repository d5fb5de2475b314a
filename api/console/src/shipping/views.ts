/** What the API says of deliveries. */
import type { Row } from "./fields";

export interface Stop {
  number: number;
  district: string;
  address: string;
  latitude: number | null;
  longitude: number | null;
  vehicle: string;
  trip: number;
  position: number;
  fixed: boolean;
  boxes: number;
  meters: number;
  weight_kg: number;
  shipped: number;
  begins: string;
  leaves: string;
  leg_m: number;
  rank: number;
  reason: string;
  note: string;
  received_ms: number;
  received_by: string;
}

export interface Plan {
  number: number;
  day: string;
  state: "draft" | "frozen" | "cancelled";
  metres: number;
  bound_m: number;
  stops: Stop[];
}

export interface Places {
  depot: (Row & { address: string; latitude: number; longitude: number }) | null;
  districts: Row[];
  vehicles: (Row & { plate: string; boxes: number; weight_kg: number; active: boolean })[];
  distances: Row[];
}

export function km(metres: number): number {
  return Math.round(metres / 100) / 10;
}

/** The stops of each trip in order, by vehicle and trip. */
export function tours(stops: Stop[]): Stop[][] {
  const found = new Map<string, Stop[]>();
  for (const stop of stops) {
    if (!stop.vehicle) continue;
    const key = `${stop.vehicle} ${stop.trip}`;
    found.set(key, [...(found.get(key) ?? []), stop]);
  }
  return [...found.values()].map((tour) => tour.sort((a, b) => a.position - b.position));
}
