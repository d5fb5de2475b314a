/** The run on a bench: which case runs, what the source gives, the air, and what the bench has said. */
import type { BenchView } from "../line/views";
import { language, number, say, span, t } from "../texts";
import { useLoad } from "../parts/load";
import { clock } from "../live";
import type { BenchShown } from "./shown";

interface RunSeen {
  id: string;
  lot: number;
  state: string;
  since_ms: number;
}

export function Running({ bench, seen }: { bench: BenchView; seen: BenchShown | undefined }) {
  const at = seen?.running;
  const load = seen?.load;
  const rows: [string, string][] = [
    [t("bench.run"), bench.run ? t("bench.run_of", { state: say("run_state", bench.run_state), lot: bench.lot }) : t("bench.no_run")],
    [t("bench.scheme"), at ? `${at.scheme}${at.formal ? "" : ` (${t("scheme.on_trial")})`}` : ""],
    [t("bench.case"), at?.item ? `${say("item", at.item)}: ${(language.value === "zh" ? at.zh : at.en) || at.case}` : ""],
    [t("bench.source"), load ? `${load.voltage_v} V, ${load.current_a} A, cos φ ${load.power_factor}, ${say("phase_of", load.phase)}` : seen ? t("bench.source_off") : ""],
    [t("bench.air"), seen?.air ? `${number(seen.air.temperature_c)} °C, ${number(Math.round(seen.air.humidity_percent))} %` : ""],
    [t("bench.server"), seen ? t(seen.away ? "bench.behind" : "bench.up_to_date") : ""],
  ];
  return (
    <div class="columns">
      <section aria-labelledby="run">
        <h2 id="run">{t("bench.now")}</h2>
        <dl class="facts">
          {rows.filter(([, value]) => value).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {at ? <progress max={Math.max(1, at.cases)} value={at.done} aria-label={t("bench.case")} /> : null}
        {at ? <p class="quiet">{t("order.of", { done: at.done, wanted: at.cases })}</p> : null}
      </section>
      <Notices seen={seen} />
      <Runs bench={bench.id} />
    </div>
  );
}

function Notices({ seen }: { seen: BenchShown | undefined }) {
  const said = [...(seen?.notices ?? [])].reverse();
  return (
    <section aria-labelledby="notices">
      <h2 id="notices">{t("bench.notices")}</h2>
      <ul class="reasons" aria-live="polite">
        {said.length ? null : <li>{t("bench.no_notices")}</li>}
        {said.map((one, i) => (
          <li key={`${one.at_ms}-${i}`}>{one.position ? `${t("bench.position", { position: one.position })}: ` : ""}{say("bench", one.code)}</li>
        ))}
      </ul>
    </section>
  );
}

function Runs({ bench }: { bench: string }) {
  const { value } = useLoad<RunSeen[]>(`/benches/${bench}/runs?limit=8`);
  const now = clock.value["plant"]?.now_ms;
  return (
    <section aria-labelledby="runs">
      <h2 id="runs">{t("bench.runs")}</h2>
      <ul class="reasons">
        {value?.length === 0 ? <li>{t("bench.no_runs")}</li> : null}
        {(value ?? []).map((run) => (
          <li key={run.id}>
            {`${run.id}: ${t("bench.run_of", { state: say("run_state", run.state), lot: run.lot })}`}
            {now === undefined ? "" : ` · ${t("alarm.since", { span: span(now - run.since_ms) })}`}
          </li>
        ))}
      </ul>
    </section>
  );
}
