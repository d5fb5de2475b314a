/** One return: scan it, finish it, see what became of each box and what is claimed. */
import { post } from "../client";
import { useAct, useLoad } from "../parts/load";
import { Became } from "../returns/Became";
import { Claims } from "../returns/Claims";
import { Scan } from "../returns/Scan";
import type { ListedMeter, Note } from "../returns/views";
import { mayOperate } from "../session";
import { number, say, t } from "../texts";

export function Return({ id }: { id: string }) {
  const at = encodeURIComponent(id);
  const { value: note, problem, again } = useLoad<Note>(`/returns/${at}`);
  const meters = useLoad<ListedMeter[]>(`/overviews/returns/${at}/meters`);
  if (!note || !meters.value) return <p class="pad" role="alert">{(problem ?? meters.problem)?.text ?? t("live.connecting")}</p>;
  const renew = (): void => { again(); meters.again(); };
  const open = note.state !== "closed";
  const missing = meters.value.filter((one) => !one.found);
  return (
    <div class="pad" data-return={note.number} data-state={note.state}>
      <a href="/returns">{t("return.back")}</a>
      <h1>{t("return.one", { number: note.number, district: note.district })}</h1>
      <p>
        <span class="chip">{say("return_state", note.state)}</span> {say("return_kind", note.kind)} ·{" "}
        {t("return.progress", { found: number(note.found), listed: number(note.listed), boxes: number(note.boxes.length) })}
        {open ? "" : ` · ${t("return.closed_by", { name: note.closed_by, found: note.empties_found, empties: note.empties })}`}
      </p>
      {open && mayOperate() ? <Scan note={note} listed={meters.value} again={renew} /> : null}
      {open && mayOperate() ? <Finish note={note} missing={missing.length} again={renew} /> : null}
      <Became boxes={note.boxes} again={renew} />
      <Claims claims={note.claims} again={renew} />
      <Missing listed={missing} />
    </div>
  );
}

function Finish({ note, missing, again }: { note: Note; missing: number; again: () => void }) {
  const { problem, busy, act } = useAct();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const empties = Number(new FormData(event.currentTarget as HTMLFormElement).get("empties"));
    if (!confirm(t("return.ask_finish", { missing: number(missing) }))) return;
    await act(() => post(`/returns/${note.number}/close`, { empties }));
    again();
  };
  return (
    <section aria-labelledby="finish" class="spaced">
      <h2 id="finish">{t("return.finish_title")}</h2>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <label>{t("return.empties_found", { empties: note.empties })}<input name="empties" type="number" min={0} max={20_000} required /></label>
        <button type="submit" disabled={busy}>{t("return.finish")}</button>
        <span role="alert" class="problem">{problem}</span>
      </form>
    </section>
  );
}

function Missing({ listed }: { listed: readonly ListedMeter[] }) {
  if (!listed.length) return null;
  return (
    <details class="card spaced">
      <summary>{t("return.not_found_yet", { meters: number(listed.length) })}</summary>
      <ul class="codes">{listed.slice(0, 2000).map((one) => <li key={one.bar_code}>{`${one.bar_code} · ${one.listed}`}</li>)}</ul>
    </details>
  );
}
