/** Codes that the utility owns: searched, given a meaning, and asked for anew at its platform. */
import { useSignal } from "@preact/signals";
import { post } from "../client";
import { CodeTable, type CodeView } from "../codes/CodeTable";
import { useAct, useOnce } from "../parts/load";
import { ago } from "../parts/moment";
import { mayEngineer } from "../session";
import { number, say, t } from "../texts";

interface Refreshed {
  generation: string;
  at_ms: number;
  new: number;
  renamed: number;
}
interface Brought {
  new: number;
  renamed: number;
  without_role: string[];
  foreign: string[];
}
const GENERATIONS = ["gen1", "gen2"] as const;

export function Codes() {
  const { value, problem, again } = useOnce<CodeView[]>("/codes");
  const refreshed = useOnce<Refreshed[]>("/overviews/codes");
  const [words, generation, table] = [useSignal(""), useSignal<string>("gen2"), useSignal("")];
  const mine = (value ?? []).filter((one) => one.table.startsWith(`${generation.value}.`));
  const tables = [...new Set(mine.map((one) => one.table))];
  const wanted = words.value.trim().toLowerCase();
  const shown = mine.filter((one) => (!table.value || one.table === table.value) && (!wanted || [one.code, one.role, one.zh, one.en, one.table].some((text) => text.toLowerCase().includes(wanted))));
  const last = refreshed.value?.find((one) => one.generation === generation.value);
  return (
    <div class="pad">
      <h1>{t("codes.title")}</h1>
      <Refresh again={() => { again(); refreshed.again(); }} />
      <div class="form">
        <label>
          {t("codes.generation")}
          <select value={generation.value} onChange={(event) => { generation.value = event.currentTarget.value; table.value = ""; }}>
            {GENERATIONS.map((one) => <option key={one} value={one}>{say("codes.generation", one)}</option>)}
          </select>
        </label>
        <label>
          {t("codes.table")}
          <select value={table.value} onChange={(event) => (table.value = event.currentTarget.value)}>
            <option value="">{t("codes.all_tables")}</option>
            {tables.map((one) => <option key={one} value={one}>{one.slice(5)}</option>)}
          </select>
        </label>
        <label>{t("codes.words")}<input value={words.value} maxLength={64} size={24} onInput={(event) => (words.value = event.currentTarget.value)} /></label>
      </div>
      <p class="quiet" role="status">
        {t("codes.shown", { shown: number(shown.length), all: number(mine.length) })}{" · "}
        {last ? t("codes.refreshed", { ago: ago(last.at_ms), new: last.new, renamed: last.renamed }) : t("codes.never")}
      </p>
      <p role="alert" class="problem">{(problem ?? refreshed.problem)?.text}</p>
      <CodeTable codes={shown} again={again} />
    </div>
  );
}

function Refresh({ again }: { again: () => void }) {
  const { problem, busy, act } = useAct();
  const told = useSignal<Brought | null>(null);
  if (!mayEngineer()) return null;
  const ask = (): void => void act(async () => (told.value = await post<Brought>("/codes/refresh", {}))).then(again);
  const brought = told.value;
  return (
    <div class="spaced">
      <button type="button" disabled={busy} onClick={ask}>{t("codes.refresh")}</button>
      <p role="status">{brought ? t("codes.brought", { new: brought.new, renamed: brought.renamed, without: brought.without_role.join(", ") || "–", foreign: brought.foreign.join(", ") || "–" }) : ""}</p>
      <p role="alert" class="problem">{problem}</p>
    </div>
  );
}
