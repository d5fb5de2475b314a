/** What is wrong with a thing of the library, and what its reader should know. */
import { Problem } from "../client";
import { say, t } from "../texts";
import type { Finding } from "./views";

export function Findings({ title, findings }: { title: string; findings: Finding[] }) {
  if (!findings.length) return null;
  return (
    <section role="status" aria-label={title} class="spaced">
      <strong>{title}</strong>
      <ul class="reasons">
        {findings.map((one, i) => (
          <li key={i}>{`${one.line ? `${t("scheme.line", { line: one.line })} ` : ""}${one.place ? `${one.place}: ` : ""}${say("finding", one.code, one.params)}`}</li>
        ))}
      </ul>
    </section>
  );
}

/** Every bad place that a refusal names. */
export function findingsOf(error: unknown): Finding[] {
  const found = error instanceof Problem ? error.params["findings"] : undefined;
  return Array.isArray(found) ? (found as Finding[]) : [];
}
