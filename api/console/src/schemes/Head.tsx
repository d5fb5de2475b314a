/** What a scheme, case or block says of itself before its steps or cases. */
import { say, t } from "../texts";
import type { Content, Kind } from "./views";

const ITEMS = [
  "appearance", "withstand", "parameters", "communication", "creep", "starting", "intrinsic_error", "standard_deviation",
  "variation", "consistency", "rising_falling", "repeatability", "constant", "daily_timing", "clock", "time_switching",
  "demand", "security", "fee_control", "clearing", "key_download",
];
const WIRINGS = ["1p2w", "3p3w", "3p4w"];
const CHOICES: [name: string, prefix: string, choices: string[]][] = [
  ["asset_class", "asset_class", ["meter", "terminal", "module"]],
  ["purpose", "purpose", ["first", "recheck", "sampling", "demo"]],
  ["rules", "rules", ["JJG596-2012", "GBT17215.321-2021", "QGDW10364-2020", "OIML-R46-2012"]],
];
const GUARDS = ["preheat_s", "temperature_warn_c", "temperature_trip_c", "reject_share", "reject_least", "position_fails"];
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
      {kind === "case" ? <Choice name="item" prefix="item" choices={ITEMS} content={content} set={set} /> : null}
      {kind === "scheme" ? CHOICES.map(([name, prefix, choices]) => <Choice key={name} name={name} prefix={prefix} choices={choices} content={content} set={set} />) : null}
      {kind === "scheme" ? <SchemeFields content={content} set={set} /> : null}
    </div>
  );
}

function Choice({ name, prefix, choices, content, set }: { name: string; prefix: string; choices: string[]; content: Content; set: Set }) {
  return (
    <label>
      {say("scheme_field", name)}
      <select value={String(content[name] ?? choices[0])} onChange={(event) => set(name, event.currentTarget.value)}>
        {choices.map((one) => (
          <option key={one} value={one}>{say(prefix, one)}</option>
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
  const setGuard = (name: string, text: string): void => {
    const next = { ...guard };
    if (text === "") delete next[name];
    else next[name] = Number(text);
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
            <input type="number" step="any" value={String(guard[name] ?? "")} placeholder={t("scheme.as_usual")} onInput={(event) => setGuard(name, event.currentTarget.value)} />
          </label>
        ))}
      </fieldset>
    </>
  );
}
