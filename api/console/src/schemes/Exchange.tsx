/** Schemes as YAML files: out of the library, and into it as drafts. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { useAct } from "../parts/load";
import { mayEngineer } from "../session";
import { say, t } from "../texts";
import { Findings, findingsOf } from "./Findings";
import type { EntryView, Finding } from "./views";

interface Taken {
  stored: boolean;
  taken: { kind: string; code: string; outcome: string; version: number }[];
}

export function Exchange({ schemes }: { schemes: EntryView[] }) {
  const chosen = useSignal<string[]>([]);
  const query = chosen.value.map((code) => `scheme=${encodeURIComponent(code)}`).join("&");
  return (
    <div class="columns spaced">
      <section aria-labelledby="export">
        <h2 id="export">{t("scheme.export")}</h2>
        <label>
          {t("scheme.to_export")}
          <select multiple size={6} class="wide-text" onChange={(event) => (chosen.value = [...event.currentTarget.selectedOptions].map((one) => one.value))}>
            {schemes.filter((one) => one.approved).map((one) => (
              <option key={one.code} value={one.code}>{one.code}</option>
            ))}
          </select>
        </label>
        <p>{query ? <a href={`/api/v1/library/export?${query}`} download="schemes.yaml">{t("scheme.download", { count: chosen.value.length })}</a> : <span class="quiet">{t("scheme.export_hint")}</span>}</p>
      </section>
      {mayEngineer() ? <Import /> : null}
    </div>
  );
}

function Import() {
  const { problem, busy, act } = useAct();
  const taken = useSignal<Taken | null>(null);
  const findings = useSignal<Finding[]>([]);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const file = new FormData(form).get("file");
    const check = (event.submitter as HTMLButtonElement | null)?.value === "check";
    [taken.value, findings.value] = [null, []];
    await act(async () => {
      try {
        taken.value = await post<Taken>(`/library/import?check=${String(check)}`, file as File);
      } catch (error) {
        findings.value = findingsOf(error);
        throw error;
      }
    });
  };
  return (
    <section aria-labelledby="import">
      <h2 id="import">{t("scheme.import")}</h2>
      <form class="form" onSubmit={(event) => void submit(event as unknown as SubmitEvent)}>
        <label>
          {t("scheme.file")}
          <input name="file" type="file" accept=".yaml,.yml" required />
        </label>
        <button type="submit" value="check" disabled={busy}>{t("delivery.check")}</button>
        <button type="submit" value="store" class="main" disabled={busy}>{t("scheme.take_in")}</button>
      </form>
      <p role="alert" class="problem">{problem}</p>
      <Findings title={t("scheme.wrong")} findings={findings.value} />
      {taken.value ? (
        <div role="status">
          <p>{t(taken.value.stored ? "scheme.taken" : "scheme.would_take", { count: taken.value.taken.length })}</p>
          <ul class="reasons">
            {taken.value.taken.filter((one) => one.outcome !== "unchanged").map((one) => (
              <li key={`${one.kind}.${one.code}`}>
                <a href={`/schemes/${one.kind}/${one.code}`}>{one.code}</a> {say("review_kind", one.kind)}: {say("outcome", one.outcome)}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </section>
  );
}
