import { Exceptions } from "../line/Exceptions";
import { Held } from "../line/Held";
import { BenchCard } from "../line/BenchCard";
import { Strip } from "../line/Strip";
import type { LineView } from "../line/views";
import { useLoad } from "../parts/load";
import { VerifyLot } from "../parts/VerifyLot";
import { mayOperate } from "../session";
import { say, t } from "../texts";

/** The lines of the plant, and one of them as it stands. */
export function Line({ id }: { id: string }) {
  const { value: lines, problem } = useLoad<LineView[]>("/lines");
  if (!lines) return <p class="quiet pad" role="status">{problem?.text ?? t("live.connecting")}</p>;
  const shown = id ? lines.find((one) => one.id === id) : lines[0];
  return (
    <div class="pad">
      <h1>{shown ? t("line.title", { line: shown.id, phase: say("line_phase", shown.phase) }) : t("nav.lines")}</h1>
      {lines.length > 1 || !shown ? <Choice lines={lines} shown={shown?.id ?? ""} /> : null}
      {lines.length === 0 ? <p class="quiet">{t("line.none")}</p> : null}
      {lines.length > 0 && !shown ? <p class="problem" role="alert">{t("problem.unknown_line", { line: id })}</p> : null}
      {shown ? <Shown line={shown} /> : null}
    </div>
  );
}

function Choice({ lines, shown }: { lines: LineView[]; shown: string }) {
  return (
    <nav class="choice" aria-label={t("line.choose")}>
      {lines.map((one) => (
        <a key={one.id} href={`/lines/${one.id}`} aria-current={one.id === shown ? "page" : undefined}>
          {one.id}
        </a>
      ))}
    </nav>
  );
}

function Shown({ line }: { line: LineView }) {
  const lots = Object.entries(line.lots);
  return (
    <>
      <p class="quiet">
        {lots.length ? `${t("line.lots")} ` : t("line.no_lots")}
        {lots.map(([lot, flush]) => (
          <span key={lot} class="chip">{flush ? t("line.lot_flush", { lot, flush: say("flush", flush) }) : lot}</span>
        ))}
      </p>
      <Strip line={line} />
      {mayOperate() ? <VerifyLot key={line.id} line={line.id} /> : null}
      <h2>{t("line.benches")}</h2>
      <div class="benches">
        {line.benches.map((bench) => (
          <BenchCard key={bench.id} bench={bench} />
        ))}
      </div>
      <Held line={line.id} />
      <Exceptions line={line.id} />
    </>
  );
}
