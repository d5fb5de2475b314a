/** Codes as a table; an engineer says what each means here. */
import { useSignal } from "@preact/signals";
import { put } from "../client";
import { useAct } from "../parts/load";
import { mayEngineer } from "../session";
import { t } from "../texts";
import { Wide } from "../parts/Wide";

export interface CodeView {
  table: string;
  code: string;
  role: string;
  zh: string;
  en: string;
}
const MOST = 400;

export function CodeTable({ codes, again }: { codes: readonly CodeView[]; again: () => void }) {
  if (!codes.length) return <p class="quiet">{t("codes.none")}</p>;
  return (
    <Wide label={t("codes.title")}>
      <table>
        <caption class="hidden">{t("codes.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("codes.table")}</th>
            <th scope="col">{t("codes.code")}</th>
            <th scope="col">{t("codes.name_zh")}</th>
            <th scope="col">{t("codes.name_en")}</th>
            <th scope="col">{t("codes.meaning")}</th>
          </tr>
        </thead>
        <tbody>
          {codes.slice(0, MOST).map((one) => (
            <tr key={`${one.table} ${one.code}`} data-code={`${one.table} ${one.code}`}>
              <td>{one.table.slice(5)}</td>
              <th scope="row">{one.code}</th>
              <td lang="zh-CN">{one.zh}</td>
              <td lang="en">{one.en}</td>
              <td>{mayEngineer() ? <Meaning key={one.role} one={one} again={again} /> : one.role || t("codes.means_nothing")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {codes.length > MOST ? <p class="quiet">{t("codes.more", { more: codes.length - MOST })}</p> : null}
    </Wide>
  );
}

function Meaning({ one, again }: { one: CodeView; again: () => void }) {
  const { problem, busy, act } = useAct();
  const role = useSignal(one.role);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!confirm(t("codes.ask_meaning", { code: one.code, role: role.value || "–" }))) return;
    if (await act(() => put(`/codes/${encodeURIComponent(one.table)}/${encodeURIComponent(one.code)}`, { role: role.value }))) again();
  };
  return (
    <form class="pair" onSubmit={(event) => void submit(event)}>
      <input value={role.value} maxLength={40} size={16} pattern="[a-z0-9_]*" placeholder={t("codes.means_nothing")} aria-label={t("codes.meaning_of", { code: one.code })} onInput={(event) => (role.value = event.currentTarget.value)} />
      {role.value === one.role ? null : <button type="submit" disabled={busy}>{t("codes.set")}</button>}
      <span role="alert" class="problem">{problem}</span>
    </form>
  );
}
