// The plant's geometry, as the server tells it once.
export interface Point { id: string; x_m: number; y_m: number }
export interface Segment { id: string; capacity: number; plc: string }
export interface Aisle {
  id: string; crane: string; infeed: string; outfeed: string; sides: number; columns: number; levels: number; depth: number;
  column_pitch_m: number; level_pitch_m: number;
}
export interface Located { id: string; plc: string; point?: string; source?: string; infeed?: string }
export interface Plant {
  name: string;
  points: Record<string, Point>;
  segments: Record<string, Segment>;
  aisles: Record<string, Aisle>;
  cranes: Record<string, { id: string; aisle: string; plc: string }>;
  stations: Record<string, Located>;
  lines: Record<string, Located>;
  docks: Record<string, Located>;
  plcs: string[];
}

export interface Deviceless { id: string; kind: string; plc: string }

/** Every device that people name: cranes, stations, lines, docks (conveyors are shown on the map). */
export function machines(plant: Plant): Deviceless[] {
  const of = (kind: string, group: Record<string, { plc: string }>) =>
    Object.entries(group).map(([id, spec]) => ({ id, kind, plc: spec.plc }));
  return [
    ...of("crane", plant.cranes), ...of("station", plant.stations), ...of("line", plant.lines), ...of("dock", plant.docks),
  ];
}
