/** What a study found: the answer in words, responses, differences, the best, shares and series. */
import { number, say, t } from "../texts";
import { SeriesPlot } from "./SeriesPlot";
import { SharesPlot } from "./SharesPlot";
import type { Findings, Scenario } from "./views";
import { Whiskers } from "./Whiskers";
import { asked, estimate, figure, headed, listed, responseName, responseScale, unitName } from "./words";

const [MOST_ROWS, MOST_COLUMNS, MOST_TOLD, MOST_LINES, MOST_LISTED] = [40, 10, 12, 8, 200]; // what a page bears; the workbook has all

export function Found({ findings }: { findings: Findings }) {
  return (
    <>
      <Words findings={findings} />
      <section class="spaced wide" aria-label={t("study.section.responses")}>
        <h2>{t("study.section.responses")}</h2>
        {asked(findings).map((name) => (
          <Whiskers key={name} title={responseName(name)} scale={responseScale(findings, name)} rows={findings.scenarios.filter((one) => name in one.responses).slice(0, MOST_ROWS).map((one) => ({ name: one.name, interval: one.responses[name]! }))} />
        ))}
        {findings.scenarios.length > MOST_COLUMNS ? <Long findings={findings} /> : <Responses findings={findings} />}
      </section>
      {findings.comparisons.length ? <Differences findings={findings} /> : null}
      <SharesPlot scenarios={findings.scenarios} />
      <SeriesPlot scenarios={findings.scenarios.slice(0, MOST_LINES)} />
    </>
  );
}

function Words({ findings }: { findings: Findings }) {
  const chosen = findings.selection;
  const others = chosen?.candidates.filter((name) => name !== chosen.best) ?? [];
  return (
    <section class="spaced" aria-label={t("study.section.summary")}>
      <h2>{t("study.section.summary")}</h2>
      <p>{t("study.asked", { responses: asked(findings).map(responseName).join(t("study.and")), plant: findings.plant, hours: number(findings.hours), scenarios: findings.scenarios.length, seed: findings.seed })}</p>
      <ul>
        {asked(findings).slice(0, 1).flatMap((name) => findings.scenarios.filter((one) => name in one.responses).slice(0, MOST_TOLD).map((one) => <li key={`${name} ${one.name}`}><strong>{answer(findings, one, name)}</strong></li>))}
        {chosen ? <li><strong>{t(others.length ? "study.selected_of" : "study.selected", { best: chosen.best, response: responseName(chosen.response), percent: figure(100 * chosen.chance), others: others.join(t("study.and")) })}</strong></li> : null}
        {findings.scenarios.slice(0, MOST_TOLD).map((one) => <li key={one.name}>{bottleneck(one)}</li>)}
        {findings.warnings.slice(0, MOST_TOLD).map((one, i) => <li key={i} class="note">{say("study.remark", one.code, careful(one.params))}</li>)}
      </ul>
    </section>
  );
}

const careful = (params: Record<string, unknown>): Record<string, unknown> => ("response" in params ? { ...params, response: responseName(String(params["response"])) } : params);

function answer(findings: Findings, one: Scenario, name: string): string {
  const [found, scale] = [one.responses[name]!, responseScale(findings, name)];
  const value = `${estimate(found, scale)} ${unitName(scale.unit)}`.trim();
  return t(found.half_width === null ? "study.answer_once" : "study.answer", { scenario: one.name, response: responseName(name), value, count: found.count, percent: figure(100 * found.confidence) });
}

const PARTS = ["momentary", "active", "busy", "blocked", "starved", "down", "idle"];

function bottleneck(one: Scenario): string {
  const found = one.bottleneck;
  if (!found) return t("study.no_bottleneck", { scenario: one.name });
  const said = Object.entries(found.evidence).map(([name, value]) => `${say("study.evidence", name)} ${PARTS.includes(name) || name.startsWith("share") ? `${(100 * value).toFixed(1)} %` : figure(value)}`);
  return t("study.held", { scenario: one.name, device: found.device, why: say("study.bottleneck", found.why), evidence: said.join(t("study.and")) });
}

function Responses({ findings }: { findings: Findings }) {
  return (
    <table>
      <caption>{t("study.responses")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("study.response")}</th>
          {findings.scenarios.map((one) => <th key={one.name} scope="col" class="n given">{one.name}</th>)}
        </tr>
      </thead>
      <tbody>
        {listed(findings).map((name) => {
          const scale = responseScale(findings, name);
          return (
            <tr key={name} data-response={name}>
              <th scope="row">{headed(name, scale)}</th>
              {findings.scenarios.map((one) => <td key={one.name} class="n">{one.responses[name] ? estimate(one.responses[name], scale) : ""}</td>)}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The scenarios as rows, with what was asked, where they are too many for columns. */
function Long({ findings }: { findings: Findings }) {
  const scales = asked(findings).map((name) => ({ name, scale: responseScale(findings, name) }));
  return (
    <table>
      <caption>{t("study.responses")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("study.scenario")}</th>
          {scales.map(({ name, scale }) => <th key={name} scope="col" class="n">{headed(name, scale)}</th>)}
        </tr>
      </thead>
      <tbody>
        {findings.scenarios.slice(0, MOST_LISTED).map((one) => (
          <tr key={one.name}>
            <th scope="row">{one.name}</th>
            {scales.map(({ name, scale }) => <td key={name} class="n">{one.responses[name] ? estimate(one.responses[name], scale) : ""}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Differences({ findings }: { findings: Findings }) {
  const names = [...new Set(findings.comparisons.map((one) => one.response))].slice(0, 6);
  return (
    <section class="spaced wide" aria-label={t("study.section.comparisons")}>
      <h2>{t("study.section.comparisons")}</h2>
      <p class="quiet">{t("study.comparisons_say")}</p>
      {names.map((name) => (
        <Whiskers key={name} zero title={responseName(name)} scale={responseScale(findings, name)} rows={findings.comparisons.filter((one) => one.response === name).slice(0, 30).map((one) => ({ name: t("study.less", { second: one.second, first: one.first }), interval: one.difference, quiet: !one.better }))} />
      ))}
    </section>
  );
}
