import { useOnce } from "../parts/load";
import { t } from "../texts";
import { Whiskers } from "../studies/Whiskers";
import type { Findings, Interval } from "../studies/views";
import { estimate, headed, high, listed, low, responseName, responseScale, unitName } from "../studies/words";

const [PLOTS, ROWS] = [6, 300];

/** Two finished studies beside each other: their intervals by scenario and response. */
export function StudyPair({ first, second }: { first: string; second: string }) {
  const [one, other] = [useOnce<Findings>(findingsOf(first)), useOnce<Findings>(findingsOf(second))];
  const problem = one.problem ?? other.problem;
  return (
    <div class="pad">
      <a href="/studies">{t("studies.back")}</a>
      <h1>{t("studies.compared", { first, second })}</h1>
      <p class="quiet">{t("studies.compare_say")}</p>
      {problem ? <p role="alert" class="problem">{problem.text}</p> : null}
      {one.value && other.value ? <Beside names={[first, second]} pair={[one.value, other.value]} /> : null}
    </div>
  );
}

const findingsOf = (run: string): string => `/studies/${encodeURIComponent(run)}/findings`;

function Beside({ names, pair }: { names: [string, string]; pair: [Findings, Findings] }) {
  const [one, other] = pair;
  const shared = listed(one).filter((name) => listed(other).includes(name));
  if (!shared.length) return <p>{t("studies.no_common")}</p>;
  return (
    <>
      {shared.slice(0, PLOTS).map((name) => (
        <Whiskers key={name} title={responseName(name)} scale={responseScale(one, name)} rows={pair.flatMap((findings, n) => findings.scenarios.filter((s) => name in s.responses).slice(0, 20).map((s) => ({ name: `${s.name} · ${names[n]!}`, interval: s.responses[name]! })))} />
      ))}
      <Table names={names} pair={pair} shared={shared} />
    </>
  );
}

function Table({ names, pair, shared }: { names: [string, string]; pair: [Findings, Findings]; shared: string[] }) {
  const [one, other] = pair;
  const rows = one.scenarios.flatMap((scenario) => {
    const match = other.scenarios.find((found) => found.name === scenario.name);
    return match ? shared.filter((name) => name in scenario.responses && name in match.responses).map((name) => ({ scenario: scenario.name, name, left: scenario.responses[name]!, right: match.responses[name]! })) : [];
  }).slice(0, ROWS);
  return (
    <div class="wide spaced">
      <table>
        <caption>{t("study.responses")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("studies.scenario")}</th>
            <th scope="col">{t("study.response")}</th>
            {names.map((name) => <th key={name} scope="col" class="n given">{name}</th>)}
            <th scope="col">{t("studies.verdict")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const scale = responseScale(one, row.name);
            return (
              <tr key={`${row.scenario} ${row.name}`} data-pair={`${row.scenario} ${row.name}`}>
                <th scope="row">{row.scenario}</th>
                <td>{unitName(scale.unit) ? headed(row.name, scale) : responseName(row.name)}</td>
                <td class="n">{estimate(row.left, scale)}</td>
                <td class="n">{estimate(row.right, scale)}</td>
                <td>{apart(row.left, row.right) ? t("studies.apart") : t("studies.overlap")}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Whether two intervals have nothing in common; a mean without one is never sure. */
function apart(left: Interval, right: Interval): boolean {
  if (left.half_width === null || right.half_width === null) return false;
  return high(left) < low(right) || high(right) < low(left);
}
