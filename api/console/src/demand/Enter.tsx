/** Enter what districts plan to take: one figure, or a file of them; a file with a bad row is not sent at all. */
import { useSignal } from "@preact/signals";
import { put } from "../client";
import { useAct } from "../parts/load";
import { readCsv, readText } from "../parts/rows";
import { t } from "../texts";
import type { Planned } from "./views";

/** Rows of a file as the API wants them, and the numbers of the lines that cannot be. */
export function plannedOf(text: string): { rows: Planned[]; bad: number[] } {
  const rows = readCsv(text).map((row) => ({ month: row["month"] ?? "", model: row["model"] ?? "", district: row["district"] ?? "", meters: row["meters"] ?? "" }));
  const good = (row: (typeof rows)[number]): boolean => /^20\d\d-(0[1-9]|1[0-2])$/.test(row.month) && row.model !== "" && row.district !== "" && /^\d{1,8}$/.test(row.meters);
  return { rows: rows.map((row) => ({ ...row, meters: Number(row.meters) })), bad: rows.flatMap((row, i) => (good(row) ? [] : [i + 2])) };
}

export function Enter({ models, again }: { models: readonly string[]; again: () => void }) {
  const { problem, busy, act } = useAct();
  const told = useSignal("");
  const send = async (rows: Planned[]): Promise<void> => {
    told.value = "";
    if (await act(() => put("/demand", { rows }))) told.value = t("demand.entered", { rows: rows.length });
    again();
  };
  const one = (event: Event): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string): string => String(form.get(name)).trim();
    void send([{ month: text("month"), model: text("model"), district: text("district"), meters: Number(text("meters")) }]);
  };
  const file = async (event: Event): Promise<void> => {
    event.preventDefault();
    const chosen = new FormData(event.currentTarget as HTMLFormElement).get("file") as File;
    const { rows, bad } = plannedOf(await readText(chosen));
    if (bad.length || !rows.length) return void (told.value = t("demand.bad_lines", { lines: bad.slice(0, 30).join(", ") || "1" }));
    await send(rows);
  };
  return (
    <details class="card">
      <summary>{t("demand.enter")}</summary>
      <form class="form spaced" onSubmit={one}>
        <label>{t("demand.month")}<input name="month" type="month" required min="2000-01" max="2099-12" placeholder="2026-12" pattern="20\d\d-(0[1-9]|1[0-2])" /></label>
        <label>{t("order.model")}<input name="model" list="models" required maxLength={64} size={18} /></label>
        <datalist id="models">{models.map((model) => <option key={model} value={model} />)}</datalist>
        <label>{t("order.district")}<input name="district" required maxLength={32} size={18} /></label>
        <label>{t("delivery.meters")}<input name="meters" type="number" min={0} max={10_000_000} required /></label>
        <button type="submit" class="main" disabled={busy}>{t("demand.enter_one")}</button>
      </form>
      <form class="form" onSubmit={(event) => void file(event)}>
        <label>{t("demand.file")}<input name="file" type="file" accept=".csv,.txt" required /></label>
        <button type="submit" disabled={busy}>{t("demand.enter_file")}</button>
      </form>
      <p role="status">{told.value}</p>
      <p role="alert" class="problem">{problem}</p>
    </details>
  );
}
