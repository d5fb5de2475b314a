/** The plant file as the API hands it out, as far as the map needs it. */
export interface Aisle {
  crane: string;
  infeed: string;
  outfeed: string;
  sides: number;
  columns: number;
  levels: number;
  depth: number;
  column_pitch_m: number;
  level_pitch_m: number;
}
interface OnPlc {
  plc: string;
}
export interface Plant {
  name: string;
  points: Record<string, { x_m: number; y_m: number }>;
  segments: Record<string, OnPlc & { capacity: number; length_m: number }>;
  aisles: Record<string, Aisle>;
  cranes: Record<string, OnPlc & { aisle: string }>;
  stations: Record<string, OnPlc & { kind: string; point?: string; source?: string; target?: string }>;
  lines: Record<string, OnPlc & { infeed: string; outfeed: string }>;
  docks: Record<string, OnPlc & { point: string }>;
  plcs: string[];
}

export interface Device {
  id: string;
  kind: string;
  plc: string;
}

/** Every device, machines before conveyors. */
export function devicesOf(plant: Plant): Device[] {
  const list = (kind: string, things: Record<string, OnPlc & { kind?: string }>): Device[] =>
    Object.entries(things).map(([id, thing]) => ({ id, kind: thing.kind ?? kind, plc: thing.plc }));
  return [
    ...list("crane", plant.cranes),
    ...list("", plant.stations),
    ...list("line", plant.lines),
    ...list("dock", plant.docks),
    ...list("conveyor", plant.segments),
  ];
}

/** The points where a station, line or dock works. */
export function stationPoints(plant: Plant): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [id, station] of Object.entries(plant.stations))
    found[id] = [station.point, station.source, station.target].filter((point): point is string => point != null);
  for (const [id, line] of Object.entries(plant.lines)) found[id] = [line.infeed, line.outfeed];
  for (const [id, dock] of Object.entries(plant.docks)) found[id] = [dock.point];
  return found;
}
