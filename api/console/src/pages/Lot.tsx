import { post } from "../client";
import { Bias } from "../results/Bias";
import { Lines } from "../results/Lines";
import { Samples } from "../results/Samples";
import { SpreadPlot } from "../results/SpreadPlot";
import { YieldPlot } from "../results/YieldPlot";
import type { LotResult, LotYield, MeterLine } from "../results/views";
import { useAct, useLoad } from "../parts/load";
import { go } from "../router";
import { mayOperate } from "../session";
import { LANGUAGES, number, say, t, type Key } from "../texts";

/** How a lot came out: yield, where meters fail, how the errors lie, how the positions read, and its report. */
export function Lot({ code }: { code: string }) {
  const path = `/results/lots/${encodeURIComponent(code)}`;
  const { value, problem } = useLoad<LotResult>(path);
  const { value: meters } = useLoad<MeterLine[]>(`${path}/meters?limit=200`);
  return (
    <div class="pad">
      <a href="/results">{t("result.back")}</a>
      <h1>{t("result.lot", { lot: code })}</h1>
      {problem && !value ? <p role="alert" class="problem">{problem.text} {t("result.lot_hint")}</p> : null}
      {value ? <Report path={path} shown={value} /> : null}
      {value ? <Facts out={value.out} percent={value.yield_percent} /> : null}
      {value ? <YieldPlot benches={value.out.benches} /> : null}
      {value?.spreads.length ? <SpreadPlot spreads={value.spreads} /> : null}
      {(value?.out.benches ?? []).map((one) => (
        <Bias key={one.bench} bench={one.bench} />
      ))}
      {value ? <Samples lot={code} /> : null}
      {meters?.length ? <Lines title={t("result.lot_meters", { count: number(meters.length) })} lines={meters} /> : null}
    </div>
  );
}

function Report({ path, shown }: { path: string; shown: LotResult }) {
  const { problem, busy, act } = useAct();
  const submit = (): Promise<boolean> => act(async () => go(`/reviews/${await post<number>(`${path}/report`, {})}`));
  const open = shown.review === "" || shown.review === "rejected" || shown.review === "withdrawn";
  return (
    <p>
      {t("result.report", { state: shown.review ? say("review_state", shown.review) : t("result.not_reviewed") })}{" "}
      {LANGUAGES.map((code) => (
        <span key={code}>
          <a class="gap" href={`/api/v1${path}/report.pdf?lang=${code}`} download={`lot-${code}.pdf`}>{t("result.pdf", { language: t(`language.${code}` as Key) })}</a>{" "}
          <a class="gap" href={`/api/v1${path}/report.xlsx?lang=${code}`} download={`lot-${code}.xlsx`}>{t("result.xlsx", { language: t(`language.${code}` as Key) })}</a>
        </span>
      ))}
      {mayOperate() && open ? <button type="button" disabled={busy} onClick={() => void submit()}>{t("scheme.submit")}</button> : null}
      <span role="alert" class="problem">{problem}</span>
    </p>
  );
}

function Facts({ out, percent }: { out: LotYield; percent: number }) {
  const rows: [string, string][] = [
    [t("paper.meters"), number(out.meters)], [t("paper.passed"), number(out.passed)], [t("paper.failed"), number(out.failed)],
    [t("paper.yield"), `${number(Number(percent.toFixed(2)))} %`], [t("paper.first_passed"), number(out.first_passed)],
    [t("paper.retest_passed"), number(out.retest_passed)], [t("paper.aborted"), number(out.aborted)], [t("paper.runs"), number(out.runs)],
    [t("paper.scheme"), out.schemes.join(", ")], [t("paper.standard"), out.standards.join(", ")],
    [t("paper.tester"), out.testers.join(", ")], [t("paper.checker"), out.checkers.join(", ")],
    [t("paper.items_title"), Object.entries(out.items).map(([item, count]) => `${say("item", item)} ${number(count)}`).join(", ") || t("paper.none")],
  ];
  return (
    <section aria-label={t("paper.summary")}>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
