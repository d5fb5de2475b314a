/** One step as a form, made from its JSON Schema. */
import { say, t } from "../texts";
import { aboutOf, fieldsOf, kindsOf, type Field, type StepSchema } from "./schema";
import type { Step } from "./views";

interface StepProps {
  schema: StepSchema;
  step: Step;
  place: string;
  inBlock: boolean;
  change: (step: Step) => void;
}

export function StepForm({ schema, step, place, inBlock, change }: StepProps) {
  const kinds = kindsOf(schema).filter((kind) => !inBlock || kind !== "use_block");
  const set = (field: Field, value: unknown): void => {
    const next: Step = { ...step };
    if (value === undefined) delete next[field.name];
    else next[field.name] = value;
    change(next);
  };
  return (
    <div class="step">
      <label title={aboutOf(schema, step.do)}>
        <span class="hidden">{t("scheme.step_kind", { place })}</span>
        <select value={step.do} onChange={(event) => change(fresh(schema, event.currentTarget.value))}>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>{say("step", kind)}</option>
          ))}
        </select>
      </label>
      {fieldsOf(schema, step.do).map((one) => (
        <label key={one.name} title={one.about}>
          <span>{say("step_field", one.name)}</span>
          <Entry field={one} value={step[one.name]} set={(value) => set(one, value)} />
        </label>
      ))}
    </div>
  );
}

/** A new step of a kind: what must be said and is one of a few begins with the first of them. */
export function fresh(schema: StepSchema, kind: string): Step {
  const said = fieldsOf(schema, kind).filter((one) => one.required && one.type === "choice");
  return { do: kind, ...Object.fromEntries(said.map((one) => [one.name, one.choices[0]])) };
}

function Entry({ field, value, set }: { field: Field; value: unknown; set: (value: unknown) => void }) {
  const shown = value ?? field.fallback ?? "";
  if (field.type === "choice") {
    return (
      <select value={String(shown)} required={field.required} onChange={(event) => set(event.currentTarget.value)}>
        {field.choices.map((choice) => (
          <option key={choice} value={choice}>{say("step_choice", choice)}</option>
        ))}
      </select>
    );
  }
  const bounds = { min: field.least, max: field.most, required: field.required };
  if (field.type === "string") {
    return <input value={String(shown)} {...bounds} pattern={field.pattern} maxLength={field.longest} size={14} onInput={(event) => set(event.currentTarget.value || undefined)} />;
  }
  return (
    <input
      type="number" value={String(shown)} {...bounds} step={field.type === "integer" ? 1 : "any"}
      onInput={(event) => set(event.currentTarget.value === "" ? undefined : Number(event.currentTarget.value))}
    />
  );
}
