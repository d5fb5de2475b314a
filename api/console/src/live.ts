/** The live picture: sections of values by key, kept up to date over one WebSocket. */
import { batch, signal, type Signal } from "@preact/signals";
import { get, whenLoggedOut } from "./client";
import type { BenchShown } from "./bench/shown";

export interface Why {
  code: string;
  params: Record<string, unknown>;
}
export interface Unit {
  at: string;
  order: number;
  faults: string[];
  since: number;
  why: Why | null;
}
export interface Transport {
  kind: string;
  unit: string;
  source: string;
  destination: string;
  state: string;
  since: number;
  why: Why;
}
export interface Alarm {
  id: number;
  fault: string;
  subject: string;
  device: string;
  code: number;
  unit: string;
  reaction: string;
  priority: number;
  raised_ms: number;
}
export interface DeviceSeen {
  state: number;
  mode: number;
  x_mm: number;
  y_mm: number;
  mission: number;
  fault: number;
  loaded: boolean;
}
export interface Link {
  online: boolean;
  soft: boolean;
  reason: string;
  [count: string]: unknown;
}
export interface PlantClock {
  now_ms: number;
  speed: number;
}
export interface OrderProgress {
  number: number;
  kind: string;
  state: string;
  what: string;
  done: number;
  wanted: number;
  why: Why[];
}

export type Section<T> = Readonly<Record<string, T>>;
interface Message {
  kind: "snapshot" | "delta";
  seq: number;
  sections?: Record<string, Section<unknown>>;
  changes?: Record<string, Record<string, unknown>>;
}

export const slots = signal<Section<unknown>>({});
export const units = signal<Section<Unit>>({});
export const transports = signal<Section<Transport>>({});
export const alarms = signal<Section<Alarm>>({});
export const devices = signal<Section<DeviceSeen>>({});
export const faults = signal<Section<number>>({});
export const links = signal<Section<Link>>({});
export const clock = signal<Section<PlantClock>>({});
export const totals = signal<Section<number>>({});
export const orders = signal<Section<OrderProgress>>({});
export const benches = signal<Section<BenchShown>>({});

const SECTIONS = { slots, units, transports, alarms, devices, faults, links, clock, totals, orders, benches } as unknown as Record<
  string,
  Signal<Section<unknown>>
>;

/** True when the picture has not moved for STALE_MS: what is shown may be wrong. */
export const stale = signal(true);
export const STALE_MS = 2000;

let socket: WebSocket | null = null;
let wanted = false;
let seq = -1;
let retryMs = 250;
let heardMs = 0;

/** Connect, and connect again whenever the connection is lost, until `stop`. */
export function start(): void {
  if (wanted) return;
  wanted = true;
  connect();
}

export function stop(): void {
  wanted = false;
  socket?.close();
  socket = null;
  stale.value = true;
}

function connect(): void {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const opened = new WebSocket(`${scheme}://${location.host}/api/v1/live`);
  socket = opened;
  opened.onmessage = (event: MessageEvent<string>) => take(JSON.parse(event.data) as Message);
  opened.onclose = (event) => {
    if (socket !== opened || !wanted) return;
    socket = null;
    if (event.code === 4401) whenLoggedOut.call();
    else setTimeout(() => void reconnect(), (retryMs = Math.min(retryMs * 2, 5000)));
  };
}

/** Ask first whether we are still logged in: a refused socket does not say why. */
async function reconnect(): Promise<void> {
  await get("/me").catch(() => undefined);
  if (wanted && socket === null) connect();
}

function take(message: Message): void {
  if (message.kind === "delta" && seq >= 0 && message.seq > seq + 1) {
    socket?.close(); // a gap: the next connection begins with a snapshot
    return;
  }
  seq = message.seq;
  retryMs = 250;
  heardMs = performance.now();
  batch(() => {
    stale.value = false;
    if (message.sections) replaceAll(message.sections);
    for (const [name, changes] of Object.entries(message.changes ?? {})) merge(name, changes);
  });
}

function replaceAll(sections: Record<string, Section<unknown>>): void {
  for (const [name, section] of Object.entries(SECTIONS)) section.value = sections[name] ?? {};
}

function merge(name: string, changes: Record<string, unknown>): void {
  const section = SECTIONS[name];
  if (!section) return;
  const next: Record<string, unknown> = { ...section.value };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete next[key];
    else next[key] = value;
  }
  section.value = next;
}

setInterval(() => {
  if (performance.now() - heardMs > STALE_MS) stale.value = true;
}, 250);
