/** One task of marketing: where its meters are, what was proposed and answered, what may be done, its letters. */
import { Letters } from "../link/Log";
import type { LetterView } from "../link/views";
import { useLoad, useOnce } from "../parts/load";
import { ago } from "../parts/moment";
import { Reasons } from "../parts/Reasons";
import { mayOperate } from "../session";
import { Acts } from "../tasks/Acts";
import { Rounds } from "../tasks/Rounds";
import { Stages } from "../tasks/Stages";
import { isOpen, pathOf, sourceName, stateText, type Source, type Task as View } from "../tasks/views";
import { number, say, t } from "../texts";

export function Task({ id }: { id: string }) {
  const { value: task, problem, again } = useLoad<View>(pathOf(id));
  const { value: sources } = useOnce<Source[]>("/tasks/sources");
  if (!task) return <p class="pad" role="alert">{problem?.text ?? t("live.connecting")}</p>;
  return (
    <div class="pad" data-task={task.task} data-state={task.state}>
      <a href="/tasks">{t("task.back")}</a>
      <h1>{t("task.one", { task: task.task })}</h1>
      <p><span class="chip">{stateText(task.state)}</span> {task.ending ? say("task_ending", task.ending) : ""}</p>
      <Reasons reasons={task.why} />
      <div class="columns spaced">
        <About task={task} source={sourceName(sources, task.source)} />
        <Stages stages={task.stages} />
      </div>
      {isOpen(task) && mayOperate() ? <Acts key={`${task.state} ${task.order}`} task={task} again={again} /> : null}
      {task.kind === "count" ? null : <Rounds task={task} again={again} />}
      <Said task={task.task} />
    </div>
  );
}

function About({ task, source }: { task: View; source: string }) {
  const rows: [string, string | number][] = [
    [t("task.source"), source],
    [t("task.from"), task.sender || t("task.of_the_house")],
    [t("stock.lot"), task.lot],
    [t("order.model"), task.model],
    [t("order.quantity"), task.quantity ? number(task.quantity) : t("task.all")],
    [t("task.priority"), task.priority],
    [t("task.line"), task.line],
    [t("task.scheme"), task.scheme],
    [t("task.due"), task.due_ms ? ago(task.due_ms) : ""],
    [t("task.taken"), ago(task.created_ms)],
    [t("task.ended"), task.ended_ms ? ago(task.ended_ms) : ""],
    [t("task.answers"), task.approval ? t("task.approval") : t("task.no_approval")],
    [t("task.back_to_stock"), task.trigger ? t("task.trigger") : ""],
  ];
  return (
    <section aria-labelledby="about">
      <h2 id="about">{t("task.about")}</h2>
      <dl class="facts">
        {rows.filter(([, value]) => value !== "").map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
        {task.order ? <div><dt>{t("task.order")}</dt><dd><a href={`/orders/${task.order}`}>{task.order}</a></dd></div> : null}
      </dl>
    </section>
  );
}

function Said({ task }: { task: string }) {
  const { value, problem } = useLoad<LetterView[]>(`/letters?newest=true&limit=50&task=${encodeURIComponent(task)}`);
  return (
    <section aria-labelledby="letters" class="spaced">
      <h2 id="letters">{t("task.letters")}</h2>
      <p role="alert" class="problem">{problem?.text}</p>
      <Letters title={t("task.letters")} letters={value ?? []} />
    </section>
  );
}
