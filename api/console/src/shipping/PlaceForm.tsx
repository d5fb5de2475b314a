/** A form for one place, vehicle or distance, made from its fields. */
import type { ComponentChildren } from "preact";
import { t, type Key } from "../texts";
import { CLOCK, rowOf, shown, type Field, type Row } from "./fields";

type Props = { fields: readonly Field[]; now?: Row | undefined; busy: boolean; send: (row: Row) => void; children: ComponentChildren };

export function PlaceForm({ fields, now, busy, send, children }: Props) {
  const submit = (event: Event): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const said = Object.fromEntries(fields.map((field) => [field.name, field.kind === "check" ? String(form.has(field.name)) : String(form.get(field.name) ?? "")]));
    const { row, bad } = rowOf(fields, said);
    if (!bad.length) send(row);
  };
  return (
    <form class="form spaced" onSubmit={submit}>
      {fields.map((field) => <One key={field.name} field={field} value={shown(field, now?.[field.name])} />)}
      <button type="submit" class="main" disabled={busy}>{children}</button>
    </form>
  );
}

function One({ field, value }: { field: Field; value: string }) {
  const label = t(`places.${field.name}` as Key);
  if (field.kind === "check") return <label class="check"><input name={field.name} type="checkbox" defaultChecked={value !== "false"} /> {label}</label>;
  const given = { name: field.name, required: field.required === true, defaultValue: value };
  if (field.kind === "clock") return <label>{label}<input {...given} class="short-input" pattern={CLOCK} placeholder="07:30" /></label>;
  if (field.kind === "text") return <label>{label}<input {...given} maxLength={field.most!} size={field.most! > 60 ? 30 : 14} /></label>;
  return <label>{label}<input {...given} class="figure-input" type="number" min={field.least!} max={field.most!} step={field.kind === "whole" ? 1 : "any"} /></label>;
}
