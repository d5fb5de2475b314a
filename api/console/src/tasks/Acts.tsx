/** What a person may do with a task that goes on: propose, pause, resume, change, take back. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import type { LineView } from "../line/views";
import { useAct, useOnce } from "../parts/load";
import { t } from "../texts";
import { BackToStock } from "./BackToStock";
import { due } from "./NewTask";
import { pathOf, type Task } from "./views";

type Props = { task: Task; again: () => void };

export function Acts({ task, again }: Props) {
  const { problem, busy, act } = useAct();
  const reason = useSignal("");
  const path = pathOf(task.task);
  const run = async (what: string, body: unknown): Promise<void> => {
    await act(() => post(`${path}/${what}`, body));
    again();
  };
  const waits = task.proposals.some((one) => one.state === "proposed");
  const mayPropose = task.state === "planned" && task.kind !== "count" && !waits;
  return (
    <section aria-labelledby="acts" class="spaced">
      <h2 id="acts">{t("task.acts")}</h2>
      <div class="form">
        {mayPropose ? <button type="button" disabled={busy} onClick={() => void run("propose", {})}>{t("task.propose")}</button> : null}
        {task.state === "paused" ? (
          <button type="button" class="main" disabled={busy} onClick={() => void run("resume", {})}>{t("task.resume")}</button>
        ) : (
          <form class="pair" onSubmit={(event) => { event.preventDefault(); void run("pause", { reason: reason.value.trim() }); }}>
            <label>{t("task.pause_why")}<input value={reason.value} required maxLength={200} size={28} onInput={(event) => (reason.value = event.currentTarget.value)} /></label>
            <button type="submit" disabled={busy}>{t("task.pause")}</button>
          </form>
        )}
      </div>
      <p role="alert" class="problem">{problem}</p>
      {task.trigger ? <BackToStock task={task.task} /> : null}
      <Change task={task} again={again} />
      <Cancel task={task} again={again} />
    </section>
  );
}

function Change({ task, again }: Props) {
  const { value: lines } = useOnce<LineView[]>("/lines");
  const { problem, busy, act } = useAct();
  const begun = task.order > 0;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string): string => String(form.get(name) ?? "").trim();
    const body: Record<string, unknown> = {};
    if (Number(text("priority")) !== task.priority) body["priority"] = Number(text("priority"));
    if (text("due")) body["due_ms"] = due(text("due"));
    if (!begun && Number(text("quantity")) !== task.quantity) body["quantity"] = Number(text("quantity"));
    if (!begun && text("line") && text("line") !== task.line) body["line"] = text("line");
    if (!begun && text("scheme") !== task.scheme) body["scheme"] = text("scheme");
    if (!begun && task.proposals.some((one) => one.state === "proposed") && ["quantity", "line", "scheme"].some((name) => name in body) && !confirm(t("task.ask_change"))) return;
    await act(() => post(`${pathOf(task.task)}/change`, body));
    again();
  };
  return (
    <details>
      <summary>{t("task.change")}</summary>
      <form class="form spaced" onSubmit={(event) => void submit(event)}>
        <label>{t("task.priority")}<input name="priority" type="number" min={-100} max={100} required defaultValue={String(task.priority)} /></label>
        <label>{t("task.due_in")}<input name="due" type="number" min={0} max={100_000} step="any" /></label>
        <label>{t("task.quantity_or_all")}<input name="quantity" type="number" min={0} max={1_000_000} disabled={begun} defaultValue={String(task.quantity)} /></label>
        <label>
          {t("task.line")}
          <select name="line" disabled={begun}>
            <option value="">{task.line || t("task.line_by_phase")}</option>
            {(lines ?? []).filter((one) => one.id !== task.line).map((one) => <option key={one.id} value={one.id}>{one.id}</option>)}
          </select>
        </label>
        <label>{t("task.scheme_or_approved")}<input name="scheme" maxLength={64} size={18} disabled={begun} defaultValue={task.scheme} /></label>
        <button type="submit" disabled={busy}>{t("task.change_now")}</button>
      </form>
      {begun ? <p class="quiet">{t("task.begun")}</p> : null}
      <p role="alert" class="problem">{problem}</p>
    </details>
  );
}

function Cancel({ task, again }: Props) {
  const { problem, busy, act } = useAct();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    if (!confirm(t("task.ask_cancel", { task: task.task }))) return;
    await act(() => post(`${pathOf(task.task)}/cancel`, { reason: String(form.get("reason")).trim(), ending: form.get("ending") }));
    again();
  };
  return (
    <details>
      <summary>{t("task.cancel")}</summary>
      <form class="form spaced" onSubmit={(event) => void submit(event)}>
        <label>{t("task.cancel_why")}<input name="reason" required maxLength={200} size={32} /></label>
        <fieldset class="inline">
          <legend>{t("task.ending")}</legend>
          <label class="check"><input type="radio" name="ending" value="finish" defaultChecked /> {t("task.ending_finish")}</label>
          <label class="check"><input type="radio" name="ending" value="abort" /> {t("task.ending_abort")}</label>
        </fieldset>
        <button type="submit" disabled={busy}>{t("task.cancel_now")}</button>
      </form>
      <p role="alert" class="problem">{problem}</p>
    </details>
  );
}
