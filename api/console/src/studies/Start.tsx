/** Start a study: one of the installation's files, how many processes, how many replications at most. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { useAct } from "../parts/load";
import { go } from "../router";
import { number, t } from "../texts";
import type { Standing, Studies } from "./views";

export function Start({ studies }: { studies: Studies }) {
  const { problem, busy, act } = useAct();
  const file = useSignal(studies.files[0]?.file ?? "");
  const chosen = studies.files.find((one) => one.file === file.value);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const most = String(form.get("replications")).trim();
    const body = { file: file.value, workers: Number(form.get("workers")), replications: most ? Number(most) : null };
    await act(async () => go(`/studies/${encodeURIComponent((await post<Standing>("/studies", body)).run)}`));
  };
  if (!studies.files.length) return <p class="quiet">{t("studies.none_offered")}</p>;
  return (
    <section aria-labelledby="start">
      <h2 id="start">{t("studies.start")}</h2>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <label>
          {t("studies.file")}
          <select value={file.value} onChange={(event) => (file.value = event.currentTarget.value)}>
            {studies.files.map((one) => <option key={one.file} value={one.file}>{`${one.name} (${one.file})`}</option>)}
          </select>
        </label>
        <label>
          {t("studies.workers", { count: studies.processors })}
          <input name="workers" type="number" min={1} max={studies.processors} defaultValue={String(Math.max(1, studies.processors - 1))} required />
        </label>
        <label>
          {t("studies.replications")}
          <input name="replications" type="number" min={2} max={1000} />
        </label>
        <button type="submit" class="main" disabled={busy}>{t("studies.go")}</button>
      </form>
      {chosen ? <p class="quiet">{t("studies.about", { plant: chosen.plant, hours: number(chosen.hours), scenarios: chosen.scenarios.join(", ") || t("studies.base") })}</p> : null}
      <p role="alert" class="problem">{problem}</p>
    </section>
  );
}
