/** Differences to what districts have listed; an open one is settled with what the district has said. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { useAct } from "../parts/load";
import { ago } from "../parts/moment";
import { mayOperate } from "../session";
import { say, t } from "../texts";
import type { Claim } from "./views";
import { Wide } from "../parts/Wide";

export function Claims({ claims, again, named = false }: { claims: readonly Claim[]; again: () => void; named?: boolean }) {
  return (
    <section aria-labelledby="claims" class="spaced">
      <h2 id="claims">{named ? t("return.open_claims") : t("return.claims")}</h2>
      {claims.length ? null : <p class="quiet">{t("return.no_claims")}</p>}
      {claims.length ? (
        <Wide label={t("return.claims")}>
          <table>
            <caption class="hidden">{t("return.claims")}</caption>
            <thead>
              <tr>
                <th scope="col" class="n">{t("page.number")}</th>
                {named ? <th scope="col">{t("return.one_short")}</th> : null}
                <th scope="col">{t("return.finding")}</th>
                <th scope="col">{t("return.meter")}</th>
                <th scope="col">{t("return.raised")}</th>
                <th scope="col">{t("return.said_by_district")}</th>
              </tr>
            </thead>
            <tbody>{claims.map((one) => <Row key={one.number} claim={one} again={again} named={named} />)}</tbody>
          </table>
        </Wide>
      ) : null}
    </section>
  );
}

function Row({ claim, again, named }: { claim: Claim; again: () => void; named: boolean }) {
  return (
    <tr data-claim={claim.number} data-finding={claim.finding}>
      <th scope="row" class="n">{claim.number}</th>
      {named ? <td><a href={`/returns/${claim.note}`}>{claim.note}</a></td> : null}
      <td class="word">{say("return_finding", claim.finding)}</td>
      <td>{claim.bar_code}<div class="quiet">{`${t("stock.box")} ${claim.box}`}</div></td>
      <td class="word">{ago(claim.raised_ms)}</td>
      <td>{claim.settled_ms ? t("return.settled", { answer: claim.answer, name: claim.settled_by }) : mayOperate() ? <Settle claim={claim} again={again} /> : t("return.open")}</td>
    </tr>
  );
}

function Settle({ claim, again }: { claim: Claim; again: () => void }) {
  const { problem, busy, act } = useAct();
  const answer = useSignal("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!confirm(t("return.ask_settle", { claim: claim.number }))) return;
    await act(() => post(`/returns/claims/${claim.number}/settle`, { answer: answer.value.trim() }));
    again();
  };
  return (
    <form class="pair" onSubmit={(event) => void submit(event)}>
      <input required maxLength={200} size={24} value={answer.value} aria-label={t("return.answer_to", { claim: claim.number })} onInput={(event) => (answer.value = event.currentTarget.value)} />
      <button type="submit" disabled={busy} aria-label={t("return.settle_of", { claim: claim.number })}>{t("return.settle")}</button>
      <span role="alert" class="problem">{problem}</span>
    </form>
  );
}
