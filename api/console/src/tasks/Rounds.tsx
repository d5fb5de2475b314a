/** What was proposed for a task, round by round; the one that waits can be answered. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { useAct } from "../parts/load";
import { ago } from "../parts/moment";
import { mayOperate } from "../session";
import { number, say, t } from "../texts";
import { isOpen, pathOf, type Box, type Proposal, type Task } from "./views";

export function Rounds({ task, again }: { task: Task; again: () => void }) {
  const rounds = [...task.proposals].reverse();
  return (
    <section aria-labelledby="rounds" class="spaced">
      <h2 id="rounds">{t("task.rounds")}</h2>
      {rounds.length ? null : <p class="quiet">{t("task.no_rounds")}</p>}
      {rounds.map((one) => <Round key={one.round} task={task} proposal={one} again={again} />)}
    </section>
  );
}

function Round({ task, proposal, again }: { task: Task; proposal: Proposal; again: () => void }) {
  const ticked = useSignal<ReadonlySet<string>>(new Set());
  const waits = proposal.state === "proposed" && isOpen(task) && mayOperate();
  const said = { round: proposal.round, state: say("proposal_state", proposal.state), meters: number(proposal.meters), boxes: number(proposal.boxes.length) };
  const tick = (box: string, on: boolean): void => {
    const next = new Set(ticked.value);
    if (on) next.add(box);
    else next.delete(box);
    ticked.value = next;
  };
  return (
    <details class="box" open={proposal.state === "proposed"} data-round={proposal.round} data-state={proposal.state}>
      <summary>
        <strong>{t("task.round", said)}</strong>{" "}
        <span class="quiet">
          {proposal.answered_ms ? ago(proposal.answered_ms) : ago(proposal.asked_ms)}
          {proposal.answer ? ` · ${say("task_answer", proposal.answer)}` : ""}
        </span>
      </summary>
      {waits ? <Answer task={task} round={proposal.round} without={[...ticked.value]} again={again} /> : null}
      <Boxes boxes={proposal.boxes} ticked={ticked.value} tick={waits ? tick : null} />
    </details>
  );
}

type Answered = { task: Task; round: number; without: string[]; again: () => void };

function Answer({ task, round, without, again }: Answered) {
  const { problem, busy, act } = useAct();
  const words = useSignal("");
  const send = async (verdict: "approved" | "rejected"): Promise<void> => {
    const asked = verdict === "approved" ? t("task.ask_approve", { round }) : without.length ? t("task.ask_reject_some", { round, boxes: without.length }) : t("task.ask_reject", { round });
    if (!confirm(asked)) return;
    const body = { verdict, answer: words.value.trim(), without: verdict === "rejected" ? without : [] };
    await act(() => post(`${pathOf(task.task)}/proposals/${round}`, body));
    again();
  };
  return (
    <div class="form spaced">
      <label>{t("task.answer")}<input value={words.value} maxLength={200} size={32} onInput={(event) => (words.value = event.currentTarget.value)} /></label>
      <button type="button" class="main" disabled={busy || without.length > 0} onClick={() => void send("approved")}>{t("task.approve")}</button>
      <button type="button" disabled={busy} onClick={() => void send("rejected")}>
        {without.length ? t("task.reject_some", { boxes: without.length }) : t("task.reject")}
      </button>
      <span role="alert" class="problem">{problem}</span>
    </div>
  );
}

type Listed = { boxes: Box[]; ticked: ReadonlySet<string>; tick: ((box: string, on: boolean) => void) | null };

function Boxes({ boxes, ticked, tick }: Listed) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("task.boxes")}>
      <table>
        <caption class="hidden">{t("task.boxes")}</caption>
        <thead>
          <tr>
            {tick ? <th scope="col">{t("task.not_this")}</th> : null}
            <th scope="col">{t("stock.box")}</th>
            <th scope="col">{t("stock.pallet")}</th>
            <th scope="col" class="n">{t("task.pile")}</th>
            <th scope="col" class="n">{t("stock.count")}</th>
          </tr>
        </thead>
        <tbody>
          {boxes.map((one) => (
            <tr key={one.box} class={ticked.has(one.box) ? "wrong" : ""}>
              {tick ? <td><input type="checkbox" aria-label={t("task.not_box", { box: one.box })} checked={ticked.has(one.box)} onChange={(event) => tick(one.box, event.currentTarget.checked)} /></td> : null}
              <th scope="row">{one.box}</th>
              <td>{one.pallet}</td>
              <td class="n">{one.pile}</td>
              <td class="n">{number(one.meters)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
