/** Take a task in by hand: what a platform would send. The same number sent again is the same task. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import type { LineView } from "../line/views";
import { useAct, useOnce } from "../parts/load";
import { go } from "../router";
import { clock } from "../live";
import { language, say, t } from "../texts";
import { pathOf, type Source, type Task } from "./views";

const HOUR_MS = 3_600_000;
interface Lot {
  code: string;
}

/** Hours from now as plant time; 0 where none are given. */
export function due(hours: string): number {
  return hours ? Math.round((clock.value["plant"]?.now_ms ?? 0) + Number(hours) * HOUR_MS) : 0;
}

export function NewTask({ sources }: { sources: readonly Source[] }) {
  const { value: lots } = useOnce<Lot[]>("/stock/lots");
  const { value: lines } = useOnce<LineView[]>("/lines");
  const { problem, busy, act } = useAct();
  const source = useSignal("first");
  const counts = sources.find((one) => one.source === source.value)?.kind === "count";
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string): string => String(form.get(name) ?? "").trim();
    const body = {
      task: text("task"), lot: text("lot"), source: source.value, line: text("line"), scheme: text("scheme"), quantity: Number(text("quantity")),
      priority: Number(text("priority")), due_ms: due(text("due")), approval: form.has("approval"), trigger: form.has("trigger"),
    };
    await act(async () => {
      await post<Task>("/tasks", body);
      go(pathOf(body.task));
    });
  };
  return (
    <details class="card spaced">
      <summary>{t("task.new")}</summary>
      <form class="form spaced" onSubmit={(event) => void submit(event)}>
        <label>{t("task.number")}<input name="task" required maxLength={64} size={18} /></label>
        <label>
          {t("task.source")}
          <select name="source" value={source.value} onChange={(event) => (source.value = event.currentTarget.value)}>
            {sources.map((one) => <option key={one.source} value={one.source}>{one[language.value]}</option>)}
          </select>
        </label>
        <label>{t("stock.lot")}<input name="lot" list="lots" required={!counts} maxLength={64} size={18} /></label>
        <datalist id="lots">{(lots ?? []).map((one) => <option key={one.code} value={one.code} />)}</datalist>
        <label>{t("task.quantity_or_all")}<input name="quantity" type="number" min={0} max={1_000_000} /></label>
        <label>
          {t("task.line")}
          <select name="line">
            <option value="">{t("task.line_by_phase")}</option>
            {(lines ?? []).map((one) => <option key={one.id} value={one.id}>{`${one.id} (${say("line_phase", one.phase)})`}</option>)}
          </select>
        </label>
        <label>{t("task.scheme_or_approved")}<input name="scheme" maxLength={64} size={18} /></label>
        <label>{t("task.priority")}<input name="priority" type="number" min={-100} max={100} defaultValue="0" /></label>
        <label>{t("task.due_in")}<input name="due" type="number" min={0} max={100_000} step="any" /></label>
        <label class="check"><input name="approval" type="checkbox" defaultChecked /> {t("task.approval")}</label>
        <label class="check"><input name="trigger" type="checkbox" /> {t("task.trigger")}</label>
        <button type="submit" class="main" disabled={busy}>{t("task.take")}</button>
        <span role="alert" class="problem">{problem}</span>
      </form>
    </details>
  );
}
