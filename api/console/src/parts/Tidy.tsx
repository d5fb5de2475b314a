/** Moves of stored pallets that pay: a preview, and a start for whoever may operate. */
import { useSignal } from "@preact/signals";
import { get, post, remove } from "../client";
import { mayOperate } from "../session";
import { number, say, t, type Key } from "../texts";
import { useAct } from "./load";

interface Move {
  pallet: string;
  source: string;
  target: string;
  takes_s: number;
  gain_s: number;
  why: string;
  state?: string;
}
interface Tidied {
  plan: { moves: Move[]; gain_s: number; gain_share: number; stopped: "limit" | "unpaying" };
  booked: Move[];
}

const COLUMNS: readonly Key[] = ["tidy.pallet", "tidy.source", "tidy.target", "tidy.takes_s", "tidy.gain_s", "tidy.why", "tidy.state"];

export function Tidy() {
  const moves = useSignal(20);
  const found = useSignal<Tidied | null>(null);
  const { problem, busy, act } = useAct();
  const preview = () => act(async () => (found.value = await get<Tidied>(`/stock/tidy?moves=${moves.value}`)));
  const go = async (): Promise<void> => {
    if (!confirm(t("tidy.confirm", { moves: moves.value }))) return;
    await act(async () => (found.value = await post<Tidied>("/stock/tidy", { moves: moves.value })));
  };
  const stop = () => act(() => remove("/stock/tidy")).then((done) => (done ? preview() : done));
  return (
    <section>
      <h2>{t("tidy.title")}</h2>
      <div class="form">
        <label>
          {t("tidy.moves")}
          <input
            type="number" min={1} max={1000} value={moves.value}
            onInput={(event) => (moves.value = Math.min(1000, Math.max(1, Number(event.currentTarget.value) || 1)))}
          />
        </label>
        <button type="button" disabled={busy} onClick={() => void preview()}>{t("tidy.preview")}</button>
        {mayOperate() ? <button type="button" disabled={busy} onClick={() => void go()}>{t("tidy.go")}</button> : null}
        {mayOperate() ? <button type="button" disabled={busy} onClick={() => void stop()}>{t("tidy.stop")}</button> : null}
      </div>
      <p role="alert" class="problem">{problem}</p>
      {found.value ? <Result found={found.value} /> : null}
    </section>
  );
}

function Result({ found }: { found: Tidied }) {
  const { plan, booked } = found;
  const underWay = booked.filter((move) => move.state === "planned" || move.state === "moving");
  const rows = underWay.length ? underWay : plan.moves;
  return (
    <>
      <p role="status">
        {t("tidy.gain", { moves: plan.moves.length, gain_s: number(Math.round(plan.gain_s)), percent: number(Math.round(plan.gain_share * 1000) / 10) })}{" "}
        {t(`tidy.${plan.stopped}`)} {underWay.length ? t("tidy.begun") : ""}
      </p>
      <table>
        <caption class="hidden">{t("tidy.title")}</caption>
        <thead>
          <tr>{COLUMNS.map((key) => <th key={key} scope="col">{t(key)}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((move) => (
            <tr key={move.pallet + move.target}>
              <th scope="row">{move.pallet}</th>
              <td>{move.source}</td>
              <td>{move.target}</td>
              <td class="n">{number(Math.round(move.takes_s))}</td>
              <td class="n">{number(Math.round(move.gain_s))}</td>
              <td>{say("tidy.why", move.why)}</td>
              <td>{say("tidy.state", move.state ?? "")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
