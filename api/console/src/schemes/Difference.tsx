/** Two contents line by line: what goes, what comes, and a little of what stays around it. */
import { t } from "../texts";
import { differ, linesOf, type Change } from "./differ";
import type { Content } from "./views";

const AROUND = 2;

export function Difference({ before, after }: { before: Content; after: Content }) {
  const changes = differ(linesOf(before), linesOf(after));
  if (changes.every((one) => one.kind === "same")) return <p class="quiet">{t("scheme.no_difference")}</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("scheme.difference")}>
      <table class="difference">
        <tbody>
          {changes.map((one, i) => (near(changes, i) ? <Line key={i} change={one} /> : null))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ change }: { change: Change }) {
  const mark = change.kind === "gone" ? "−" : change.kind === "new" ? "+" : "";
  const said = change.kind === "same" ? "" : t(change.kind === "gone" ? "scheme.gone" : "scheme.come");
  return (
    <tr class={change.kind}>
      <td><span aria-hidden="true">{mark}</span><span class="hidden">{said}</span></td>
      <td class="hex">{change.line}</td>
    </tr>
  );
}

function near(changes: Change[], index: number): boolean {
  return changes.slice(Math.max(0, index - AROUND), index + AROUND + 1).some((one) => one.kind !== "same");
}
