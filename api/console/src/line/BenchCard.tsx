/** A bench of a line with its positions as a grid. */
import { MARKS, hottest, stateOf, type BenchShown } from "../bench/shown";
import { benches, clock } from "../live";
import { number, say, span, t } from "../texts";
import type { BenchView } from "./views";

export function BenchCard({ bench }: { bench: BenchView }) {
  const seen: BenchShown | undefined = benches.value[bench.id];
  const now = clock.value["plant"]?.now_ms ?? bench.since_ms;
  const numbers = Array.from({ length: bench.positions }, (_, i) => i + 1);
  const at = seen?.running;
  return (
    <section class={bench.state === "stopped" ? "wrong" : ""} aria-label={t("bench.name", { bench: bench.id })} data-bench={bench.id}>
      <h3>
        <a href={`/benches/${bench.id}`}>{t("bench.name", { bench: bench.id })}</a>
        <span class="quiet">{` ${bench.run ? t("bench.run_of", { state: say("run_state", bench.run_state), lot: bench.lot }) : t("bench.no_run")}`}</span>
      </h3>
      <p class="quiet">
        {at ? `${t("bench.case_of", { done: at.done, cases: at.cases, item: say("item", at.item) })} · ` : ""}
        {bench.run ? t("alarm.since", { span: span(now - bench.since_ms) }) : ""}
        {seen?.air ? ` · ${number(seen.air.temperature_c)} °C, ${number(Math.round(seen.air.humidity_percent))} %` : ""}
      </p>
      {bench.notice ? <p class="note">{say("bench", bench.notice)}</p> : null}
      <Grid numbers={numbers} bench={bench} seen={seen} />
    </section>
  );
}

function Grid({ numbers, bench, seen }: { numbers: number[]; bench: BenchView; seen: BenchShown | undefined }) {
  return (
    <ol class="grid" aria-label={t("bench.positions")}>
      {numbers.map((position) => {
        const sensed = seen?.positions[position];
        const meter = bench.hanging[position];
        const state = stateOf(bench.disabled.includes(position), meter, sensed);
        const heat = hottest(sensed);
        const told = `${t("bench.position_is", { position, state: say("position_state", state) })}${heat === undefined ? "" : `, ${number(heat)} °C`}`;
        return (
          <li key={position} class={`at at-${state} ${warmth(heat)}`} title={`${told}${meter ? ` ${meter.bar_code}` : ""}`}>
            <span aria-hidden="true">{`${position} ${MARKS[state]}`}</span>
            {heat === undefined ? null : <small aria-hidden="true">{Math.round(heat)}°</small>}
            <span class="hidden">{told}</span>
          </li>
        );
      })}
    </ol>
  );
}

/** How warm a terminal is: the thresholds are those of the shipped schemes, where a bench warns and trips. */
export function warmth(celsius: number | undefined): string {
  if (celsius === undefined) return "";
  return celsius >= 80 ? "hot" : celsius >= 65 ? "warm" : "";
}
