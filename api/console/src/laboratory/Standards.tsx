/** Reference standards: where each stands, how long its certificate holds, and what keeps it from formal runs. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { clock } from "../live";
import { useAct, useLoad } from "../parts/load";
import { mayEngineer } from "../session";
import { say, span, t } from "../texts";

interface Certificate {
  certificate: string;
  issued_by: string;
  valid_from_ms: number;
  valid_until_ms: number;
  correction_percent: string;
}
interface Standard {
  code: string;
  model: string;
  accuracy_class: string;
  bench: string;
  check_days: number;
  state: string;
  certificates: Certificate[];
  last_good_ms: number;
  fault: string;
}
interface Check {
  number: number;
  passed: boolean;
  error_percent: string;
  limit_percent: string;
  remark: string;
  checked_by: string;
}

export function Standards() {
  const { value, problem, again } = useLoad<Standard[]>("/standards");
  const chosen = useSignal("");
  return (
    <div class="wide">
      <p role="alert" class="problem">{problem?.text}</p>
      <table>
        <caption>{t("laboratory.standards")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("result.standard")}</th>
            <th scope="col">{t("order.model")}</th>
            <th scope="col">{t("kind.bench")}</th>
            <th scope="col">{t("laboratory.certificate")}</th>
            <th scope="col">{t("laboratory.until")}</th>
            <th scope="col" class="n">{t("laboratory.correction")}</th>
            <th scope="col">{t("order.state")}</th>
            <th scope="col">{t("laboratory.checks")}</th>
          </tr>
        </thead>
        <tbody>
          {(value ?? []).map((one) => (
            <Row key={one.code} one={one} shown={chosen.value === one.code} choose={() => (chosen.value = chosen.value === one.code ? "" : one.code)} />
          ))}
        </tbody>
      </table>
      {value?.length === 0 ? <p class="quiet">{t("laboratory.no_standards")}</p> : null}
      {chosen.value ? <Checks code={chosen.value} booked={again} /> : null}
    </div>
  );
}

function Row({ one, shown, choose }: { one: Standard; shown: boolean; choose: () => void }) {
  const now = clock.value["plant"]?.now_ms ?? 0;
  const newest = [...one.certificates].sort((a, b) => b.valid_until_ms - a.valid_until_ms)[0];
  const left = newest ? newest.valid_until_ms - now : 0;
  return (
    <tr class={one.fault && one.state === "in_use" ? "wrong" : ""} data-standard={one.code}>
      <th scope="row">{one.code}</th>
      <td>{`${one.model} · ${one.accuracy_class}`}</td>
      <td>{one.bench ? <a href={`/benches/${one.bench}`}>{one.bench}</a> : "–"}</td>
      <td>{newest ? `${newest.certificate} (${newest.issued_by})` : t("paper.none")}</td>
      <td>{newest ? (left > 0 ? t("laboratory.left", { span: span(left) }) : t("laboratory.expired")) : ""}</td>
      <td class="n">{newest ? `${newest.correction_percent} %` : ""}</td>
      <td>{one.fault ? say("standard_fault", one.fault) : t("laboratory.good")}</td>
      <td><button type="button" aria-pressed={shown} aria-label={`${t("laboratory.checks")}: ${one.code}`} onClick={choose}>{t("laboratory.checks")}</button></td>
    </tr>
  );
}

function Checks({ code, booked }: { code: string; booked: () => void }) {
  const { value, again } = useLoad<Check[]>(`/standards/${encodeURIComponent(code)}/checks`);
  const { problem, busy, act } = useAct();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const body = Object.fromEntries(["error_percent", "limit_percent", "remark"].map((name) => [name, String(form.get(name)).trim()]));
    const over = Math.abs(Number(body["error_percent"])) > Math.abs(Number(body["limit_percent"]));
    if (over && !confirm(t("laboratory.confirm_recall", { code }))) return;
    await act(() => post(`/standards/${encodeURIComponent(code)}/checks`, body));
    again();
    booked();
  };
  return (
    <section class="spaced" aria-label={`${t("laboratory.checks")} ${code}`}>
      <h2>{`${t("laboratory.checks")} ${code}`}</h2>
      <ul class="reasons">
        {value?.length === 0 ? <li>{t("laboratory.no_checks")}</li> : null}
        {(value ?? []).map((one) => (
          <li key={one.number}>{`${one.error_percent} % (± ${one.limit_percent} %): ${say("verdict", one.passed ? "pass" : "fail")} · ${one.checked_by} ${one.remark}`}</li>
        ))}
      </ul>
      {mayEngineer() ? (
        <form class="form" onSubmit={(event) => void submit(event)}>
          <label>
            {t("laboratory.error")}
            <input name="error_percent" required pattern="[+\-]?[0-9]{1,2}([.][0-9]{1,6})?" size={8} />
          </label>
          <label>
            {t("laboratory.limit")}
            <input name="limit_percent" required pattern="[+\-]?[0-9]{1,2}([.][0-9]{1,6})?" size={8} />
          </label>
          <label>
            {t("laboratory.remark")}
            <input name="remark" maxLength={500} size={32} />
          </label>
          <button type="submit" disabled={busy}>{t("laboratory.book_check")}</button>
          <span role="alert" class="problem">{problem}</span>
        </form>
      ) : null}
    </section>
  );
}
