import { signal, useSignal, useSignalEffect, type Signal } from "@preact/signals";
import { Problem, get } from "../client";

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  again: () => void;
}

const tick = signal(0);
setInterval(() => tick.value++, 3000);
const seldom = signal(0);
setInterval(() => seldom.value++, 15_000);

/** What goes wrong with what a person asks for: said in a place of its own, gone with the next success. */
export function useAct(): { problem: string; busy: boolean; act: (work: () => Promise<unknown>) => Promise<boolean> } {
  const problem = useSignal("");
  const busy = useSignal(false);
  const act = async (work: () => Promise<unknown>): Promise<boolean> => {
    if (busy.peek()) return false; // a second press before the first is answered asks for nothing
    busy.value = true;
    try {
      await work();
      problem.value = "";
      return true;
    } catch (error) {
      problem.value = error instanceof Problem ? error.text : String(error);
      return false;
    } finally {
      busy.value = false;
    }
  };
  return { problem: problem.value, busy: busy.value, act };
}

/** What `path` answers, asked again every three seconds while the page shows, and whenever the path changes. */
export function useLoad<T>(path: Signal<string> | string): Loaded<T> {
  return useAsked<T>(path, tick);
}

/** The same every fifteen seconds: for what has much counted behind it. */
export function useSeldom<T>(path: Signal<string> | string): Loaded<T> {
  return useAsked<T>(path, seldom);
}

/** What `path` answers, asked once and after `again`: for what somebody writes in, or what costs much to count. */
export function useOnce<T>(path: Signal<string> | string): Loaded<T> {
  return useAsked<T>(path, null);
}

function useAsked<T>(path: Signal<string> | string, pace: Signal<number> | null): Loaded<T> {
  const value = useSignal<T | null>(null);
  const problem = useSignal<Problem | null>(null);
  const asked = useSignal(0);
  useSignalEffect(() => {
    let current = true;
    void pace?.value;
    void asked.value;
    const from = typeof path === "string" ? path : path.value;
    if (!from) return undefined;
    get<T>(from)
      .then((found) => {
        if (current) [value.value, problem.value] = [found, null];
      })
      .catch((error: unknown) => {
        if (current && error instanceof Problem) problem.value = error;
      });
    return () => {
      current = false;
    };
  });
  return { value: value.value, problem: problem.value, again: () => asked.value++ };
}

/** A name for what a form asks for: the same until `renew`, so that an answer that was lost is not asked for twice. */
export function useKey(): { headers: Record<string, string>; renew: () => void } {
  const key = useSignal(crypto.randomUUID());
  return { headers: { "idempotency-key": key.value }, renew: () => (key.value = crypto.randomUUID()) };
}
