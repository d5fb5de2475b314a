import { post } from "../client";
import { useAct, useLoad, useOnce } from "../parts/load";
import { mayEngineer } from "../session";
import { LANGUAGES, number, say, t, type Key } from "../texts";
import { Found } from "../studies/Found";
import type { Findings, Standing } from "../studies/views";
import { figure, responseName } from "../studies/words";
import { Progress } from "./Studies";

/** One study: how far it is with estimates of the moment, then what it found and its report. */
export function Study({ run }: { run: string }) {
  const path = `/studies/${encodeURIComponent(run)}`;
  const { value, problem } = useLoad<Standing>(path);
  const going = value?.state === "running" || value?.state === "waiting";
  return (
    <div class="pad">
      <a href="/studies">{t("studies.back")}</a>
      <h1>{run}</h1>
      {problem && !value ? <p role="alert" class="problem">{problem.text}</p> : null}
      {value ? (
        <p role="status">
          <strong>{say("study_state", value.state)}</strong> <Progress standing={value} />
        </p>
      ) : null}
      {value && mayEngineer() ? <Acts standing={value} path={path} /> : null}
      {value?.said ? <pre class="said" aria-label={t("studies.said")} tabIndex={0}>{value.said}</pre> : null}
      {value?.report ? <Files standing={value} path={path} /> : null}
      {value && going ? <Estimates standing={value} /> : null}
      {value?.findings && !going ? <Loaded path={`${path}/findings`} /> : null}
    </div>
  );
}

function Loaded({ path }: { path: string }) {
  const { value, problem } = useOnce<Findings>(path);
  return value ? <Found findings={value} /> : <p role="alert" class="problem">{problem?.text}</p>;
}

function Acts({ standing, path }: { standing: Standing; path: string }) {
  const { problem, busy, act } = useAct();
  const cancel = (): void => {
    if (confirm(t("studies.confirm_cancel", { run: standing.run }))) void act(() => post(`${path}/cancel`, {}));
  };
  const open = standing.state === "running" || standing.state === "waiting";
  const cut = standing.state === "cancelled" || standing.state === "failed";
  return (
    <p>
      {open ? <button type="button" disabled={busy} onClick={cancel}>{t("studies.cancel")}</button> : null}
      {cut ? <button type="button" disabled={busy} onClick={() => void act(() => post(`${path}/resume`, {}))}>{t("studies.resume")}</button> : null}
      <span role="alert" class="problem">{problem}</span>
    </p>
  );
}

function Files({ standing, path }: { standing: Standing; path: string }) {
  return (
    <p>
      <a class="gap" href={`/api/v1${path}/report.html`} target="_blank" rel="noopener">{t("studies.view_report")}</a>{" "}
      <a class="gap" href={`/api/v1${path}/report.html?save=true`} download="study.html">{t("studies.save_report")}</a>{" "}
      {LANGUAGES.filter((code) => standing.books.includes(code)).map((code) => (
        <a key={code} class="gap" href={`/api/v1${path}/report.xlsx?lang=${code}`} download={`study-${code}.xlsx`}>{t("studies.save_book", { language: t(`language.${code}` as Key) })}</a>
      ))}
    </p>
  );
}

/** Estimates while it runs: plain figures, for their scale is not known before the end. */
function Estimates({ standing }: { standing: Standing }) {
  const found = Object.entries(standing.progress?.estimates ?? {});
  if (!found.length) return null;
  return (
    <div class="wide spaced">
      <table>
        <caption>{t("studies.now")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("studies.scenario")}</th>
            <th scope="col">{t("studies.response")}</th>
            <th scope="col" class="n">{t("study.mean")}</th>
            <th scope="col" class="n">{t("study.half_width")}</th>
            <th scope="col" class="n">{t("study.replications")}</th>
          </tr>
        </thead>
        <tbody>
          {found.flatMap(([scenario, responses]) =>
            Object.entries(responses).map(([name, one]) => (
              <tr key={`${scenario} ${name}`} data-estimate={scenario}>
                <th scope="row">{scenario}</th>
                <td>{responseName(name)}</td>
                <td class="n">{one.mean === null ? "" : figure(one.mean)}</td>
                <td class="n">{one.half_width === null ? "" : figure(one.half_width)}</td>
                <td class="n">{number(one.count)}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  );
}
