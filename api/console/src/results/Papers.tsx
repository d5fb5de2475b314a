/** Certificates and notices of result of a meter, as PDF in both languages; an engineer makes one void. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { useAct } from "../parts/load";
import { mayEngineer } from "../session";
import { LANGUAGES, say, t, type Key } from "../texts";
import type { PaperView } from "./views";

export function Papers({ papers, again }: { papers: PaperView[]; again: () => void }) {
  if (!papers.length) return null;
  return (
    <section class="spaced" aria-labelledby="papers">
      <h2 id="papers">{t("paper.papers")}</h2>
      {papers.map((one) => (
        <Paper key={one.number} paper={one} again={again} />
      ))}
    </section>
  );
}

function Paper({ paper, again }: { paper: PaperView; again: () => void }) {
  const { problem, busy, act } = useAct();
  const why = useSignal("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!confirm(t("result.confirm_void", { number: paper.number }))) return;
    await act(() => post(`/results/papers/${encodeURIComponent(paper.number)}/void`, { reason: why.value.trim() }));
    again();
  };
  return (
    <article class="box" aria-label={paper.number}>
      <p>
        <strong>{`${say("paper_kind", paper.kind)} ${paper.number}`}</strong>{" "}
        <span class={paper.state === "valid" ? "chip" : "chip wrong"}>{say("paper_state", paper.state)}</span>{" "}
        {LANGUAGES.map((code) => (
          <a key={code} class="gap" href={`/api/v1/results/papers/${encodeURIComponent(paper.number)}/pdf?lang=${code}`} download={`${paper.number}-${code}.pdf`}>
            {t("result.pdf", { language: t(`language.${code}` as Key) })}
          </a>
        ))}
      </p>
      {paper.void_by ? <p>{t("result.void_by", { by: paper.void_by, reason: paper.void_reason })}</p> : null}
      {mayEngineer() && paper.state === "valid" ? (
        <form class="form" onSubmit={(event) => void submit(event)}>
          <label>
            {t("result.why_void", { number: paper.number })}
            <input value={why.value} required maxLength={500} size={32} onInput={(event) => (why.value = event.currentTarget.value)} />
          </label>
          <button type="submit" disabled={busy || !why.value.trim()}>{t("result.void")}</button>
        </form>
      ) : null}
      <p role="alert" class="problem">{problem}</p>
    </article>
  );
}
