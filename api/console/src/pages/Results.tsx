import { useSignal } from "@preact/signals";
import { get } from "../client";
import { Lines } from "../results/Lines";
import { Held } from "../results/Held";
import type { Found, MeterLine, RunView } from "../results/views";
import { useAct, useLoad } from "../parts/load";
import { go } from "../router";
import { number, say, t } from "../texts";

/** Find what was verified: by the bar code of a meter, a box, a lot, or the number of a certificate or seal. */
export function Results() {
  return (
    <div class="pad">
      <h1>{t("result.title")}</h1>
      <Search />
      <Held />
      <Runs />
    </div>
  );
}

function Search() {
  const { problem, busy, act } = useAct();
  const found = useSignal<string[]>([]);
  const lines = useSignal<MeterLine[] | null>(null);
  const nothing = useSignal("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget as HTMLFormElement).get("code")).trim();
    [found.value, lines.value, nothing.value] = [[], null, ""];
    await act(async () => {
      const things = await get<Found[]>(`/stock/find?code=${encodeURIComponent(code)}`);
      const [first] = things;
      if (first?.kind === "asset") return go(`/results/meter/${encodeURIComponent(first.code)}`);
      if (first?.kind === "lot") return go(`/results/lot/${encodeURIComponent(first.code)}`);
      if (first?.kind === "box") lines.value = await get<MeterLine[]>(`/results/boxes/${encodeURIComponent(first.code)}/meters`);
      else found.value = await get<string[]>(`/results/numbers/${encodeURIComponent(code)}`);
      if (found.value.length === 1) return go(`/results/meter/${found.value[0]}`);
      if (!lines.value?.length && !found.value.length) nothing.value = t(first?.kind === "box" ? "result.box_untested" : "problem.unknown_code", { code });
    });
  };
  return (
    <>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <label>
          {t("result.code")}
          <input name="code" required maxLength={64} size={36} />
        </label>
        <button type="submit" disabled={busy}>{t("stock.find")}</button>
      </form>
      <p role="status" class="problem">{problem || nothing.value}</p>
      <ul>
        {found.value.map((code) => (
          <li key={code}><a href={`/results/meter/${code}`}>{code}</a></li>
        ))}
      </ul>
      {lines.value?.length ? <Lines title={t("result.in_box")} lines={lines.value} /> : null}
    </>
  );
}

function Runs() {
  const { value, problem } = useLoad<RunView[]>("/results/runs?newest=true&limit=100");
  return (
    <div class="wide spaced">
      <p role="alert" class="problem">{problem?.text}</p>
      <table>
        <caption>{t("result.runs")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("bench.run")}</th>
            <th scope="col">{t("kind.bench")}</th>
            <th scope="col">{t("stock.lot")}</th>
            <th scope="col">{t("bench.scheme")}</th>
            <th scope="col">{t("result.standard")}</th>
            <th scope="col">{t("result.people")}</th>
            <th scope="col" class="n">{t("stock.count")}</th>
            <th scope="col">{t("order.state")}</th>
          </tr>
        </thead>
        <tbody>
          {(value ?? []).map((run) => (
            <tr key={run.number}>
              <th scope="row">{run.run}</th>
              <td><a href={`/benches/${run.bench}`}>{run.bench}</a></td>
              <td>{run.lot ? <a href={`/results/lot/${encodeURIComponent(run.lot)}`}>{run.lot}</a> : ""}</td>
              <td>{`${run.scheme} v${run.version}${run.formal ? "" : ` (${t("scheme.on_trial")})`}`}</td>
              <td>{run.standard}</td>
              <td>{[run.tester, run.checker].filter(Boolean).join(" / ")}</td>
              <td class="n">{number(run.meters)}</td>
              <td>{say("run_state", run.state)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {value?.length === 0 ? <p class="quiet">{t("result.none")}</p> : null}
    </div>
  );
}
