/** Who is written to: whether they answer, what waits for them, and a call that only asks whether they are there. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { clock } from "../live";
import { useAct, useLoad } from "../parts/load";
import { mayOperate } from "../session";
import { number, span, t } from "../texts";
import { Letter } from "./Letter";
import type { LetterBody, ReceiverView } from "./views";

export function Receivers() {
  const { value, problem } = useLoad<ReceiverView[]>("/letters/receivers");
  const asked = useSignal(0);
  return (
    <section aria-labelledby="receivers">
      <h2 id="receivers">{t("marketing.receivers")}</h2>
      <p role="alert" class="problem">{problem?.text}</p>
      {value?.length === 0 ? <p class="quiet">{t("marketing.nobody")}</p> : null}
      {value?.length ? (
        <div class="wide">
          <table>
            <caption class="hidden">{t("marketing.receivers")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("marketing.receiver")}</th>
                <th scope="col">{t("marketing.address")}</th>
                <th scope="col">{t("order.state")}</th>
                <th scope="col" class="n">{t("marketing.waiting")}</th>
                <th scope="col">{t("marketing.oldest")}</th>
                <th scope="col" class="n">{t("marketing.dead")}</th>
                <th scope="col" class="n">{t("marketing.done")}</th>
                <th scope="col">{t("marketing.test")}</th>
              </tr>
            </thead>
            <tbody>
              {value.map((one) => (
                <Row key={one.name} one={one} tell={(letter) => (asked.value = letter)} />
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {asked.value ? <Letter key={asked.value} number={asked.value} again={() => undefined} /> : null}
    </section>
  );
}

function Row({ one, tell }: { one: ReceiverView; tell: (letter: number) => void }) {
  const { problem, busy, act } = useAct();
  const now = clock.value["plant"]?.now_ms;
  const call = (): Promise<boolean> =>
    act(async () => tell((await post<LetterBody>(`/letters/receivers/${encodeURIComponent(one.name)}/test`, {})).number));
  return (
    <tr data-receiver={one.name} data-online={one.online}>
      <th scope="row">{one.name} <span class="quiet">{one.profile}</span></th>
      <td>{one.url || t("marketing.fetches")}</td>
      <td>{condition(one)}</td>
      <td class="n">{number(one.waiting)}</td>
      <td>{one.oldest_ms && now !== undefined ? span(now - one.oldest_ms) : ""}</td>
      <td class="n">{one.dead ? <strong class="chip wrong">{number(one.dead)}</strong> : 0}</td>
      <td class="n">{number(one.done)}</td>
      <td>
        {one.enabled && mayOperate() ? (
          <button type="button" disabled={busy} aria-label={t("marketing.test_of", { receiver: one.name })} onClick={() => void call()}>
            {t("marketing.test")}
          </button>
        ) : null}
        <span role="alert" class="problem">{problem}</span>
      </td>
    </tr>
  );
}

function condition(one: ReceiverView): string {
  if (!one.enabled) return t("marketing.off");
  if (!one.url) return t("marketing.fetching");
  return one.online ? t("marketing.online") : t("marketing.away", { words: one.last_error });
}
