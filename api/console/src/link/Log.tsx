/** The log of letters: the newest, or those of a task or meter; and what came in. */
import { useComputed, useSignal } from "@preact/signals";
import { useLoad } from "../parts/load";
import { reason, say, t } from "../texts";
import { Letter } from "./Letter";
import type { LetterView, ReceivedView } from "./views";
import { Wide } from "../parts/Wide";

const MOST = 50;
const SHORT = 120;

export function Log() {
  const task = useSignal("");
  const code = useSignal("");
  const path = useComputed(() => {
    const wanted = new URLSearchParams({ newest: "true", limit: String(MOST), task: task.value, bar_code: code.value });
    return `/letters?${wanted.toString()}`;
  });
  const { value, problem } = useLoad<LetterView[]>(path);
  const search = (event: Event): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    [task.value, code.value] = [String(form.get("task")).trim(), String(form.get("code")).trim()];
  };
  return (
    <section aria-labelledby="log" class="spaced">
      <h2 id="log">{t("marketing.log")}</h2>
      <form class="form" onSubmit={search}>
        <label>{t("marketing.task")}<input name="task" maxLength={64} size={24} /></label>
        <label>{t("marketing.meter")}<input name="code" maxLength={64} size={28} /></label>
        <button type="submit">{t("stock.find")}</button>
      </form>
      <p role="alert" class="problem">{problem?.text}</p>
      <Letters title={t("marketing.log")} letters={value ?? []} />
    </section>
  );
}

export function Dead() {
  const { value, again } = useLoad<LetterView[]>(`/letters?state=dead&limit=${MOST}`);
  if (!value?.length) return null;
  return (
    <section aria-labelledby="dead" class="spaced wrong">
      <h2 id="dead">{t("marketing.dead_letters")}</h2>
      <Letters title={t("marketing.dead_letters")} letters={value} again={again} />
    </section>
  );
}

export function Letters({ title, letters, again = () => undefined }: { title: string; letters: LetterView[]; again?: () => void }) {
  const chosen = useSignal(0);
  return (
    <Wide label={title}>
      <table>
        <caption class="hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col" class="n">{t("page.number")}</th>
            <th scope="col">{t("marketing.receiver")}</th>
            <th scope="col">{t("marketing.kind")}</th>
            <th scope="col">{t("marketing.task")}</th>
            <th scope="col">{t("marketing.about")}</th>
            <th scope="col">{t("order.state")}</th>
            <th scope="col">{t("marketing.why")}</th>
          </tr>
        </thead>
        <tbody>
          {letters.map((one) => (
            <tr key={one.number} data-letter-row={one.number} data-state={one.state}>
              <th scope="row" class="n">
                <button type="button" aria-pressed={chosen.value === one.number} onClick={() => (chosen.value = chosen.value === one.number ? 0 : one.number)}>
                  {one.number}
                </button>
              </th>
              <td>{one.receiver}</td>
              <td>{say("letter_kind", one.kind)}</td>
              <td>{one.task}</td>
              <td>{one.subject}</td>
              <td>{say("letter_state", one.state)}</td>
              <td>{one.why ? reason(one.why.code, one.why.params) : one.answer}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {letters.length === 0 ? <p class="quiet">{t("marketing.none")}</p> : null}
      {chosen.value ? <Letter key={chosen.value} number={chosen.value} again={again} /> : null}
    </Wide>
  );
}

export function Received() {
  const { value, problem } = useLoad<ReceivedView[]>(`/letters/received?newest=true&limit=${MOST}`);
  return (
    <section aria-labelledby="received" class="spaced">
      <h2 id="received">{t("marketing.received")}</h2>
      <p role="alert" class="problem">{problem?.text}</p>
      <Wide label={t("marketing.received")}>
        <table>
          <caption class="hidden">{t("marketing.received")}</caption>
          <thead>
            <tr>
              <th scope="col" class="n">{t("page.number")}</th>
              <th scope="col">{t("marketing.sender")}</th>
              <th scope="col">{t("marketing.kind")}</th>
              <th scope="col">{t("marketing.task")}</th>
              <th scope="col">{t("marketing.key")}</th>
              <th scope="col">{t("marketing.answer")}</th>
            </tr>
          </thead>
          <tbody>
            {(value ?? []).map((one) => (
              <tr key={one.number}>
                <th scope="row" class="n">{one.number}</th>
                <td>{one.sender}</td>
                <td>{say("message_kind", one.kind)}</td>
                <td>{one.task}</td>
                <td>{one.key}</td>
                <td><Answer answer={one.answer} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {value?.length === 0 ? <p class="quiet">{t("marketing.nothing_received")}</p> : null}
    </section>
  );
}

/** What was answered: in one line if it is short, else behind its beginning. */
function Answer({ answer }: { answer: Record<string, unknown> }) {
  const text = JSON.stringify(answer);
  if (text.length <= SHORT) return <span class="hex">{text}</span>;
  return (
    <details>
      <summary class="hex">{`${text.slice(0, SHORT)}…`}</summary>
      <pre class="said" tabIndex={0}>{JSON.stringify(answer, null, 1)}</pre>
    </details>
  );
}
