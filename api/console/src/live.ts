// The live picture: one socket, a snapshot, then numbered deltas. Nothing is lost on reconnect but time.
import { signal } from "@preact/signals";
import type { Why } from "./i18n";

export interface Unit { at: string; order: number; faults: string[]; since: number; why: Why | null }
export interface Device { state: number; mode: number; x_mm: number; y_mm: number; mission: number; fault: number; loaded: boolean }
export interface Link { online: boolean; soft: boolean; reason: string; sent: number; repeated: number; refused: number; events: number }
export interface Alarm {
  id: number; fault: string; subject: string; device: string; code: number; reaction: string; priority: number; raised_ms: number;
}
export interface Transport { kind: string; unit: string; source: string; destination: string; state: string; why: Why; since: number }

export interface Sections {
  units: Record<string, Unit>;
  devices: Record<string, Device>;
  faults: Record<string, number>;
  links: Record<string, Link>;
  alarms: Record<string, Alarm>;
  transports: Record<string, Transport>;
  slots: Record<string, string>;
  totals: Record<string, number>;
  clock: Record<string, { now_ms: number; speed: number }>;
}

const empty = (): Sections => ({
  units: {}, devices: {}, faults: {}, links: {}, alarms: {}, transports: {}, slots: {}, totals: {}, clock: {},
});

export const picture = signal<Sections>(empty());
/** False when nothing has come for two seconds: what is shown is old. */
export const fresh = signal(false);

type Message =
  | { kind: "snapshot"; seq: number; sections: Partial<Sections> }
  | { kind: "delta"; seq: number; changes: Record<string, Record<string, unknown>> };

const STALE_MS = 2000;
let socket: WebSocket | null = null;
let seq = -1;
let heard = 0;

export function follow(): void {
  if (socket) return;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const mine = new WebSocket(`${scheme}://${location.host}/api/v1/live`);
  socket = mine;
  mine.onmessage = (event) => take(JSON.parse(event.data) as Message, mine);
  mine.onclose = () => {
    if (socket === mine) socket = null;
    setTimeout(() => wanted && follow(), 1000);
  };
}

let wanted = false;
export function start(): void {
  wanted = true;
  follow();
}
export function stop(): void {
  wanted = false;
  socket?.close();
  socket = null;
}

function take(message: Message, from: WebSocket): void {
  heard = Date.now();
  fresh.value = true;
  if (message.kind === "snapshot") {
    picture.value = { ...empty(), ...message.sections };
  } else if (message.seq !== seq + 1) {
    from.close(); // a gap: begin again with a snapshot
    return;
  } else if (Object.keys(message.changes).length) {
    picture.value = changed(picture.value, message.changes);
  }
  seq = message.seq;
}

function changed(old: Sections, changes: Record<string, Record<string, unknown>>): Sections {
  const next = { ...old } as unknown as Record<string, Record<string, unknown>>;
  for (const [name, values] of Object.entries(changes)) {
    const section = { ...next[name] };
    for (const [key, value] of Object.entries(values)) {
      if (value === null) delete section[key];
      else section[key] = value;
    }
    next[name] = section;
  }
  return next as unknown as Sections;
}

setInterval(() => {
  if (Date.now() - heard > STALE_MS) fresh.value = false;
}, 500);
