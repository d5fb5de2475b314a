/** What the API tells of the scheme library. */
export type Kind = "scheme" | "case" | "block";
export const KINDS: readonly Kind[] = ["scheme", "case", "block"];
export type Step = { do: string } & Record<string, unknown>;
export type Content = Record<string, unknown>;

export interface EntryView {
  kind: Kind;
  code: string;
  zh: string;
  en: string;
  owner: string;
  project: string;
  visibility: string;
  version: number;
  state: string;
  approved: number;
  changed_by: string;
  changed_ms: number;
  about: Record<string, unknown>;
}
export interface Finding {
  place: string;
  code: string;
  params: Record<string, unknown>;
  line?: number;
}
export interface Contribution {
  number: number;
  editor: string;
  revision: number;
  content: Content;
}
export interface VersionView {
  entry: EntryView;
  version: number;
  state: string;
  revision: number;
  content: Content;
  pins: Record<string, number>;
  authors: string[];
  keeper: string;
  mine: boolean;
  findings: Finding[];
  remarks: Finding[];
  contributions: Contribution[];
}
export interface ReviewView {
  number: number;
  kind: string;
  subject: string;
  title: string;
  version: number;
  authors: string[];
  submitted_by: string;
  submitted_ms: number;
  state: string;
  decided_by: string;
  duty: string;
  reason: string;
  decided_ms: number;
  mine_to_decide: boolean;
}
export interface ReviewDetail {
  review: ReviewView;
  content: Content;
  before: Content;
  remarks: Finding[];
}

/** Whether a part of a path names a kind. */
export function isKind(text: string | undefined): text is Kind {
  return KINDS.includes(text as Kind);
}

/** The steps of a case or block; none for a scheme. */
export function stepsOf(content: Content): Step[] {
  return Array.isArray(content["steps"]) ? (content["steps"] as Step[]) : [];
}

/** The codes of a scheme's cases. */
export function casesOf(content: Content): string[] {
  return Array.isArray(content["cases"]) ? (content["cases"] as string[]) : [];
}

/** A file of the library with one thing in it: JSON is YAML. */
export function asFile(kind: Kind, code: string, content: Content): Blob {
  return new Blob([JSON.stringify({ format: "metrostack-schemes/1", [`${kind}s`]: [{ code, ...content }] })]);
}

/** Move what stands at `from` to `to`; out of range it stays. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  if (to < 0 || to >= next.length) return next;
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}
