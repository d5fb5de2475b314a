/** Name packed boxes that shall go back into stock; they may be named before they are packed. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { useAct } from "../parts/load";
import { t } from "../texts";
import { pathOf } from "./views";

export function BackToStock({ task }: { task: string }) {
  const { problem, busy, act } = useAct();
  const text = useSignal("");
  const told = useSignal("");
  const boxes = [...new Set(text.value.split(/[\s,;]+/).filter(Boolean))];
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    told.value = "";
    await act(async () => {
      const found = await post<{ new: number }>(`${pathOf(task)}/back-to-stock`, { boxes });
      [told.value, text.value] = [t("task.called_back", { boxes: found.new }), ""];
    });
  };
  return (
    <details>
      <summary>{t("task.call_back")}</summary>
      <form class="spaced" onSubmit={(event) => void submit(event)}>
        <label class="block">
          {t("task.boxes_to_call")}
          <textarea class="wide-text" rows={3} required spellcheck={false} value={text.value} onInput={(event) => (text.value = event.currentTarget.value)} />
        </label>
        <button type="submit" disabled={busy || !boxes.length}>{t("task.call_boxes", { boxes: boxes.length })}</button>
        <p role="status">{told.value}</p>
        <p role="alert" class="problem">{problem}</p>
      </form>
    </details>
  );
}
