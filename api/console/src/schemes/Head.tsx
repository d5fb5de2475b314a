/** What a scheme, case or block says of itself before its steps or cases. */
import { codesOf, say, t } from "../texts";
import { Pair } from "./Pair";
import type { Content, Kind } from "./views";

const WIRINGS = codesOf("wiring_kind");
const CHOICES = ["asset_class", "purpose", "rules"];
const FIRST: Record<string, string> = { asset_class: "meter", purpose: "first", rules: "JJG596-2012" };
const GUARDS = ["preheat_s", "temperature_warn_c", "temperature_trip_c", "reject_share", "reject_least", "position_fails"];
const PAIRS = ["ambient_c", "humidity_percent"];
type Set = (name: string, value: unknown) => void;

export function Head({ kind, content, set }: { kind: Kind; content: Content; set: Set }) {
  return (
    <div class="form">
      {(["en", "zh"] as const).map((name) => (
        <label key={name}>
          {t(`scheme.title_${name}`)}
          <input value={String(content[name] ?? "")} maxLength={200} size={36} onInput={(event) => set(name, event.currentTarget.value)} />
        </label>
      ))}
      {kind === "case" ? <Choice name="item" content={content} set={set} /> : null}
      {kind === "scheme" ? CHOICES.map((name) => <Choice key={name} name={name} content={content} set={set} />) : null}
      {kind === "scheme" ? <SchemeFields content={content} set={set} /> : null}
    </div>
  );
}

/** One of the codes that have a text; the catalogue knows them all. */
function Choice({ name, content, set }: { name: string; content: Content; set: Set }) {
  const choices = codesOf(name);
  return (
    <label>
      {say("scheme_field", name)}
      <select value={String(content[name] ?? FIRST[name] ?? choices[0])} onChange={(event) => set(name, event.currentTarget.value)}>
        {choices.map((one) => (
          <option key={one} value={one}>{say(name, one)}</option>
        ))}
      </select>
    </label>
  );
}

function SchemeFields({ content, set }: { content: Content; set: Set }) {
  const phases = (content["phases"] as string[] | undefined) ?? ["1p2w"];
  const guard = (content["guard"] as Record<string, unknown> | undefined) ?? {};
  const classes = ((content["accuracy_classes"] as string[] | undefined) ?? []).join(", ");
  const toggle = (one: string, on: boolean): void => set("phases", WIRINGS.filter((wiring) => (wiring === one ? on : phases.includes(wiring))));
  const setGuard = (name: string, value: unknown): void => {
    const next = { ...guard };
    if (value === undefined) delete next[name];
    else next[name] = value;
    set("guard", next);
  };
  return (
    <>
      <label>
        {say("scheme_field", "accuracy_classes")}
        <input value={classes} size={14} onChange={(event) => set("accuracy_classes", event.currentTarget.value.split(/[\s,]+/).filter(Boolean))} />
      </label>
      <fieldset class="inline">
        <legend>{say("scheme_field", "phases")}</legend>
        {WIRINGS.map((one) => (
          <label key={one} class="check">
            <input type="checkbox" checked={phases.includes(one)} onChange={(event) => toggle(one, event.currentTarget.checked)} /> {say("wiring_kind", one)}
          </label>
        ))}
      </fieldset>
      <fieldset class="inline">
        <legend>{t("scheme.guard")}</legend>
        {GUARDS.map((name) => (
          <label key={name}>
            {say("guard", name)}
            <input type="number" step="any" value={String(guard[name] ?? "")} placeholder={t("scheme.as_usual")} onInput={(event) => setGuard(name, event.currentTarget.value === "" ? undefined : Number(event.currentTarget.value))} />
          </label>
        ))}
        {PAIRS.map((name) => (
          <Pair key={name} name={say("guard", name)} value={guard[name]} set={(pair) => setGuard(name, pair)} />
        ))}
      </fieldset>
    </>
  );
}
