/** Whose a version is, how open it is, and what becomes of it: submit, revise, discard, try. */
import { useSignal } from "@preact/signals";
import { post, put } from "../client";
import { Visible } from "../pages/Library";
import { VerifyLot } from "../parts/VerifyLot";
import { useAct } from "../parts/load";
import { go } from "../router";
import { mayEngineer, mayOperate, who } from "../session";
import { say, t } from "../texts";
import type { Kind, VersionView } from "./views";

interface Sheet {
  number: number;
  version: number;
  formal: boolean;
}
interface StandingProps {
  kind: Kind;
  code: string;
  shown: VersionView;
  again: () => void;
}

export function Standing({ kind, code, shown, again }: StandingProps) {
  const { problem, busy, act } = useAct();
  const sheet = useSignal<Sheet | null>(null);
  const path = `/library/${kind}/${encodeURIComponent(code)}`;
  const { entry, state, mine } = shown;
  const submit = (): Promise<boolean> => act(async () => go(`/reviews/${(await post<{ review: number }>(`${path}/submit`, {})).review}`));
  const discard = async (): Promise<void> => {
    if (confirm(t("scheme.confirm_discard", { name: code })) && (await act(() => post(`${path}/discard`, {})))) go("/schemes");
  };
  const revise = async (): Promise<void> => {
    await act(() => post(`${path}/revise`, {}));
    again();
  };
  const make = (trial: boolean): Promise<boolean> => act(async () => (sheet.value = await post<Sheet>(`/schemes/${encodeURIComponent(code)}/sheet`, { trial })));
  return (
    <section class="spaced" aria-label={t("scheme.standing")}>
      <p>
        {t("scheme.version_of", { version: shown.version, authors: shown.authors.join(", "), keeper: shown.keeper })}
        {state === "approved" ? "" : ` ${t("scheme.seen_by", { visibility: say("visibility", entry.visibility), project: entry.project || "–" })}`}
        {entry.approved && entry.approved !== shown.version ? ` ${t("scheme.in_use", { version: entry.approved })}` : ""}
      </p>
      <div class="form">
        {mayEngineer() && mine ? <button type="button" class="main" disabled={busy || shown.findings.length > 0} onClick={() => void submit()}>{t("scheme.submit")}</button> : null}
        {mayEngineer() && state === "approved" ? <button type="button" disabled={busy} onClick={() => void revise()}>{t("scheme.revise")}</button> : null}
        {mayEngineer() && mine ? <button type="button" disabled={busy} onClick={() => void discard()}>{t("scheme.discard")}</button> : null}
        {mayOperate() && kind === "scheme" && state !== "approved" ? <button type="button" disabled={busy} onClick={() => void make(true)}>{t("scheme.try")}</button> : null}
        {mayOperate() && kind === "scheme" && entry.approved ? <button type="button" disabled={busy} onClick={() => void make(false)}>{t("scheme.compile")}</button> : null}
        {kind === "scheme" ? <a href={`/api/v1/library/export?scheme=${encodeURIComponent(code)}&drafts=${String(state !== "approved")}`} download={`${code}.yaml`}>{t("scheme.as_yaml")}</a> : null}
      </div>
      {mine && shown.findings.length > 0 ? <p class="quiet">{t("scheme.first_mend")}</p> : null}
      <p role="alert" class="problem">{problem}</p>
      {sheet.value ? (
        <p role="status">
          {t(sheet.value.formal ? "scheme.sheet_formal" : "scheme.sheet_trial", { number: sheet.value.number, version: sheet.value.version })}{" "}
          <a href={`/api/v1/sheets/${sheet.value.number}`} download={`sheet-${sheet.value.number}.json`}>{t("scheme.see_sheet")}</a>
        </p>
      ) : null}
      {mayOperate() && kind === "scheme" && entry.approved ? <VerifyLot scheme={code} /> : null}
      {mayEngineer() && who.value?.name === entry.owner && state !== "approved" ? <Access path={path} shown={shown} again={again} /> : null}
    </section>
  );
}

function Access({ path, shown, again }: { path: string; shown: VersionView; again: () => void }) {
  const { problem, busy, act } = useAct();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    await act(() => put(`${path}/access`, { visibility: String(form.get("visibility")), project: String(form.get("project")) }));
    again();
  };
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <Visible visibility={shown.entry.visibility} project={shown.entry.project} />
      <button type="submit" disabled={busy}>{t("scheme.open_to")}</button>
      <span role="alert" class="problem">{problem}</span>
    </form>
  );
}
