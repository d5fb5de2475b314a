/** What the map shows now, from the live picture. */
import { alarms, devices, links, slots, units } from "../live";
import type { Layout, Spot } from "./layout";
import { carriageSpot, slotSpot } from "./layout";
import type { Scene } from "./paint";
import { devicesOf, type Plant } from "./plant";

/** A slot's value is the pallet in it, or an object that says that it is blocked. */
export function isBlocked(value: unknown): boolean {
  return typeof value === "object" && value !== null && Boolean((value as { blocked?: string }).blocked);
}

/** Build the scene of the moment. */
export function sceneOf(plant: Plant, layout: Layout): Scene {
  const blocked = new Set(Object.entries(slots.value).filter(([, value]) => isBlocked(value)).map(([slot]) => slot));
  return {
    slots: slots.value,
    blocked,
    units: unitsOf(layout),
    cranes: Object.entries(plant.aisles).map(([aisle, { crane }]) => {
      const seen = devices.value[crane];
      return { aisle, x_mm: seen?.x_mm ?? 0, y_mm: seen?.y_mm ?? 0, loaded: seen?.loaded ?? false };
    }),
    alarms: alarmsOf(plant, layout),
    offline: new Set(devicesOf(plant).filter((device) => !links.value[device.plc]?.online).map((device) => device.id)),
  };
}

function unitsOf(layout: Layout): Scene["units"] {
  const queues = new Map<string, string[]>();
  const sorted = Object.entries(units.value).sort(([, a], [, b]) => a.since - b.since);
  for (const [id, unit] of sorted) queues.set(unit.at, [...(queues.get(unit.at) ?? []), id]);
  const shown: Scene["units"] = [];
  for (const [at, ids] of queues)
    ids.forEach((id, place) => {
      const faulty = Boolean(units.value[id]?.faults.length);
      const spot = at in slots.value && !faulty ? null : spotOf(layout, at, place); // its slot is shown as taken
      if (spot) shown.push({ id, spot, faulty });
    });
  return shown;
}

/** Where the unit that is the `place`-th from the front stands: segments queue from their end. */
function spotOf(layout: Layout, at: string, place: number): Spot | null {
  const way = layout.segments[at];
  if (way) {
    const part = Math.max(0.08, 0.8 - place * 0.24);
    return [way[0][0] + (way[1][0] - way[0][0]) * part, way[0][1] + (way[1][1] - way[0][1]) * part];
  }
  const spot = layout.points[at] ?? layout.stations[at] ?? slotSpot(layout, at);
  return spot && [spot[0] + place * 6, spot[1]];
}

function alarmsOf(plant: Plant, layout: Layout): Scene["alarms"] {
  const shown: Scene["alarms"] = [];
  for (const alarm of Object.values(alarms.value)) {
    const spot = deviceSpot(plant, layout, alarm.device) ?? deviceSpot(plant, layout, alarm.subject);
    if (spot) shown.push({ spot, priority: alarm.priority });
  }
  return shown;
}

function deviceSpot(plant: Plant, layout: Layout, device: string): Spot | null {
  const way = layout.segments[device];
  if (way) return [(way[0][0] + way[1][0]) / 2, (way[0][1] + way[1][1]) / 2];
  const rack = layout.racks[plant.cranes[device]?.aisle ?? ""];
  if (rack) {
    const seen = devices.value[device];
    return [carriageSpot(rack, 1, seen?.x_mm ?? 0, 0)[0], rack.track];
  }
  return layout.stations[device] ?? layout.points[device] ?? slotSpot(layout, device);
}
