/** What others would change in a draft: its keeper merges or drops each; where both changed the same, the keeper chooses. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { useAct } from "../parts/load";
import { mayEngineer, who } from "../session";
import { say, t } from "../texts";
import { Difference } from "./Difference";
import { findingsOf } from "./Findings";
import type { Contribution, Finding, VersionView } from "./views";

type Side = "draft" | "theirs";

export function Contributions({ shown, again }: { shown: VersionView; again: () => void }) {
  if (!shown.contributions.length) return null;
  return (
    <section class="spaced" aria-labelledby="contributions">
      <h2 id="contributions">{t("scheme.contributions")}</h2>
      {shown.contributions.map((one) => (
        <Offer key={one.number} offer={one} shown={shown} again={again} />
      ))}
    </section>
  );
}

function Offer({ offer, shown, again }: { offer: Contribution; shown: VersionView; again: () => void }) {
  const { problem, busy, act } = useAct();
  const conflicts = useSignal<Finding[]>([]);
  const choices = useSignal<Record<string, Side>>({});
  const merge = async (): Promise<void> => {
    const done = await act(async () => {
      try {
        await post(`/contributions/${offer.number}/merge`, { choices: choices.value });
      } catch (error) {
        conflicts.value = findingsOf(error).filter((one) => one.code === "merge_conflict");
        throw error;
      }
    });
    if (done) again();
  };
  const drop = async (): Promise<void> => {
    if (await act(() => post(`/contributions/${offer.number}/drop`, {}))) again();
  };
  const may = mayEngineer() && shown.mine;
  return (
    <article class="box" aria-label={t("scheme.offered_by", { who: offer.editor })}>
      <h3>{t("scheme.offered_by", { who: offer.editor })}</h3>
      <Difference before={shown.content} after={offer.content} />
      {conflicts.value.map((one) => (
        <fieldset key={one.place} class="inline">
          <legend>{`${one.place}: ${say("finding", one.code, one.params)}`}</legend>
          {(["draft", "theirs"] as const).map((side) => (
            <label key={side} class="check">
              <input type="radio" name={`${offer.number}.${one.place}`} checked={choices.value[one.place] === side} onChange={() => (choices.value = { ...choices.value, [one.place]: side })} /> {t(`scheme.side_${side}`)}
            </label>
          ))}
        </fieldset>
      ))}
      {may ? <button type="button" disabled={busy} onClick={() => void merge()}>{t("scheme.merge")}</button> : null}{" "}
      {may || offer.editor === who.value?.name ? <button type="button" disabled={busy} onClick={() => void drop()}>{t("scheme.drop")}</button> : null}
      <p role="alert" class="problem">{problem}</p>
    </article>
  );
}
