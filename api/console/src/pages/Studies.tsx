import { useSignal } from "@preact/signals";
import { useLoad } from "../parts/load";
import { go } from "../router";
import { mayEngineer } from "../session";
import { language, number, say, t } from "../texts";
import { Start } from "../studies/Start";
import type { Standing, Studies as Shown } from "../studies/views";

/** Studies: start one, how far each is, and two of them beside each other. */
export function Studies() {
  const { value, problem } = useLoad<Shown>("/studies");
  return (
    <div class="pad">
      <h1>{t("studies.title")}</h1>
      <p class="quiet">{t("studies.say")}</p>
      <p role="alert" class="problem">{problem?.text}</p>
      {value && mayEngineer() ? <Start studies={value} /> : null}
      {value ? <Runs runs={value.runs} /> : null}
    </div>
  );
}

function Runs({ runs }: { runs: Standing[] }) {
  const chosen = useSignal<string[]>([]);
  const choose = (run: string, on: boolean): void => {
    chosen.value = on ? [...chosen.value, run].slice(-2) : chosen.value.filter((one) => one !== run);
  };
  const pair = chosen.value.filter((run) => runs.some((one) => one.run === run));
  if (!runs.length) return <p class="quiet">{t("studies.none")}</p>;
  return (
    <div class="wide spaced">
      <table>
        <caption>{t("studies.runs")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("studies.run")}</th>
            <th scope="col">{t("studies.state")}</th>
            <th scope="col">{t("studies.progress")}</th>
            <th scope="col">{t("studies.by")}</th>
            <th scope="col">{t("studies.asked_at")}</th>
            <th scope="col">{t("studies.compare")}</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((one) => (
            <tr key={one.run} data-study={one.run}>
              <th scope="row"><a href={`/studies/${encodeURIComponent(one.run)}`}>{one.run}</a></th>
              <td>{say("study_state", one.state)}</td>
              <td><Progress standing={one} /></td>
              <td>{one.by}</td>
              <td>{one.asked_at ? new Date(one.asked_at).toLocaleString(language.value === "zh" ? "zh-CN" : "en-GB") : ""}</td>
              <td>
                {one.findings ? (
                  <input type="checkbox" aria-label={t("studies.choose", { run: one.run })} checked={chosen.value.includes(one.run)} onChange={(event) => choose(one.run, event.currentTarget.checked)} />
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        <button type="button" disabled={pair.length !== 2} onClick={() => go(`/studies/${pair.map(encodeURIComponent).join("/")}`)}>{t("studies.compare_pair")}</button>
      </p>
    </div>
  );
}

/** How far a study is, as a bar and in words. */
export function Progress({ standing }: { standing: Standing }) {
  const { progress } = standing;
  if (!progress?.planned) return null;
  const text = t("studies.of", { done: number(progress.done), planned: number(progress.planned) });
  return (
    <>
      {standing.state === "running" ? <progress value={progress.done} max={progress.planned} aria-label={text} /> : null}
      <span>{text}</span>
    </>
  );
}
