/** How many meters of a task's lot are at which stage. */
import { number, say, t } from "../texts";

/** One bar for each stage, in the order of a meter's life. */
export function Stages({ stages }: { stages: Record<string, number> }) {
  const all = Object.values(stages).reduce((sum, n) => sum + n, 0);
  return (
    <section aria-labelledby="stages">
      <h2 id="stages">{t("task.stages", { meters: number(all) })}</h2>
      <table class="stages">
        <caption class="hidden">{t("task.stages", { meters: number(all) })}</caption>
        <tbody>
          {Object.entries(stages).map(([stage, n]) => (
            <tr key={stage} data-stage={stage} class={n ? "" : "quiet"}>
              <th scope="row">{say("task_stage", stage)}</th>
              <td class="fill"><progress max={Math.max(1, all)} value={n} aria-label={say("task_stage", stage)} /></td>
              <td class="n">{number(n)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The same in one line: only stages that have meters. */
export function StagesInShort({ stages }: { stages: Record<string, number> }) {
  const held = Object.entries(stages).filter(([, n]) => n);
  return <>{held.map(([stage, n]) => `${say("task_stage", stage)} ${number(n)}`).join(" · ")}</>;
}
