/** The cases of a scheme in their order: add, move, remove; each leads to its own page. */
import { useSignal } from "@preact/signals";
import { useLoad } from "../parts/load";
import { language, say, t } from "../texts";
import { Order } from "./Order";
import { moved, type EntryView } from "./views";

export function CaseList({ cases, change }: { cases: string[]; change: ((cases: string[]) => void) | null }) {
  const { value: known } = useLoad<EntryView[]>("/library?kind=case&limit=1000");
  const chosen = useSignal("");
  const by = new Map((known ?? []).map((one) => [one.code, one]));
  const left = (known ?? []).filter((one) => !cases.includes(one.code));
  const add = (): void => {
    if (!change || !chosen.value) return;
    change([...cases, chosen.value]);
    chosen.value = "";
  };
  return (
    <fieldset>
      <legend>{t("scheme.cases", { count: cases.length })}</legend>
      <ol class="steps">
        {cases.map((code, i) => (
          <li key={code}>
            <div class="step">
              <a href={`/schemes/case/${code}`}>{code}</a>
              <span>{by.get(code) ? `${say("item", String(by.get(code)?.about["item"]))} · ${titleOf(by.get(code)!)}` : t("scheme.unknown_case")}</span>
            </div>
            {change ? (
              <Order name={code} index={i} count={cases.length} move={(to) => change(moved(cases, i, to))} remove={() => change(cases.filter((one) => one !== code))} />
            ) : null}
          </li>
        ))}
      </ol>
      {change ? (
        <div class="form">
          <label>
            {t("scheme.case_to_add")}
            <select value={chosen.value} onChange={(event) => (chosen.value = event.currentTarget.value)}>
              <option value="">{t("scheme.choose")}</option>
              {left.map((one) => (
                <option key={one.code} value={one.code}>{`${say("item", String(one.about["item"]))}: ${one.code}`}</option>
              ))}
            </select>
          </label>
          <button type="button" disabled={!chosen.value} onClick={add}>{t("scheme.add_case")}</button>
        </div>
      ) : null}
    </fieldset>
  );
}

/** The title of an entry in the language of the page. */
export function titleOf(entry: { zh: string; en: string; code?: string }): string {
  return (language.value === "zh" ? entry.zh || entry.en : entry.en || entry.zh) || (entry.code ?? "");
}
