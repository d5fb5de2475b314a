/** What standards that failed their check have recalled, and how what is locked gets free again. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { useAct, useLoad } from "../parts/load";
import { mayEngineer } from "../session";
import { number, say, t } from "../texts";

interface Recall {
  number: number;
  standard: string;
  meters: number;
  found: Record<string, number>;
  still_locked: number;
  closed_by: string;
  reason: string;
}

export function Recalls() {
  const { value, again } = useLoad<Recall[]>("/recalls");
  if (!value?.length) return null;
  return (
    <section class="spaced" aria-labelledby="recalls">
      <h2 id="recalls">{t("laboratory.recalls")}</h2>
      {value.map((one) => (
        <Entry key={one.number} recall={one} again={again} />
      ))}
    </section>
  );
}

function Entry({ recall, again }: { recall: Recall; again: () => void }) {
  const { problem, busy, act } = useAct();
  const why = useSignal("");
  const release = async (event: Event): Promise<void> => {
    event.preventDefault();
    await act(() => post(`/recalls/${recall.number}/release`, { reason: why.value.trim() }));
    again();
  };
  const found = Object.entries(recall.found).map(([place, count]) => `${say("recalled", place)} ${number(count)}`).join(", ");
  return (
    <form class="form" onSubmit={(event) => void release(event)}>
      <span>{t("laboratory.recall", { number: recall.number, standard: recall.standard, meters: number(recall.meters), found, locked: number(recall.still_locked) })}</span>
      {recall.closed_by ? <span class="quiet">{t("laboratory.closed", { by: recall.closed_by, reason: recall.reason })}</span> : null}
      {mayEngineer() && !recall.closed_by ? (
        <>
          <label>
            {t("result.why")}
            <input value={why.value} required maxLength={500} size={32} onInput={(event) => (why.value = event.currentTarget.value)} />
          </label>
          <button type="submit" disabled={busy || !why.value.trim()}>{t("laboratory.free")}</button>
        </>
      ) : null}
      <span role="alert" class="problem">{problem}</span>
    </form>
  );
}
