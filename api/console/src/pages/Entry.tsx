import { titleOf } from "../schemes/CaseList";
import { Contributions } from "../schemes/Contributions";
import { Editor } from "../schemes/Editor";
import { Findings } from "../schemes/Findings";
import { Standing } from "../schemes/Standing";
import type { Kind, VersionView } from "../schemes/views";
import { useOnce } from "../parts/load";
import { say, t } from "../texts";

/** One scheme, case or block: what it says, what is wrong in it, and what one may do with it. */
export function Entry({ kind, code }: { kind: Kind; code: string }) {
  const { value, problem, again } = useOnce<VersionView>(`/library/${kind}/${encodeURIComponent(code)}`);
  if (!value) {
    return (
      <div class="pad">
        <h1>{code}</h1>
        <p role="alert" class={problem ? "problem" : "quiet"}>{problem?.text ?? t("live.connecting")}</p>
        <a href="/schemes">{t("scheme.back")}</a>
      </div>
    );
  }
  return (
    <div class="pad">
      <a href="/schemes">{t("scheme.back")}</a>
      <h1>{`${say("review_kind", kind)} ${code}`} <span class="chip">{say("version_state", value.state)}</span></h1>
      <p>{titleOf(value.entry)}</p>
      <Standing kind={kind} code={code} shown={value} again={again} />
      <Findings title={t("scheme.wrong")} findings={value.findings} />
      <Findings title={t("scheme.remarks")} findings={value.remarks} />
      <Contributions shown={value} again={again} />
      <Editor key={`${value.version}.${value.revision}.${value.state}`} kind={kind} code={code} shown={value} again={again} />
    </div>
  );
}
