import { useComputed, useSignal } from "@preact/signals";
import { post } from "../client";
import { Bias } from "../results/Bias";
import { Lines } from "../results/Lines";
import { Samples } from "../results/Samples";
import { SpreadPlot } from "../results/SpreadPlot";
import { YieldPlot } from "../results/YieldPlot";
import type { LotResult, LotYield, MeterLine } from "../results/views";
import { useAct, useOnce } from "../parts/load";
import { go } from "../router";
import { mayOperate } from "../session";
import { LANGUAGES, number, say, t, type Key } from "../texts";

const PAGE = 100;

/** How a lot came out: yield, where meters fail, how the errors lie, how the positions read, and its report. */
export function Lot({ code }: { code: string }) {
  const path = `/results/lots/${encodeURIComponent(code)}`;
  const { value, problem, again } = useOnce<LotResult>(path);
  return (
    <div class="pad">
      <a href="/results">{t("result.back")}</a>
      <h1>{t("result.lot", { lot: code })}</h1>
      <button type="button" onClick={again}>{t("result.again")}</button>
      {problem && !value ? <p role="alert" class="problem">{problem.text} {t("result.lot_hint")}</p> : null}
      {value ? <Report path={path} shown={value} /> : null}
      {value ? <Facts out={value.out} percent={value.yield_percent} /> : null}
      {value ? <YieldPlot benches={value.out.benches} /> : null}
      {value?.spreads.length ? <SpreadPlot spreads={value.spreads} /> : null}
      {(value?.out.benches ?? []).map((one) => (
        <Bias key={one.bench} bench={one.bench} />
      ))}
      {value ? <Samples lot={code} /> : null}
      {value ? <Meters path={path} count={value.out.meters} /> : null}
    </div>
  );
}

/** The meters of the lot, so many at a time. */
function Meters({ path, count }: { path: string; count: number }) {
  const behind = useSignal<string[]>([]);
  const from = useComputed(() => `${path}/meters?limit=${PAGE}&after=${behind.value.at(-1) ?? ""}`);
  const { value } = useOnce<MeterLine[]>(from);
  const last = value?.at(-1)?.bar_code;
  return (
    <>
      <Lines title={t("result.lot_meters", { count: number(count) })} lines={value ?? []} />
      <button type="button" disabled={!behind.value.length} onClick={() => (behind.value = behind.value.slice(0, -1))}>{t("result.before")}</button>{" "}
      <button type="button" disabled={(value?.length ?? 0) < PAGE || !last} onClick={() => (behind.value = [...behind.value, last!])}>{t("result.next")}</button>
    </>
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
