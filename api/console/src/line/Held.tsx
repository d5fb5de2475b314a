/** Work that a cell has forgotten or stopped with: what somebody who has looked at the cell may decide about it. */
import { post } from "../client";
import { useAct, useLoad } from "../parts/load";
import { mayOperate } from "../session";
import { number, say, t } from "../texts";
import type { HeldView } from "./views";

export function Held({ line }: { line: string }) {
  const { value, problem, again } = useLoad<HeldView[]>(`/lines/${line}/held`);
  return (
    <section aria-labelledby="held" class="spaced">
      <h2 id="held">{t("held.title")}</h2>
      <p role="alert" class="problem">{problem?.text}</p>
      {value?.length === 0 ? <p class="quiet">{t("held.none")}</p> : null}
      {(value ?? []).map((one) => (
        <Mission key={one.mission} held={one} again={again} />
      ))}
    </section>
  );
}

function Mission({ held, again }: { held: HeldView; again: () => void }) {
  const { problem, busy, act } = useAct();
  const told = t("held.mission", { mission: held.mission, cell: held.cell });
  const settle = async (way: string): Promise<void> => {
    if (!confirm(t("held.confirm", { way: say("way", way), mission: held.mission, cell: held.cell }))) return;
    await act(() => post(`/missions/${held.mission}/${way}`, {}));
    again();
  };
  return (
    <article class="box" data-held={held.mission} aria-label={told}>
      <h3>{told}</h3>
      <p>
        {say("fault", held.fault)}
        {held.code ? ` · ${say("fault_code", held.code)}` : ""}
        {held.carrier ? ` · ${t("held.load", { carrier: held.carrier, meters: number(held.meters.length) })}` : ""}
      </p>
      {mayOperate() ? (
        <p>
          {t("held.look")}{" "}
          {held.ways.map((way) => (
            <button key={way} type="button" disabled={busy} onClick={() => void settle(way)}>{say("way", way)}</button>
          ))}
        </p>
      ) : null}
      <p role="alert" class="problem">{problem}</p>
    </article>
  );
}
