/** Who tests and who checks at which bench, and whose qualification is good for it. */
import { put } from "../client";
import { clock } from "../live";
import { useAct, useLoad } from "../parts/load";
import { mayEngineer } from "../session";
import { say, span, t } from "../texts";

interface Qualification {
  number: number;
  person: string;
  duty: string;
  certificate: string;
  valid_until_ms: number;
  revoked_by: string;
  valid: boolean;
}
interface Roster {
  bench: string;
  tester: string;
  checker: string;
}

export function People() {
  const { value: qualified } = useLoad<Qualification[]>("/qualifications");
  const { value: roster, again } = useLoad<Roster[]>("/roster");
  const now = clock.value["plant"]?.now_ms ?? 0;
  return (
    <section class="spaced" aria-labelledby="people">
      <h2 id="people">{t("laboratory.people")}</h2>
      <div class="columns">
        <div>
          <ul class="reasons">
            {roster?.length === 0 ? <li>{t("laboratory.nobody")}</li> : null}
            {(roster ?? []).map((one) => (
              <li key={one.bench}>{t("laboratory.on_duty", { bench: one.bench || t("laboratory.all_others"), tester: one.tester, checker: one.checker })}</li>
            ))}
          </ul>
          {mayEngineer() ? <OnDuty again={again} /> : null}
        </div>
        <table>
          <caption>{t("laboratory.qualifications")}</caption>
          <tbody>
            {(qualified ?? []).map((one) => (
              <tr key={one.number} class={one.valid ? "" : "wrong"}>
                <th scope="row">{one.person}</th>
                <td>{say("duty", one.duty)}</td>
                <td>{one.certificate}</td>
                <td>{one.valid ? t("laboratory.left", { span: span(one.valid_until_ms - now) }) : one.revoked_by ? t("laboratory.revoked", { by: one.revoked_by }) : t("laboratory.expired")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function OnDuty({ again }: { again: () => void }) {
  const { problem, busy, act } = useAct();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    await act(() => put("/roster", Object.fromEntries(["tester", "checker", "bench"].map((name) => [name, String(form.get(name)).trim()]))));
    again();
  };
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <label>
        {t("paper.tester")}
        <input name="tester" required maxLength={64} size={14} />
      </label>
      <label>
        {t("paper.checker")}
        <input name="checker" required maxLength={64} size={14} />
      </label>
      <label>
        {t("laboratory.bench")}
        <input name="bench" maxLength={40} size={8} />
      </label>
      <button type="submit" disabled={busy}>{t("laboratory.put_on_duty")}</button>
      <span role="alert" class="problem">{problem}</span>
    </form>
  );
}
