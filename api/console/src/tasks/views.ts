/** What the API says of marketing's tasks. */
import type { Why } from "../live";
import { language, say } from "../texts";

export interface Box {
  box: string;
  pallet: string;
  pile: number;
  meters: number;
}
export interface Proposal {
  round: number;
  state: string;
  meters: number;
  boxes: Box[];
  asked_ms: number;
  answered_ms: number;
  answer: string;
}
export interface Task {
  number: number;
  task: string;
  sender: string;
  source: string;
  kind: string;
  lot: string;
  model: string;
  quantity: number;
  priority: number;
  state: string;
  line: string;
  scheme: string;
  order: number;
  sample: number;
  ending: string;
  approval: boolean;
  trigger: boolean;
  due_ms: number;
  created_ms: number;
  ended_ms: number;
  proposals: Proposal[];
  stages: Record<string, number>;
  why: Why[];
}
export interface Source {
  source: string;
  kind: string;
  zh: string;
  en: string;
}

export const pathOf = (task: string): string => `/tasks/${encodeURIComponent(task)}`;

export function sourceName(sources: readonly Source[] | null, code: string): string {
  return sources?.find((one) => one.source === code)?.[language.value] ?? code;
}

/** Whether a task goes on, so that somebody may do something about it. */
export function isOpen(task: Task): boolean {
  return ["planned", "running", "paused"].includes(task.state);
}

/** The mark of a state beside its word, so that nobody has to tell colours apart. */
export function stateText(state: string): string {
  return `${say("task_mark", state)} ${say("task_state", state)}`;
}
