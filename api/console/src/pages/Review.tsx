import { useSignal } from "@preact/signals";
import { post } from "../client";
import { Difference } from "../schemes/Difference";
import { Findings } from "../schemes/Findings";
import type { ReviewDetail, ReviewView } from "../schemes/views";
import { useAct, useLoad } from "../parts/load";
import { who } from "../session";
import { say, t } from "../texts";

/** One review: what was submitted beside what is in use, and the decision. */
export function Review({ number }: { number: string }) {
  const { value, problem, again } = useLoad<ReviewDetail>(`/reviews/${number}`);
  if (!value) {
    return (
      <div class="pad">
        <h1>{t("review.name", { number })}</h1>
        <p role="alert" class={problem ? "problem" : "quiet"}>{problem?.text ?? t("live.connecting")}</p>
        <a href="/reviews">{t("review.back")}</a>
      </div>
    );
  }
  const { review, content, before } = value;
  const there = Object.keys(content).length > 0;
  return (
    <div class="pad">
      <a href="/reviews">{t("review.back")}</a>
      <h1>{t("review.name", { number })} <span class="chip">{say("review_state", review.state)}</span></h1>
      <p>
        {say("review_kind", review.kind)}{" "}
        {there ? <a href={`/schemes/${review.kind}/${review.subject}`}>{review.subject}</a> : <a href={`/results/lot/${encodeURIComponent(review.title)}`}>{review.subject}</a>}
        {there ? ` ${t("review.version", { version: review.version })}` : ""} · {review.title}
      </p>
      <p class="quiet">{t("review.from", { authors: review.authors.join(", "), by: review.submitted_by })}</p>
      {review.decided_by ? <p>{t("review.decided", { by: review.decided_by, duty: review.duty ? say("duty", review.duty) : "–", reason: review.reason || "–" })}</p> : null}
      <Findings title={t("scheme.remarks")} findings={value.remarks} />
      {there ? (
        <section class="spaced" aria-labelledby="difference">
          <h2 id="difference">{t(Object.keys(before).length ? "review.against" : "review.new")}</h2>
          <Difference before={before} after={content} />
        </section>
      ) : null}
      {review.state === "submitted" ? <Decision review={review} again={again} /> : null}
    </div>
  );
}

function Decision({ review, again }: { review: ReviewView; again: () => void }) {
  const { problem, busy, act } = useAct();
  const comment = useSignal("");
  const decide = async (verb: "approve" | "reject" | "withdraw"): Promise<void> => {
    await act(() => post(`/reviews/${review.number}/${verb}`, verb === "reject" ? { reason: comment.value.trim() } : {}));
    again();
  };
  const name = who.value?.name ?? "";
  const own = review.authors.includes(name) || review.submitted_by === name;
  return (
    <section class="spaced" aria-label={t("review.decision")}>
      {review.mine_to_decide ? (
        <>
          <label>
            {t("review.comment")}
            <textarea class="wide-text" rows={3} maxLength={500} value={comment.value} onInput={(event) => (comment.value = event.currentTarget.value)} />
          </label>
          <p>
            <button type="button" class="main" disabled={busy} onClick={() => void decide("approve")}>{t("review.approve")}</button>{" "}
            <button type="button" disabled={busy || !comment.value.trim()} onClick={() => void decide("reject")}>{t("review.reject")}</button>{" "}
            {comment.value.trim() ? null : <span class="quiet">{t("review.comment_needed")}</span>}
          </p>
        </>
      ) : (
        <p>{say("problem", own ? "own_work" : "not_a_reviewer", { who: name })} {t("review.others")}</p>
      )}
      {own ? <button type="button" disabled={busy} onClick={() => void decide("withdraw")}>{t("review.withdraw")}</button> : null}
      <p role="alert" class="problem">{problem}</p>
    </section>
  );
}
