/** What districts send back: announced, being scanned, closed; and the claims that are open. */
import { useComputed, useSignal } from "@preact/signals";
import { useLoad } from "../parts/load";
import { ago } from "../parts/moment";
import { Announce } from "../returns/Announce";
import { Claims } from "../returns/Claims";
import type { Claim, Note } from "../returns/views";
import { mayOperate } from "../session";
import { number, say, t } from "../texts";
import { Wide } from "../parts/Wide";

const MOST = 50;

export function Returns() {
  const before = useSignal(0);
  const path = useComputed(() => `/overviews/returns?before=${before.value}&limit=${MOST}`);
  const notes = useLoad<Note[]>(path);
  const claims = useLoad<Claim[]>("/returns/claims?live=true");
  return (
    <div class="pad">
      <h1>{t("return.title")}</h1>
      {mayOperate() ? <Announce /> : null}
      <p role="alert" class="problem">{(notes.problem ?? claims.problem)?.text}</p>
      <List notes={notes.value ?? []} />
      {notes.value?.length === 0 ? <p class="quiet">{t("return.none")}</p> : null}
      <p class="form">
        {before.value ? <button type="button" onClick={() => (before.value = 0)}>{t("page.newest")}</button> : null}
        {notes.value?.length === MOST ? <button type="button" onClick={() => (before.value = notes.value!.at(-1)!.number)}>{t("page.older")}</button> : null}
      </p>
      <Claims claims={claims.value ?? []} again={claims.again} named />
    </div>
  );
}

function List({ notes }: { notes: readonly Note[] }) {
  if (!notes.length) return null;
  return (
    <Wide label={t("return.title")} spaced>
      <table>
        <caption class="hidden">{t("return.title")}</caption>
        <thead>
          <tr>
            <th scope="col" class="n">{t("page.number")}</th>
            <th scope="col">{t("order.district")}</th>
            <th scope="col">{t("return.kind")}</th>
            <th scope="col">{t("order.state")}</th>
            <th scope="col" class="n">{t("return.listed")}</th>
            <th scope="col" class="n">{t("return.found")}</th>
            <th scope="col" class="n">{t("return.empties")}</th>
            <th scope="col">{t("return.announced")}</th>
          </tr>
        </thead>
        <tbody>
          {notes.map((one) => (
            <tr key={one.number} data-return={one.number} data-state={one.state}>
              <th scope="row" class="n"><a href={`/returns/${one.number}`}>{one.number}</a></th>
              <td>{one.district}</td>
              <td>{say("return_kind", one.kind)}</td>
              <td>{say("return_state", one.state)}</td>
              <td class="n">{number(one.listed)}</td>
              <td class="n">{number(one.found)}</td>
              <td class="n">{one.state === "closed" ? t("order.of", { done: number(one.empties_found), wanted: number(one.empties) }) : number(one.empties)}</td>
              <td>{ago(one.created_ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
