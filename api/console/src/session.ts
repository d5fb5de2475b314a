/** Who is logged in. */
import { signal } from "@preact/signals";
import { Problem, get, post, whenLoggedOut } from "./client";
import * as live from "./live";

export interface Who {
  name: string;
  role: "viewer" | "operator" | "engineer" | "admin" | "machine";
}

/** undefined until the server has been asked; null when nobody is. */
export const who = signal<Who | null | undefined>(undefined);

whenLoggedOut.call = () => {
  who.value = null;
  live.stop();
};

/** Take up the session that the browser still has. */
export async function begin(): Promise<void> {
  try {
    enter(await get<Who>("/me"));
  } catch (error) {
    who.value = null;
    if (error instanceof Problem && error.status === 0) setTimeout(() => void begin(), 2000);
  }
}

export async function logIn(name: string, password: string): Promise<void> {
  enter(await post<Who>("/login", { name, password }));
}

export async function logOut(): Promise<void> {
  await post("/logout", {}).catch(() => undefined);
  whenLoggedOut.call();
}

/** Whether the account may change things. */
export function mayOperate(): boolean {
  return who.value != null && ["operator", "engineer", "admin"].includes(who.value.role);
}

/** Whether the account may set bad boxes aside. */
export function mayEngineer(): boolean {
  return who.value != null && ["engineer", "admin"].includes(who.value.role);
}

function enter(found: Who): void {
  who.value = found;
  live.start();
}
