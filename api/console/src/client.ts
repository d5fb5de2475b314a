/** Calls of the API. What goes wrong is a Problem with a stable code, which the page says in its own language. */
import { say } from "./texts";

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly params: Record<string, unknown>,
  ) {
    super(code);
  }

  /** What to tell a person. */
  get text(): string {
    const fields = (this.params["fields"] as { place: string }[] | undefined) ?? [];
    const named = [...new Set(fields.map((field) => field.place.replace(/^body\./, "")))].slice(0, 20);
    return say("problem", this.code, this.params) + (named.length ? ` (${named.join(", ")})` : "");
  }
}

/** Called when the session has ended, so that the login page shows. */
export const whenLoggedOut: { call: () => void } = { call: () => undefined };

export function get<T>(path: string): Promise<T> {
  return call<T>("GET", path);
}

export function post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  return call<T>("POST", path, body, headers);
}

export function put<T>(path: string, body: unknown): Promise<T> {
  return call<T>("PUT", path, body);
}

export function remove<T>(path: string): Promise<T> {
  return call<T>("DELETE", path);
}

async function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const raw = body instanceof Blob;
  const sent: Record<string, string> = { "x-metrostack": "console", ...headers };
  if (body !== undefined && !raw) sent["content-type"] = "application/json";
  const payload = body === undefined ? null : raw ? body : JSON.stringify(body);
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, { method, headers: sent, body: payload });
  } catch {
    throw new Problem(0, "out_of_reach", {});
  }
  if (response.status === 204) return undefined as T;
  if (response.ok) return (await response.json()) as T;
  const problem = await problemOf(response);
  if (problem.status === 401 && path !== "/login") whenLoggedOut.call();
  throw problem;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as { code?: string; params?: Record<string, unknown> };
    return new Problem(response.status, body.code ?? "internal", body.params ?? {});
  } catch {
    return new Problem(response.status, "internal", {});
  }
}
