/** The content of a version as forms. Nothing is stored before somebody saves. */
import { useSignal } from "@preact/signals";
import { post, put } from "../client";
import { useAct, useOnce } from "../parts/load";
import { mayEngineer, who } from "../session";
import { say, t } from "../texts";
import { CaseList } from "./CaseList";
import { Findings, findingsOf } from "./Findings";
import { Head } from "./Head";
import { StepList } from "./StepList";
import type { StepSchema } from "./schema";
import { asFile, casesOf, stepsOf, type Content, type Finding, type Kind, type Step, type VersionView } from "./views";

interface EditorProps {
  kind: Kind;
  code: string;
  shown: VersionView;
  again: () => void;
}

export function Editor({ kind, code, shown, again }: EditorProps) {
  const { value: schema } = useOnce<StepSchema>("/library/steps");
  const mine = shown.contributions.find((one) => one.editor === who.value?.name);
  const draft = useSignal<Content>(!shown.mine && mine ? mine.content : shown.content);
  const findings = useSignal<Finding[] | null>(null);
  const { problem, busy, act } = useAct();
  const open = ["draft", "rejected"].includes(shown.state);
  const writes = mayEngineer() && open;
  const path = `/library/${kind}/${encodeURIComponent(code)}`;
  const told = (work: () => Promise<unknown>): Promise<boolean> =>
    act(async () => {
      findings.value = null;
      try {
        await work();
      } catch (error) {
        findings.value = findingsOf(error);
        throw error;
      }
    });
  const save = async (): Promise<void> => {
    const body = { content: draft.value, revision: shown.mine ? shown.revision : (mine?.revision ?? 0) };
    if (await told(() => (shown.mine ? put(path, body) : post(`${path}/contribute`, body)))) again();
  };
  const check = (): Promise<boolean> =>
    told(async () => {
      await post("/library/import?check=true", asFile(kind, code, draft.value));
      findings.value = [];
    });
  const set = (name: string, value: unknown): void => void (draft.value = { ...draft.value, [name]: value });
  if (!writes) return <Reading kind={kind} content={shown.content} closed={open ? "" : shown.state} />;
  return (
    <section class="spaced" aria-label={t("scheme.content")}>
      <Head kind={kind} content={draft.value} set={set} />
      {kind === "scheme" ? <CaseList cases={casesOf(draft.value)} change={(cases) => set("cases", cases)} /> : null}
      {kind !== "scheme" && schema ? (
        <StepList schema={schema} steps={stepsOf(draft.value)} findings={findings.value ?? shown.findings} inBlock={kind === "block"} change={(steps) => set("steps", steps)} />
      ) : null}
      <p role="alert" class="problem">{problem}</p>
      {findings.value?.length === 0 && !problem ? <p role="status">{t("scheme.sound")}</p> : null}
      <Findings title={t("scheme.wrong")} findings={findings.value ?? []} />
      <button type="button" disabled={busy} onClick={() => void check()}>{t("scheme.check")}</button>{" "}
      <button type="button" class="main" disabled={busy} onClick={() => void save()}>{t(shown.mine ? "scheme.save" : "scheme.contribute")}</button>
    </section>
  );
}

/** The same to read: what is approved, under review, or not for this account to change. */
function Reading({ kind, content, closed }: { kind: Kind; content: Content; closed: string }) {
  return (
    <section class="spaced" aria-label={t("scheme.content")}>
      {closed ? <p class="quiet">{t("scheme.read_only", { state: say("version_state", closed) })}</p> : null}
      {kind === "scheme" ? <CaseList cases={casesOf(content)} change={null} /> : <ol class="steps">{stepsOf(content).map((step, i) => <li key={i}>{stepText(step)}</li>)}</ol>}
    </section>
  );
}

/** A step in one line. */
export function stepText(step: Step): string {
  const said = Object.entries(step).filter(([name]) => name !== "do");
  return `${say("step", step.do)}${said.length ? ": " : ""}${said.map(([name, value]) => `${say("step_field", name)} ${String(value)}`).join(", ")}`;
}
