/** Boxes at the exception port: what was scanned beside what is booked, and how a box gets away from there. */
import { useSignal } from "@preact/signals";
import { post, put } from "../client";
import { useAct, useLoad } from "../parts/load";
import { mayOperate } from "../session";
import { number, reason, say, t } from "../texts";
import type { ExceptionBox } from "./views";

export function Exceptions({ line }: { line: string }) {
  const { value, problem, again } = useLoad<ExceptionBox[]>(`/lines/${line}/exceptions`);
  return (
    <section aria-labelledby="exceptions" class="spaced">
      <h2 id="exceptions">{t("exception.title")}</h2>
      <p role="alert" class="problem">{problem?.text}</p>
      {value?.length === 0 ? <p class="quiet">{t("exception.none")}</p> : null}
      {(value ?? []).map((one) => (
        <Box key={one.number} box={one} again={again} />
      ))}
    </section>
  );
}

function Box({ box, again }: { box: ExceptionBox; again: () => void }) {
  const { problem, busy, act } = useAct();
  const [scanned, booked] = [new Set(box.scanned), new Set(box.booked)];
  const send = async (verb: "readmit" | "release"): Promise<void> => {
    if (verb === "release" && !confirm(t("exception.confirm_release", { box: box.box }))) return;
    await act(() => post(`/exceptions/${encodeURIComponent(box.box)}/${verb}`, {}));
    again();
  };
  return (
    <article class="box" data-box={box.box} aria-label={t("exception.box", { box: box.box })}>
      <h3>{t("exception.box", { box: box.box })} <span class="chip">{say("exception_state", box.state)}</span></h3>
      <p>{reason(box.reason, box.params)}{box.lot ? ` · ${t("stock.lot")} ${box.lot}` : ""}</p>
      <div class="columns">
        <Codes title={t("exception.scanned", { count: number(box.scanned.length) })} codes={box.scanned} strange={(code) => !booked.has(code)} mark={t("exception.not_booked")} />
        <Codes title={t("exception.booked", { count: number(box.booked.length) })} codes={box.booked} strange={(code) => !scanned.has(code)} mark={t("exception.not_scanned")} />
      </div>
      {mayOperate() && ["aside", "bound"].includes(box.state) ? <Rebind box={box} again={again} /> : null}
      {mayOperate() ? (
        <p>
          {box.state === "bound" ? <button type="button" disabled={busy} onClick={() => void send("readmit")}>{t("exception.readmit")}</button> : null}{" "}
          {box.state === "bound" || box.state === "aside" ? <button type="button" disabled={busy} onClick={() => void send("release")}>{t("exception.release")}</button> : null}
        </p>
      ) : null}
      <p role="alert" class="problem">{problem}</p>
    </article>
  );
}

function Codes({ title, codes, strange, mark }: { title: string; codes: string[]; strange: (code: string) => boolean; mark: string }) {
  return (
    <div>
      <strong>{title}</strong>
      <ul class="codes" tabIndex={0} aria-label={title}>
        {codes.map((code, i) => (
          <li key={i} class={strange(code) ? "strange" : ""}>{strange(code) ? `${code} · ${mark}` : code}</li>
        ))}
      </ul>
    </div>
  );
}

/** Scan into the text area: a handheld types each code and presses Enter. */
function Rebind({ box, again }: { box: ExceptionBox; again: () => void }) {
  const { problem, busy, act } = useAct();
  const text = useSignal("");
  const codes = text.value.split(/[\s,;]+/).filter(Boolean);
  const twice = codes.length - new Set(codes).size;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await act(() => put(`/exceptions/${encodeURIComponent(box.box)}/meters`, { meters: codes }))) text.value = "";
    again();
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label>
        {t("exception.scan")}
        <textarea class="wide-text" rows={5} value={text.value} spellcheck={false} onInput={(event) => (text.value = event.currentTarget.value)} />
      </label>
      <p role="status">{t("exception.count", { count: codes.length, twice })}</p>
      <button type="button" onClick={() => (text.value = box.scanned.join("\n"))}>{t("exception.take_scanned")}</button>{" "}
      <button type="submit" class="main" disabled={busy || codes.length === 0 || twice > 0}>{t("exception.bind")}</button>
      <p role="alert" class="problem">{problem}</p>
    </form>
  );
}
