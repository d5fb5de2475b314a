import { useSignal } from "@preact/signals";
import { Outcomes } from "../results/Outcomes";
import { Papers } from "../results/Papers";
import type { MeterHistory, SealView, TestView } from "../results/views";
import { useLoad } from "../parts/load";
import { say, t } from "../texts";

/** Everything that was ever found of a meter: its tests, the papers and the seals, void ones too. */
export function Meter({ code }: { code: string }) {
  const { value, problem, again } = useLoad<MeterHistory>(`/results/meters/${encodeURIComponent(code)}`);
  const chosen = useSignal("");
  const tests = [...(value?.tests ?? [])].reverse();
  const shown = chosen.value || (tests.find((one) => one.valid) ?? tests[0])?.run || "";
  return (
    <div class="pad">
      <a href="/results">{t("result.back")}</a>
      <h1>{t("result.meter", { code })}</h1>
      <p role="alert" class="problem">{problem?.text}</p>
      {value && !tests.length ? <p class="quiet">{t("result.untested")}</p> : null}
      {tests.length ? <Tests tests={tests} shown={shown} choose={(run) => (chosen.value = run)} /> : null}
      {value ? <Papers papers={value.papers} again={again} /> : null}
      {value?.seals.length ? <Seals seals={value.seals} /> : null}
      {shown ? <Outcomes run={shown} code={code} /> : null}
    </div>
  );
}

function Tests({ tests, shown, choose }: { tests: TestView[]; shown: string; choose: (run: string) => void }) {
  return (
    <div class="wide">
      <table>
        <caption>{t("result.tests")}</caption>
        <thead>
          <tr>
            <th scope="col" class="n">{t("result.nth")}</th>
            <th scope="col">{t("paper.verdict")}</th>
            <th scope="col">{t("result.holds")}</th>
            <th scope="col">{t("paper.bench")}</th>
            <th scope="col">{t("bench.scheme")}</th>
            <th scope="col">{t("result.standard")}</th>
            <th scope="col">{t("result.people")}</th>
            <th scope="col">{t("result.readings")}</th>
          </tr>
        </thead>
        <tbody>
          {tests.map((one) => (
            <tr key={one.number} data-test={one.number} class={one.valid ? "mine" : ""}>
              <th scope="row" class="n">{one.nth || "–"}</th>
              <td>{verdictOf(one)}</td>
              <td>{one.valid ? <strong>{t("result.valid")}</strong> : t(one.nth ? "result.superseded" : "result.no_test")}</td>
              <td>{t("result.bench_at", { bench: one.bench, position: one.position })}</td>
              <td>{`${one.scheme} v${one.version}${one.formal ? "" : ` (${t("scheme.on_trial")})`}`}</td>
              <td>{one.standard}</td>
              <td>{[one.tester, one.checker].filter(Boolean).join(" / ")}</td>
              <td><button type="button" aria-pressed={one.run === shown} onClick={() => choose(one.run)}>{one.run}</button></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function verdictOf(test: TestView): string {
  const why = [...test.failed.map((item) => say("item", item)), ...(test.cause ? [say("bench", test.cause)] : [])];
  return `${say("verdict", test.verdict)}${why.length ? `: ${why.join(", ")}` : ""}`;
}

function Seals({ seals }: { seals: SealView[] }) {
  return (
    <section class="spaced" aria-labelledby="seals">
      <h2 id="seals">{t("paper.seals")}</h2>
      <ul class="reasons">
        {seals.map((one) => (
          <li key={`${one.seal}-${one.at_ms}`}>
            {`${one.seal}: ${say("seal_state", one.state)}${one.position ? `, ${t("result.seal_at", { position: one.position })}` : ""}${one.reason ? ` (${one.reason}, ${one.by})` : ""}`}
          </li>
        ))}
      </ul>
    </section>
  );
}
