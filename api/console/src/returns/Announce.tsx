/** Announce what a district sends back: a line for each meter with its box, typed, pasted or from a file. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { useAct, useKey } from "../parts/load";
import { readText } from "../parts/rows";
import { go } from "../router";
import { say, t } from "../texts";
import { KINDS, type Note } from "./views";

interface Read {
  boxes: { box: string; meters: string[] }[];
  meters: number;
  bad: number[];
}

/** Lines "box, bar code" as boxes; lines that are no such pair are named by their number. */
export function readLines(text: string): Read {
  const boxes = new Map<string, string[]>();
  const seen = new Set<string>();
  const bad: number[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    const [box, code, more] = line.trim().split(/[\s,;]+/);
    if (!line.trim() || (i === 0 && box === "box")) return;
    if (!box || !code || more || seen.has(code) || box.length > 64 || code.length > 64) return void bad.push(i + 1);
    seen.add(code);
    boxes.set(box, [...(boxes.get(box) ?? []), code]);
  });
  return { boxes: [...boxes].map(([box, meters]) => ({ box, meters })), meters: seen.size, bad };
}

export function Announce() {
  const { problem, busy, act } = useAct();
  const { headers, renew } = useKey();
  const text = useSignal("");
  const found = readLines(text.value);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const body = { district: String(form.get("district")).trim(), kind: form.get("kind"), empties: Number(form.get("empties")), boxes: found.boxes };
    await act(async () => go(`/returns/${(await post<Note>("/returns", body, headers)).number}`));
  };
  const take = async (file: File | undefined): Promise<void> => {
    if (file) await act(async () => (text.value = await readText(file)));
  };
  return (
    <details class="card spaced">
      <summary>{t("return.new")}</summary>
      <form class="spaced" onSubmit={(event) => void submit(event)} onInput={renew}>
        <div class="form">
          <label>{t("order.district")}<input name="district" required maxLength={64} /></label>
          <label>
            {t("return.kind")}
            <select name="kind">{KINDS.map((one) => <option key={one} value={one}>{say("return_kind", one)}</option>)}</select>
          </label>
          <label>{t("return.empties")}<input name="empties" type="number" min={0} max={20_000} required defaultValue="0" /></label>
          <label>{t("return.file")}<input type="file" accept=".csv,.txt" onChange={(event) => void take(event.currentTarget.files?.[0])} /></label>
        </div>
        <label class="block">
          {t("return.lines")}
          <textarea class="wide-text" rows={6} spellcheck={false} value={text.value} onInput={(event) => (text.value = event.currentTarget.value)} />
        </label>
        <p role="status">
          {found.bad.length ? <span class="problem">{t("return.bad_lines", { lines: found.bad.slice(0, 30).join(", ") })}</span> : t("return.read", { boxes: found.boxes.length, meters: found.meters })}
        </p>
        <button type="submit" class="main" disabled={busy || found.bad.length > 0}>{t("return.announce")}</button>
        <p role="alert" class="problem">{problem}</p>
      </form>
    </details>
  );
}
