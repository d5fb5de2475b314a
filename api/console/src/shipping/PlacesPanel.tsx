/** Depot, districts, vehicles and distances: shown to everybody, entered by an engineer in a form or from a file. */
import { useSignal } from "@preact/signals";
import { put, remove } from "../client";
import { useAct } from "../parts/load";
import { mayEngineer } from "../session";
import { number, t, type Key } from "../texts";
import { DEPOT, FIELDS, KINDS, shown, type Kind, type Row } from "./fields";
import { PlaceForm } from "./PlaceForm";
import { readPlaces } from "./placesFile";
import type { Places } from "./views";

type Props = { places: Places; again: () => void };

export function PlacesPanel({ places, again }: Props) {
  return (
    <details class="card spaced">
      <summary>{t("places.title")}</summary>
      {mayEngineer() ? <FromFile again={again} /> : null}
      <Depot places={places} again={again} />
      {KINDS.map((kind) => <List key={kind} kind={kind} rows={places[kind]} again={again} />)}
    </details>
  );
}

function FromFile({ again }: { again: () => void }) {
  const { problem, busy, act } = useAct();
  const told = useSignal("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const file = new FormData(event.currentTarget as HTMLFormElement).get("file") as File;
    told.value = "";
    await act(async () => {
      const found = await readPlaces(file);
      if (found.bad.length) return void (told.value = t("places.bad_lines", { lines: found.bad.slice(0, 30).join("; ") }));
      await put("/shipping/places", found.said);
      told.value = t("places.taken", { rows: found.rows });
    });
    again();
  };
  return (
    <form class="form spaced" onSubmit={(event) => void submit(event)}>
      <label>{t("places.file")}<input name="file" type="file" accept=".csv,.json" required /></label>
      <button type="submit" disabled={busy}>{t("places.enter_file")}</button>
      <span role="status">{told.value}</span>
      <span role="alert" class="problem">{problem}</span>
    </form>
  );
}

function Depot({ places, again }: Props) {
  const { problem, busy, act } = useAct();
  const depot = places.depot;
  const drop = async (): Promise<void> => {
    if (!confirm(t("places.ask_drop"))) return;
    await act(() => remove("/shipping/depot"));
    again();
  };
  const send = async (row: Row): Promise<void> => {
    if (!depot && !confirm(t("places.ask_depot"))) return;
    await act(() => put("/shipping/depot", row));
    again();
  };
  return (
    <section class="spaced" aria-labelledby="depot">
      <h2 id="depot">{t("shipping.depot")}</h2>
      {depot ? <p>{`${depot.address} (${depot.latitude}, ${depot.longitude})`}</p> : <p class="quiet">{t("shipping.no_depot")}</p>}
      {mayEngineer() ? (
        <details>
          <summary>{t("places.set_depot")}</summary>
          <PlaceForm key={JSON.stringify(depot)} fields={DEPOT} now={depot ?? undefined} busy={busy} send={(row) => void send(row)}>{t("places.enter")}</PlaceForm>
          {depot ? <button type="button" disabled={busy} onClick={() => void drop()}>{t("places.drop")}</button> : null}
        </details>
      ) : null}
      <p role="alert" class="problem">{problem}</p>
    </section>
  );
}

function List({ kind, rows, again }: { kind: Kind; rows: readonly Row[]; again: () => void }) {
  const { problem, busy, act } = useAct();
  const chosen = useSignal<Row | undefined>(undefined);
  const fresh = useSignal(0);
  const fields = FIELDS[kind];
  const send = async (row: Row): Promise<void> => {
    if (await act(() => put("/shipping/places", { [kind]: [row] }))) [chosen.value, fresh.value] = [undefined, fresh.value + 1];
    again();
  };
  return (
    <section class="spaced" aria-labelledby={`places-${kind}`}>
      <h2 id={`places-${kind}`}>{t(`places.${kind}` as Key)} <span class="quiet">{number(rows.length)}</span></h2>
      {rows.length ? <Table kind={kind} rows={rows} choose={(row) => { chosen.value = row; fresh.value++; }} /> : null}
      {mayEngineer() ? (
        <PlaceForm key={fresh.value} fields={fields} now={chosen.value} busy={busy} send={(row) => void send(row)}>{t("places.enter")}</PlaceForm>
      ) : null}
      <p role="alert" class="problem">{problem}</p>
    </section>
  );
}

function Table({ kind, rows, choose }: { kind: Kind; rows: readonly Row[]; choose: (row: Row) => void }) {
  const fields = FIELDS[kind];
  const name = (row: Row): string => String(row[fields[0]!.name] || t("shipping.depot"));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t(`places.${kind}` as Key)}>
      <table>
        <caption class="hidden">{t(`places.${kind}` as Key)}</caption>
        <thead>
          <tr>
            {fields.map((field) => <th key={field.name} scope="col" class={field.kind === "text" || field.kind === "check" ? "" : "n"}>{t(`places.${field.name}` as Key)}</th>)}
            {mayEngineer() ? <th scope="col">{t("shipping.act")}</th> : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i} data-place={name(row)}>
              {fields.map((field, n) => {
                const said = field.kind === "check" ? (row[field.name] ? t("places.yes") : t("places.no")) : field.name === "origin" || field.name === "goal" ? String(row[field.name] || t("shipping.depot")) : shown(field, row[field.name]);
                return n === 0 ? <th key={field.name} scope="row">{said}</th> : <td key={field.name} class={field.kind === "text" || field.kind === "check" ? "" : "n"}>{said}</td>;
              })}
              {mayEngineer() ? <td><button type="button" aria-label={t("places.edit_of", { name: name(row) })} onClick={() => choose(row)}>{t("places.edit")}</button></td> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
