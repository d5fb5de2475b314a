/** Stock that was verified too long ago, lot by lot, and its calling back for a re-check. */
import { useComputed, useSignal } from "@preact/signals";
import { post } from "../client";
import { mayOperate } from "../session";
import { pathOf } from "../tasks/views";
import { number, t } from "../texts";
import { useAct, useSeldom } from "./load";
import { Wide } from "./Wide";

interface AgedLot {
  lot: string;
  model: string;
  boxes: number;
  meters: number;
  days: number;
  task: string;
}

export function Aged() {
  const days = useSignal(180);
  const path = useComputed(() => `/stock/aged?days=${days.value}`);
  const { value, problem, again } = useSeldom<AgedLot[]>(path);
  const { problem: refused, busy, act } = useAct();
  const told = useSignal("");
  const free = (value ?? []).filter((one) => !one.task);
  const call = async (): Promise<void> => {
    if (!confirm(t("aged.ask", { lots: free.length, meters: number(free.reduce((sum, one) => sum + one.meters, 0)) }))) return;
    await act(async () => (told.value = t("aged.called", { tasks: (await post<string[]>(`/tasks/aged?days=${days.value}`, {})).join(", ") })));
    again();
  };
  return (
    <section class="spaced" aria-labelledby="aged">
      <h2 id="aged">{t("aged.title")}</h2>
      <div class="form">
        <label>
          {t("aged.days")}
          <input class="figure-input" type="number" min={1} max={3650} value={days.value} onChange={(event) => (days.value = Math.min(3650, Math.max(1, Math.round(Number(event.currentTarget.value)) || 180)))} />
        </label>
        {mayOperate() ? <button type="button" disabled={busy || !free.length} onClick={() => void call()}>{t("aged.call")}</button> : null}
      </div>
      <p role="status">{told.value}</p>
      <p role="alert" class="problem">{refused || problem?.text}</p>
      {value?.length === 0 ? <p class="quiet">{t("aged.none", { days: days.value })}</p> : null}
      {value?.length ? <Lots lots={value} /> : null}
    </section>
  );
}

function Lots({ lots }: { lots: readonly AgedLot[] }) {
  return (
    <Wide label={t("aged.title")}>
      <table>
        <caption class="hidden">{t("aged.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("stock.lot")}</th>
            <th scope="col">{t("order.model")}</th>
            <th scope="col" class="n">{t("delivery.boxes")}</th>
            <th scope="col" class="n">{t("stock.count")}</th>
            <th scope="col" class="n">{t("aged.oldest")}</th>
            <th scope="col">{t("aged.task")}</th>
          </tr>
        </thead>
        <tbody>
          {lots.map((one) => (
            <tr key={`${one.lot} ${one.model}`} data-aged={one.lot}>
              <th scope="row">{one.lot}</th>
              <td>{one.model}</td>
              <td class="n">{number(one.boxes)}</td>
              <td class="n">{number(one.meters)}</td>
              <td class="n">{number(one.days)}</td>
              <td>{one.task ? <a href={pathOf(one.task)}>{one.task}</a> : t("aged.not_called")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
