/** Scan what came back, box by box, with one input for a scanner that types: code, Enter, code, Enter. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { useAct, useOnce } from "../parts/load";
import { number, say, t } from "../texts";
import { compare, hear, isWhole, keep, NOTHING, recall, without, withSeal, type Scanned } from "./scanning";
import type { ListedMeter, Note } from "./views";

/** The field has the focus from the start, and again after a press of the mouse elsewhere: the scanner types blindly. */
const FIELD = "scanner";
const onto = (field: HTMLInputElement | null): void => field?.focus();
const back = (event: MouseEvent): void => {
  if (event.detail > 0) document.getElementById(FIELD)?.focus();
};

type Props = { note: Note; listed: readonly ListedMeter[]; again: () => void };
interface TypeCode {
  code: string;
  role: string;
}

export function Scan({ note, listed, again }: Props) {
  const { value: types } = useOnce<TypeCode[]>("/codes?table=gen2.equipment");
  const { problem, busy, act } = useAct();
  const now = useSignal<Scanned>(recall(note.number));
  const said = useSignal("");
  const typed = useSignal("");
  const set = (next: Scanned): void => keep(note.number, (now.value = next));
  const book = async (): Promise<void> => {
    const box = now.value.box;
    const done = await act(async () => {
      const seen = await post<Note>(`/returns/${note.number}/scan`, now.value);
      const found = seen.boxes.find((one) => one.box === box);
      said.value = t("return.booked", { box, outcome: say("return_outcome", found?.outcome ?? ""), why: found?.why ? say("return_why", found.why) : "" });
    });
    if (done) set({ ...NOTHING, pallet: now.value.pallet });
    again();
  };
  const enter = (event: Event): void => {
    event.preventDefault();
    const code = typed.value.trim();
    typed.value = "";
    if (!code) return void (isWhole(now.value) && !busy ? book() : undefined);
    const known = { listed, booked: note.boxes.map((one) => one.box), box_types: (types ?? []).filter((one) => one.role === "box").map((one) => one.code) };
    const heard = hear(now.value, code, known);
    set(heard.now);
    said.value = t(`scan.${heard.said}`, { code, box: now.value.box });
  };
  const next = !now.value.box ? t("scan.next_box") : !now.value.meters.length ? t("scan.next_meter") : !now.value.pallet ? t("scan.next_pallet") : t("scan.next_enter");
  return (
    <section aria-labelledby="scan" class="spaced">
      <h2 id="scan">{t("return.scan")}</h2>
      <form class="form" onSubmit={enter}>
        <label>
          <strong>{next}</strong>
          <input id={FIELD} ref={onto} class="scanner" value={typed.value} maxLength={64} size={30} autocomplete="off" autocapitalize="off" spellcheck={false} onInput={(event) => (typed.value = event.currentTarget.value)} />
        </label>
        <button type="submit">{t("scan.enter")}</button>
      </form>
      <p role="status" class="said-now">{said.value}</p>
      <p role="alert" class="problem">{problem}</p>
      <Counts now={now.value} note={note} listed={listed} />
      {now.value.box ? <Content now={now.value} listed={listed} set={set} /> : null}
      {now.value.box ? (
        <p class="form spaced" onClick={back}>
          <label class="check"><input type="checkbox" checked={now.value.opened} onChange={(event) => set({ ...now.value, opened: event.currentTarget.checked })} /> {t("return.was_open")}</label>
          <button type="button" class="main" disabled={busy || !isWhole(now.value)} onClick={() => void book()}>{t("return.book_box")}</button>
          <button type="button" disabled={busy} onClick={() => { if (confirm(t("return.ask_forget", { box: now.value.box }))) set({ ...NOTHING, pallet: now.value.pallet }); }}>{t("return.forget_box")}</button>
        </p>
      ) : null}
    </section>
  );
}

function Counts({ now, note, listed }: { now: Scanned; note: Note; listed: readonly ListedMeter[] }) {
  const { there, missing, extra } = compare(now, listed);
  const rows: [string, string][] = [
    [t("return.expected"), number(there.length + missing.length)],
    [t("return.scanned"), number(now.meters.length)],
    [t("return.missing"), number(missing.length)],
    [t("return.extra"), number(extra.length)],
    [t("return.whole_note"), t("order.of", { done: number(note.found), wanted: number(note.listed) })],
    [t("return.boxes_booked"), number(note.boxes.length)],
  ];
  return (
    <>
      <p><strong>{`${t("stock.box")} ${now.box || "–"}`}</strong>{` · ${t("return.onto_pallet")} ${now.pallet || "–"}`}</p>
      <dl class="totals counts">
        {rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
    </>
  );
}

function Content({ now, listed, set }: { now: Scanned; listed: readonly ListedMeter[]; set: (next: Scanned) => void }) {
  const { missing, extra } = compare(now, listed);
  return (
    <div class="scroll spaced" tabIndex={0} role="region" aria-label={t("return.content", { box: now.box })} onClick={back}>
      <table>
        <caption>{t("return.content", { box: now.box })}</caption>
        <thead>
          <tr>
            <th scope="col">{t("return.meter")}</th>
            <th scope="col">{t("return.how")}</th>
            <th scope="col">{t("return.broken_seal")}</th>
            <th scope="col">{t("shipping.act")}</th>
          </tr>
        </thead>
        <tbody>
          {[...now.meters].reverse().map((code) => (
            <tr key={code} data-meter={code} class={extra.includes(code) ? "wrong" : ""}>
              <th scope="row">{code}</th>
              <td>{extra.includes(code) ? t("return.is_extra") : t("return.is_there")}</td>
              <td><input type="checkbox" aria-label={t("return.broken_of", { code })} checked={now.broken.includes(code)} onChange={(event) => set(withSeal(now, code, event.currentTarget.checked))} /></td>
              <td><button type="button" aria-label={t("return.remove_of", { code })} onClick={() => set(without(now, code))}>{t("return.remove")}</button></td>
            </tr>
          ))}
          {missing.map((code) => (
            <tr key={code} data-meter={code}>
              <th scope="row">{code}</th>
              <td>{t("return.is_missing")}</td>
              <td />
              <td />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
