/** The ledger of seals: how many are where, how long each magazine lasts, and the ranges that were received. */
import { post } from "../client";
import { useAct, useLoad } from "../parts/load";
import { mayOperate } from "../session";
import { number, say, t } from "../texts";

interface Magazine {
  cell: string;
  left: number;
  per_h: number;
  hours_left: number | null;
  warn_h: number;
  is_short: boolean;
}
interface Range {
  number: number;
  first: string;
  last: string;
  count: number;
  stored: number;
  received_by: string;
}

export function Seals() {
  const { value: account } = useLoad<Record<string, number>>("/seals/account");
  const { value: magazines, again } = useLoad<Magazine[]>("/seals/magazines");
  const { value: ranges, again: received } = useLoad<Range[]>("/seals/ranges");
  return (
    <section class="spaced" aria-labelledby="ledger">
      <h2 id="ledger">{t("laboratory.seals")}</h2>
      <dl class="totals">
        {Object.entries(account ?? {}).map(([state, count]) => (
          <div key={state}>
            <dt>{say("seal_state", state)}</dt>
            <dd data-seals={state}>{number(count)}</dd>
          </div>
        ))}
      </dl>
      <table class="spaced">
        <caption>{t("laboratory.magazines")}</caption>
        <tbody>
          {(magazines ?? []).map((one) => (
            <tr key={one.cell} class={one.is_short ? "wrong" : ""} data-magazine={one.cell}>
              <th scope="row">{one.cell}</th>
              <td>{t("laboratory.seals_left", { left: number(one.left), per_h: number(one.per_h) })}</td>
              <td>{one.hours_left === null ? "" : t("laboratory.hours_left", { hours: number(one.hours_left), warn: number(one.warn_h) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table class="spaced">
        <caption>{t("laboratory.ranges")}</caption>
        <tbody>
          {(ranges ?? []).map((one) => (
            <tr key={one.number}>
              <th scope="row">{`${one.first} – ${one.last}`}</th>
              <td>{t("laboratory.range_left", { stored: number(one.stored), count: number(one.count) })}</td>
              <td>{one.received_by}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {mayOperate() ? <Load again={again} /> : null}
      {mayOperate() ? <Receive again={received} /> : null}
    </section>
  );
}

function Load({ again }: { again: () => void }) {
  const { problem, busy, act } = useAct();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    await act(() => post(`/seals/magazines/${encodeURIComponent(String(form.get("cell")).trim())}/load`, { count: Number(form.get("count")) }));
    again();
  };
  return (
    <form class="form spaced" onSubmit={(event) => void submit(event)}>
      <label>
        {t("laboratory.cell")}
        <input name="cell" required maxLength={40} size={8} />
      </label>
      <label>
        {t("laboratory.count")}
        <input name="count" type="number" min={1} required />
      </label>
      <button type="submit" disabled={busy}>{t("laboratory.load")}</button>
      <span role="alert" class="problem">{problem}</span>
    </form>
  );
}

function Receive({ again }: { again: () => void }) {
  const { problem, busy, act } = useAct();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const [first, last] = [String(form.get("first")).trim(), String(form.get("last")).trim()];
    const body = { prefix: String(form.get("prefix")).trim(), first: Number(first), last: Number(last), digits: Math.max(first.length, last.length) };
    await act(() => post("/seals/ranges", body));
    again();
  };
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <label>
        {t("laboratory.prefix")}
        <input name="prefix" maxLength={20} size={8} />
      </label>
      <label>
        {t("laboratory.first")}
        <input name="first" required pattern="[0-9]+" size={12} />
      </label>
      <label>
        {t("laboratory.last")}
        <input name="last" required pattern="[0-9]+" size={12} />
      </label>
      <button type="submit" disabled={busy}>{t("laboratory.receive")}</button>
      <span role="alert" class="problem">{problem}</span>
    </form>
  );
}
