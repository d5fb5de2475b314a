import { useSignal } from "@preact/signals";
import { Exchange } from "../schemes/Exchange";
import { titleOf } from "../schemes/CaseList";
import { KINDS, type EntryView, type Kind } from "../schemes/views";
import { post } from "../client";
import { useAct, useLoad } from "../parts/load";
import { go } from "../router";
import { mayEngineer } from "../session";
import { say, t, type Key } from "../texts";

/** Schemes, cases and blocks that one may see. */
export function Library() {
  const kind = useSignal<Kind>("scheme");
  const { value, problem } = useLoad<EntryView[]>("/library?limit=1000");
  const rows = (value ?? []).filter((one) => one.kind === kind.value);
  return (
    <div class="pad">
      <h1>{t("scheme.library")}</h1>
      <div role="group" aria-label={t("scheme.kinds")} class="languages">
        {KINDS.map((one) => (
          <button key={one} type="button" aria-pressed={kind.value === one} onClick={() => (kind.value = one)}>{t(`scheme.kind_${one}` as Key)}</button>
        ))}
      </div>
      <p role="alert" class="problem">{problem?.text}</p>
      {mayEngineer() ? <New kind={kind.value} /> : null}
      <table>
        <caption class="hidden">{t("scheme.library")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("scheme.code")}</th>
            <th scope="col">{t("scheme.title")}</th>
            <th scope="col">{t("scheme.about")}</th>
            <th scope="col" class="n">{t("scheme.approved")}</th>
            <th scope="col" class="n">{t("scheme.version")}</th>
            <th scope="col">{t("order.state")}</th>
            <th scope="col">{t("scheme.owner")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <Row key={one.code} entry={one} />
          ))}
        </tbody>
      </table>
      {value && !rows.length ? <p class="quiet">{t("scheme.none")}</p> : null}
      <Exchange schemes={(value ?? []).filter((one) => one.kind === "scheme")} />
    </div>
  );
}

function Row({ entry }: { entry: EntryView }) {
  return (
    <tr data-entry={`${entry.kind}.${entry.code}`} data-state={entry.state}>
      <th scope="row"><a href={`/schemes/${entry.kind}/${entry.code}`}>{entry.code}</a></th>
      <td>{titleOf(entry)}</td>
      <td>{aboutOf(entry)}</td>
      <td class="n">{entry.approved || "–"}</td>
      <td class="n">{entry.version}</td>
      <td>{say("version_state", entry.state)}{entry.state === "approved" ? "" : ` · ${say("visibility", entry.visibility)}`}</td>
      <td>{entry.owner}</td>
    </tr>
  );
}

function aboutOf({ about }: EntryView): string {
  const told = [
    about["item"] ? say("item", String(about["item"])) : "",
    about["purpose"] ? say("purpose", String(about["purpose"])) : "",
    about["rules"] ? say("rules", String(about["rules"])) : "",
    Array.isArray(about["phases"]) ? about["phases"].map((one) => say("wiring_kind", String(one))).join(", ") : "",
  ];
  return told.filter(Boolean).join(" · ");
}

/** Begin a scheme, case or block with the least that it must say; the rest is written on its page. */
function New({ kind }: { kind: Kind }) {
  const { problem, busy, act } = useAct();
  const first: Record<Kind, Record<string, unknown>> = {
    scheme: { cases: ["appearance-image"] }, case: { item: "communication", steps: [{ do: "apply_source" }, { do: "read", name: "comm_address" }] },
    block: { steps: [{ do: "apply_source" }] },
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const code = String(form.get("code"));
    const body = { content: first[kind], visibility: String(form.get("visibility")), project: String(form.get("project")) };
    if (await act(() => post(`/library/${kind}/${encodeURIComponent(code)}`, body))) go(`/schemes/${kind}/${code}`);
  };
  return (
    <form class="form spaced" onSubmit={(event) => void submit(event)} aria-label={t("scheme.new")}>
      <label>
        {t("scheme.code")}
        <input name="code" required maxLength={40} pattern="[A-Za-z0-9][A-Za-z0-9_\-]*" />
      </label>
      <Visible />
      <button type="submit" disabled={busy}>{t("scheme.begin", { kind: say("review_kind", kind) })}</button>
      <span role="alert" class="problem">{problem}</span>
    </form>
  );
}

/** Who may see a thing before it is approved. */
export function Visible({ visibility = "private", project = "" }: { visibility?: string; project?: string }) {
  return (
    <>
      <label>
        {t("scheme.visibility")}
        <select name="visibility">
          {["private", "project", "public"].map((one) => (
            <option key={one} value={one} selected={one === visibility}>{say("visibility", one)}</option>
          ))}
        </select>
      </label>
      <label>
        {t("scheme.project")}
        <input name="project" maxLength={40} defaultValue={project} />
      </label>
    </>
  );
}
