// REST calls. A problem comes back as its stable code, which the catalogues translate.
import { signal } from "@preact/signals";

export interface Who {
  name: string;
  role: string;
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly params: Record<string, unknown>,
  ) {
    super(code);
  }
}

/** Who is logged in; null: nobody; undefined: not known yet. */
export const who = signal<Who | null | undefined>(undefined);

export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { "x-metrostack": "console" };
  if (body !== undefined) headers["content-type"] = "application/json";
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const value = await answer.json().catch(() => ({}));
  if (answer.ok) return value as T;
  if (answer.status === 401) who.value = null;
  throw new Problem(answer.status, value.code ?? "internal", value.params ?? {});
}

export const get = <T>(path: string) => call<T>("GET", path);
export const post = <T>(path: string, body: unknown = {}) => call<T>("POST", path, body);
