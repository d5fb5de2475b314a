import { useSignal, useSignalEffect } from "@preact/signals";
import { post } from "../client";
import { Frames } from "../bench/Frames";
import { ErrorPlot } from "../bench/ErrorPlot";
import { Positions } from "../bench/Positions";
import { Running } from "../bench/Running";
import type { LineView } from "../line/views";
import { benches } from "../live";
import { useAct, useLoad } from "../parts/load";
import { mayEngineer } from "../session";
import { say, t } from "../texts";

const QUIET_MS = 10_000;

/** A bench while it works: what its sensors say, what it measures, and what is spoken with the meters. */
export function Bench({ id }: { id: string }) {
  const { value: lines, problem, again } = useLoad<LineView[]>("/lines");
  const { problem: refused, busy, act } = useAct();
  const quiet = useQuiet(id);
  const line = lines?.find((one) => one.benches.some((bench) => bench.id === id));
  const bench = line?.benches.find((one) => one.id === id);
  if (!lines) return <p class="quiet pad" role="status">{problem?.text ?? t("live.connecting")}</p>;
  if (!line || !bench) {
    return (
      <div class="pad">
        <h1>{t("bench.name", { bench: id })}</h1>
        <p role="alert" class="problem">{t("problem.unknown_bench", { bench: id })}</p>
        <a href="/lines">{t("line.all")}</a>
      </div>
    );
  }
  const seen = benches.value[id];
  const release = async (): Promise<void> => {
    if (!confirm(t("bench.confirm_release", { bench: id }))) return;
    await act(() => post(`/benches/${id}/release`, {}));
    again();
  };
  return (
    <div class="pad">
      <a href={`/lines/${line.id}`}>{t("line.back", { line: line.id })}</a>
      <h1>{t("bench.name", { bench: id })}</h1>
      {bench.state === "stopped" ? (
        <p class="wrong banner" role="alert">
          {t("bench.stopped_why", { why: bench.notice ? say("bench", bench.notice) : "" })}{" "}
          {mayEngineer() ? <button type="button" disabled={busy} onClick={() => void release()}>{t("bench.release")}</button> : t("bench.ask_engineer")}
        </p>
      ) : null}
      <p role="alert" class="problem">{refused}</p>
      {seen && quiet ? <p class="wrong banner" role="alert">{t("bench.quiet")}</p> : null}
      {!seen ? <p class="quiet">{t("bench.unseen")}</p> : null}
      <Running bench={bench} seen={seen} />
      {seen ? <ErrorPlot seen={seen} positions={bench.positions} /> : null}
      <Positions bench={bench} seen={seen} again={again} />
      {seen ? <Frames bench={id} frames={seen.frames} /> : null}
    </div>
  );
}

/** Whether a bench has not shown itself for a while. */
function useQuiet(id: string): boolean {
  const quiet = useSignal(false);
  useSignalEffect(() => {
    void benches.value[id]?.seq;
    quiet.value = false;
    const timer = setTimeout(() => (quiet.value = true), QUIET_MS);
    return () => clearTimeout(timer);
  });
  return quiet.value;
}
