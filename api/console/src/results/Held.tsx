/** What waits for a person: benches without their run, and keys held because too many meters have failed. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { useAct, useLoad } from "../parts/load";
import { mayEngineer } from "../session";
import { number, reason, say, t } from "../texts";

interface Wait {
  bench: string;
  run: string;
  reason: string;
  params: Record<string, unknown>;
}
interface Hold {
  number: number;
  scope: string;
  subject: string;
  tested: number;
  failed: number;
  limit_share: number;
}

export function Held() {
  const { value: waits } = useLoad<Wait[]>("/results/waits");
  const { value: holds, again } = useLoad<Hold[]>("/results/holds");
  if (!waits?.length && !holds?.length) return null;
  return (
    <section aria-labelledby="held" class="spaced wrong">
      <h2 id="held">{t("result.held")}</h2>
      <ul class="reasons">
        {(waits ?? []).map((one) => (
          <li key={one.bench}>{`${t("bench.name", { bench: one.bench })}: ${reason(one.reason, one.params)}`}</li>
        ))}
      </ul>
      {(holds ?? []).map((one) => (
        <KeyHold key={one.number} hold={one} again={again} />
      ))}
    </section>
  );
}

function KeyHold({ hold, again }: { hold: Hold; again: () => void }) {
  const { problem, busy, act } = useAct();
  const why = useSignal("");
  const release = async (event: Event): Promise<void> => {
    event.preventDefault();
    await act(() => post(`/results/holds/${hold.number}/release`, { reason: why.value.trim() }));
    again();
  };
  const told = { subject: hold.subject, scope: say("hold_scope", hold.scope), failed: number(hold.failed), tested: number(hold.tested), percent: number(100 * hold.limit_share) };
  return (
    <form class="form" onSubmit={(event) => void release(event)}>
      <span>{t("result.keys_held", told)}</span>
      {mayEngineer() ? (
        <>
          <label>
            {t("result.why")}
            <input value={why.value} required maxLength={500} size={32} onInput={(event) => (why.value = event.currentTarget.value)} />
          </label>
          <button type="submit" disabled={busy || !why.value.trim()}>{t("result.release")}</button>
        </>
      ) : null}
      <span role="alert" class="problem">{problem}</span>
    </form>
  );
}
