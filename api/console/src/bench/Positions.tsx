/** The wiring monitor: every position with its sensors, terminals, newest finding, and whether it is used. */
import { put } from "../client";
import { useAct } from "../parts/load";
import { mayOperate } from "../session";
import { number, say, t } from "../texts";
import { warmth } from "../line/BenchCard";
import type { BenchView, MeterView } from "../line/views";
import { MARKS, hottest, limitText, stateOf, type BenchShown, type PositionShown, type ResultShown } from "./shown";

interface Row {
  bench: string;
  position: number;
  disabled: boolean;
  meter: MeterView | undefined;
  seen: PositionShown | undefined;
}

export function Positions({ bench, seen, again }: { bench: BenchView; seen: BenchShown | undefined; again: () => void }) {
  const { problem, busy, act } = useAct();
  const use = async (position: number, enabled: boolean): Promise<void> => {
    if (!enabled && !confirm(t("bench.confirm_disable", { position }))) return;
    await act(() => put(`/benches/${bench.id}/positions/${position}`, { enabled }));
    again();
  };
  const rows: Row[] = Array.from({ length: bench.positions }, (_, i) => ({
    bench: bench.id, position: i + 1, disabled: bench.disabled.includes(i + 1), meter: bench.hanging[i + 1], seen: seen?.positions[i + 1],
  }));
  return (
    <div class="wide">
      <p role="alert" class="problem">{problem}</p>
      <table>
        <caption>{t("bench.positions")}</caption>
        <thead>
          <tr>
            <th scope="col" class="n">{t("bench.number")}</th>
            <th scope="col">{t("order.state")}</th>
            <th scope="col">{t("thing.asset")}</th>
            <th scope="col">{t("bench.wiring")}</th>
            <th scope="col" class="n">{t("bench.terminals")}</th>
            <th scope="col" class="n">{t("bench.reading")}</th>
            <th scope="col">{t("bench.newest")}</th>
            {mayOperate() ? <th scope="col">{t("transport.act")}</th> : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Position key={row.position} row={row} busy={busy} use={use} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Position({ row, busy, use }: { row: Row; busy: boolean; use: (position: number, enabled: boolean) => Promise<void> }) {
  const { position, disabled, meter, seen } = row;
  const state = stateOf(disabled, meter, seen);
  const heat = hottest(seen);
  return (
    <tr data-position={position} data-state={state}>
      <th scope="row" class="n">{position}</th>
      <td><span class={`mark at-${state}`} aria-hidden="true">{MARKS[state]}</span> {say("position_state", state)}</td>
      <td>{meter ? <a href={`/results/meter/${meter.bar_code}`}>{meter.bar_code}</a> : ""}</td>
      <td>{seen ? wiring(seen) : ""}</td>
      <td class={`n ${warmth(heat)}`} title={seen?.terminals_c.map((one) => `${number(one)} °C`).join(", ")}>
        {heat === undefined ? "" : `${number(heat)} °C`}
      </td>
      <td class="n">{seen?.error_percent ? `${seen.error_percent} %` : ""}</td>
      <td>{seen?.result ? found(seen.result) : meter?.failed.map((item) => say("item", item)).join(", ")}</td>
      {mayOperate() ? (
        <td>
          <button type="button" disabled={busy} aria-label={t(disabled ? "bench.enable_of" : "bench.disable_of", { position })} onClick={() => void use(position, disabled)}>
            {t(disabled ? "bench.enable" : "bench.disable")}
          </button>
        </td>
      ) : null}
    </tr>
  );
}

function wiring(seen: PositionShown): string {
  if (!seen.present) return seen.bypassed ? `${t("wiring.no_meter")}, ${t("wiring.bypassed")}` : t("wiring.no_meter");
  const told = [seen.pressed ? t(seen.wired ? "wiring.wired" : "wiring.bad") : t("wiring.open")];
  if (seen.bypassed) told.push(t("wiring.bypassed"));
  return told.join(", ");
}

/** One finding in a few words: item, point, value against its limit, verdict. */
export function found(result: ResultShown): string {
  const against = result.limit ? ` (${t("paper.limit")} ${limitText(result.item, result.limit)})` : "";
  const value = result.value ? ` ${result.value}${result.unit ? ` ${result.unit}` : ""}${against}` : "";
  const why = result.cause ? `: ${say("bench", result.cause)}` : "";
  return `${say("item", result.item)}${result.point ? ` ${result.point}` : ""}${value} · ${say("verdict", result.verdict)}${why}`;
}
