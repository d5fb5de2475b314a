/** What became of each box of a return; an engineer says what is made of those in sorting. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { useAct } from "../parts/load";
import { ago } from "../parts/moment";
import { mayEngineer } from "../session";
import { say, t } from "../texts";
import type { ReturnedBox } from "./views";
import { Wide } from "../parts/Wide";

const FATES = ["received", "to_maker", "scrapped"] as const;

export function Became({ boxes, again }: { boxes: readonly ReturnedBox[]; again: () => void }) {
  const ticked = useSignal<readonly string[]>([]);
  const maySort = mayEngineer() && boxes.some((one) => one.outcome === "sorting");
  const tick = (box: string, on: boolean): void => {
    ticked.value = on ? [...ticked.value, box] : ticked.value.filter((one) => one !== box);
  };
  return (
    <section aria-labelledby="became" class="spaced">
      <h2 id="became">{t("return.became")}</h2>
      {boxes.length ? null : <p class="quiet">{t("return.no_boxes")}</p>}
      {boxes.length ? (
        <Wide label={t("return.became")}>
          <table>
            <caption class="hidden">{t("return.became")}</caption>
            <thead>
              <tr>
                {maySort ? <th scope="col">{t("return.choose")}</th> : null}
                <th scope="col">{t("stock.box")}</th>
                <th scope="col">{t("return.outcome")}</th>
                <th scope="col">{t("return.because")}</th>
                <th scope="col">{t("stock.pallet")}</th>
                <th scope="col">{t("return.scanned_by")}</th>
              </tr>
            </thead>
            <tbody>
              {boxes.map((one) => (
                <tr key={one.box} data-box={one.box} data-outcome={one.outcome}>
                  {maySort ? <td>{one.outcome === "sorting" ? <input type="checkbox" aria-label={t("return.choose_of", { box: one.box })} checked={ticked.value.includes(one.box)} onChange={(event) => tick(one.box, event.currentTarget.checked)} /> : null}</td> : null}
                  <th scope="row">{one.box}</th>
                  <td>{say("return_outcome", one.outcome)}</td>
                  <td>{one.why ? say("return_why", one.why) : ""}</td>
                  <td>{one.pallet}</td>
                  <td>{one.scanned_by} <span class="quiet">{ago(one.scanned_ms)}</span></td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      ) : null}
      {maySort ? <Sort boxes={ticked.value} done={() => { ticked.value = []; again(); }} /> : null}
    </section>
  );
}

function Sort({ boxes, done }: { boxes: readonly string[]; done: () => void }) {
  const { problem, busy, act } = useAct();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const state = String(form.get("state"));
    if (!confirm(t("return.ask_sort", { boxes: boxes.length, fate: say("role", state) }))) return;
    if (await act(() => post("/stock/settle", { boxes, state, reason: String(form.get("reason")).trim() }))) done();
  };
  return (
    <form class="form spaced" onSubmit={(event) => void submit(event)}>
      <label>
        {t("return.fate")}
        <select name="state">{FATES.map((one) => <option key={one} value={one}>{say("return_fate", one)}</option>)}</select>
      </label>
      <label>{t("result.why")}<input name="reason" required maxLength={200} size={32} /></label>
      <button type="submit" disabled={busy || !boxes.length}>{t("return.sort", { boxes: boxes.length })}</button>
      <span role="alert" class="problem">{problem}</span>
    </form>
  );
}
