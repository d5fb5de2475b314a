/** One letter: what it says, why it waits, and, if it is dead, what a person may do with it. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { useAct, useLoad } from "../parts/load";
import { mayOperate } from "../session";
import { reason, say, t } from "../texts";
import type { LetterBody } from "./views";

export function Letter({ number, again }: { number: number; again: () => void }) {
  const { value: letter, problem, again: reload } = useLoad<LetterBody>(`/letters/${number}`);
  if (!letter) return <p role="alert" class="problem">{problem?.text}</p>;
  const settled = (): void => {
    reload();
    again();
  };
  return (
    <article class="spaced" aria-labelledby={`letter${number}`} data-letter={number} data-state={letter.state}>
      <h3 id={`letter${number}`}>{t("marketing.letter", { number, kind: say("letter_kind", letter.kind), receiver: letter.receiver })}</h3>
      <p>
        <span class="chip">{say("letter_state", letter.state)}</span> {letter.why ? reason(letter.why.code, letter.why.params) : letter.answer}
      </p>
      <details>
        <summary>{t("marketing.body")}</summary>
        <pre class="wide" tabIndex={0}>{JSON.stringify(letter.body, null, 1)}</pre>
      </details>
      {letter.state === "dead" && mayOperate() ? <Settle letter={letter} settled={settled} /> : null}
    </article>
  );
}

function Settle({ letter, settled }: { letter: LetterBody; settled: () => void }) {
  const { problem, busy, act } = useAct();
  const body = useSignal(JSON.stringify(letter.body, null, 1));
  const anyway = useSignal(false);
  const why = useSignal("");
  const path = `/letters/${letter.number}`;
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    if (await act(work)) settled();
  };
  const mend = (): Promise<void> => run(async () => post(`${path}/mend`, { body: JSON.parse(body.value) as unknown, anyway: anyway.value }));
  return (
    <div>
      <label class="spaced">
        {t("marketing.should_say")}
        <textarea class="wide-text" rows={8} value={body.value} spellcheck={false} onInput={(event) => (body.value = event.currentTarget.value)} />
      </label>
      <label>
        <input type="checkbox" checked={anyway.value} onChange={(event) => (anyway.value = event.currentTarget.checked)} /> {t("marketing.anyway")}
      </label>
      <div class="form spaced">
        <button type="button" disabled={busy} onClick={() => void mend()}>{t("marketing.mend")}</button>
        <button type="button" disabled={busy} onClick={() => void run(() => post(`${path}/resend`, {}))}>{t("marketing.resend")}</button>
        <label>
          {t("result.why")}
          <input value={why.value} maxLength={500} size={32} onInput={(event) => (why.value = event.currentTarget.value)} />
        </label>
        <button type="button" disabled={busy || !why.value.trim()} onClick={() => void run(() => post(`${path}/drop`, { reason: why.value.trim() }))}>
          {t("marketing.drop")}
        </button>
      </div>
      <p role="alert" class="problem">{problem}</p>
    </div>
  );
}
