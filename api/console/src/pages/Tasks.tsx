/** Marketing's tasks, the newest first: what each asks for, how far its meters are, why it waits. */
import { useComputed, useSignal } from "@preact/signals";
import { Reasons } from "../parts/Reasons";
import { useOnce, useSeldom } from "../parts/load";
import { mayOperate } from "../session";
import { NewTask } from "../tasks/NewTask";
import { StagesInShort } from "../tasks/Stages";
import { pathOf, sourceName, stateText, type Source, type Task } from "../tasks/views";
import { number, t } from "../texts";
import { Wide } from "../parts/Wide";

const MOST = 25;

export function Tasks() {
  const { value: sources } = useOnce<Source[]>("/tasks/sources");
  const words = useSignal("");
  const live = useSignal(false);
  const before = useSignal(0);
  const path = useComputed(() => `/overviews/tasks?${new URLSearchParams({ words: words.value, live: String(live.value), before: String(before.value), limit: String(MOST) }).toString()}`);
  const { value, problem } = useSeldom<Task[]>(path);
  const search = (event: Event): void => {
    event.preventDefault();
    words.value = String(new FormData(event.currentTarget as HTMLFormElement).get("words")).trim();
    before.value = 0;
  };
  return (
    <div class="pad">
      <h1>{t("task.title")}</h1>
      {mayOperate() && sources ? <NewTask sources={sources} /> : null}
      <form class="form spaced" onSubmit={search}>
        <label>{t("task.words")}<input name="words" maxLength={64} size={24} /></label>
        <button type="submit">{t("stock.find")}</button>
        <label class="check">
          <input type="checkbox" checked={live.value} onChange={(event) => { live.value = event.currentTarget.checked; before.value = 0; }} /> {t("task.open_only")}
        </label>
      </form>
      <p role="alert" class="problem">{problem?.text}</p>
      <List tasks={value ?? []} sources={sources} />
      {value?.length === 0 ? <p class="quiet">{t("task.none")}</p> : null}
      <p class="form spaced">
        {before.value ? <button type="button" onClick={() => (before.value = 0)}>{t("page.newest")}</button> : null}
        {value?.length === MOST ? <button type="button" onClick={() => (before.value = value.at(-1)!.number)}>{t("page.older")}</button> : null}
      </p>
    </div>
  );
}

function List({ tasks, sources }: { tasks: Task[]; sources: readonly Source[] | null }) {
  if (!tasks.length) return null;
  return (
    <Wide label={t("task.title")}>
      <table>
        <caption class="hidden">{t("task.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("task.number")}</th>
            <th scope="col">{t("order.state")}</th>
            <th scope="col">{t("task.source")}</th>
            <th scope="col">{t("stock.lot")}</th>
            <th scope="col" class="n">{t("order.quantity")}</th>
            <th scope="col">{t("task.meters_now")}</th>
            <th scope="col">{t("order.why")}</th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((one) => (
            <tr key={one.number} data-task={one.task} data-state={one.state}>
              <th scope="row" class="word"><a href={pathOf(one.task)}>{one.task}</a></th>
              <td class="word">{stateText(one.state)}</td>
              <td>{sourceName(sources, one.source)}</td>
              <td class="word">{one.lot}</td>
              <td class="n">{one.quantity ? number(one.quantity) : one.kind === "count" ? "" : t("task.all")}</td>
              <td><StagesInShort stages={one.stages} /></td>
              <td><Reasons reasons={one.why.slice(0, 2)} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
