/** The difference of two contents, as lines that a person can read. */
import type { Content } from "./views";

export interface Change {
  kind: "same" | "gone" | "new";
  line: string;
}

/** One line for each value, and one for each step or case of a list. */
export function linesOf(content: Content): string[] {
  return Object.keys(content).sort().flatMap((name) => {
    const value = content[name];
    if (Array.isArray(value)) return [`${name}:`, ...value.map((one) => `  - ${flat(one)}`)];
    if (value !== null && typeof value === "object") return Object.entries(value).map(([key, one]) => `${name}.${key}: ${flat(one)}`);
    return [`${name}: ${flat(value)}`];
  });
}

function flat(value: unknown): string {
  if (value === null || typeof value !== "object") return String(value);
  if (Array.isArray(value)) return value.map(flat).join(", ");
  return Object.entries(value).map(([key, one]) => `${key}: ${flat(one)}`).join(", ");
}

/** Turn `before` into `after` by the longest common subsequence of their lines; both have a few hundred at most. */
export function differ(before: string[], after: string[]): Change[] {
  const width = after.length + 1;
  const common = new Uint16Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] = before[i] === after[j] ? common[(i + 1) * width + j + 1]! + 1 : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const changes: Change[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      changes.push({ kind: "same", line: before[i++]! });
      j++;
    } else if (j >= after.length || (i < before.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) {
      changes.push({ kind: "gone", line: before[i++]! });
    } else changes.push({ kind: "new", line: after[j++]! });
  }
  return changes;
}
