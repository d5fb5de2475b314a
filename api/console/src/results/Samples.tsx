/** Samples of a lot by GB/T 2828.1: nobody chooses the meters; the lot is accepted or rejected by them. */
import { post } from "../client";
import { useAct, useLoad } from "../parts/load";
import { mayEngineer, mayOperate } from "../session";
import { say, t } from "../texts";

interface Sample {
  number: number;
  aql: string;
  letter: string;
  size: number;
  accept: number;
  reject: number;
  state: string;
  tested: number;
  bad: number;
  meters: string[];
}

export function Samples({ lot }: { lot: string }) {
  const path = `/results/lots/${encodeURIComponent(lot)}/samples`;
  const { value, again } = useLoad<Sample[]>(path);
  const { problem, busy, act } = useAct();
  const draw = async (event: Event): Promise<void> => {
    event.preventDefault();
    const aql = String(new FormData(event.currentTarget as HTMLFormElement).get("aql"));
    await act(() => post(path, { aql }));
    again();
  };
  const decide = async (number: number): Promise<void> => {
    await act(() => post(`/results/samples/${number}/decide`, {}));
    again();
  };
  return (
    <section class="spaced" aria-labelledby="samples">
      <h2 id="samples">{t("result.samples")}</h2>
      {value?.length === 0 ? <p class="quiet">{t("result.no_sample")}</p> : null}
      {(value ?? []).map((one) => (
        <details key={one.number}>
          <summary>{t("result.sample", { ...one, state: say("sample_state", one.state) })}</summary>
          <ul class="codes">{one.meters.map((code) => <li key={code}><a href={`/results/meter/${code}`}>{code}</a></li>)}</ul>
          {mayEngineer() && one.state === "drawn" ? <button type="button" disabled={busy} onClick={() => void decide(one.number)}>{t("result.decide")}</button> : null}
        </details>
      ))}
      {mayOperate() ? (
        <form class="form" onSubmit={(event) => void draw(event)}>
          <label>
            {t("result.aql")}
            <input name="aql" required pattern="[0-9]{1,3}([.][0-9]{1,3})?" defaultValue="1.0" size={6} />
          </label>
          <button type="submit" disabled={busy}>{t("result.draw")}</button>
        </form>
      ) : null}
      <p role="alert" class="problem">{problem}</p>
    </section>
  );
}
