/** The cells of a line in the order in which a meter passes them, with what stands at each. */
import type { Plant } from "../map/plant";
import { useLoad } from "../parts/load";
import { clock } from "../live";
import { number, say, span, t } from "../texts";
import { HOLDERS, roomOf, type CarrierView, type CellView, type LineView } from "./views";

export function Strip({ line }: { line: LineView }) {
  const { value: plant } = useLoad<Plant>("/plant");
  const drawn = plant?.lines[line.id] as { cells?: Record<string, Record<string, unknown>> } | undefined;
  return (
    <ol class="strip" aria-label={t("line.cells")}>
      {line.cells.map((cell) => (
        <Cell key={cell.id} cell={cell} room={roomOf(drawn?.cells?.[cell.id], line.places)} />
      ))}
    </ol>
  );
}

function Cell({ cell, room }: { cell: CellView; room: number | undefined }) {
  const carriers = cell.carriers.filter((one) => !HOLDERS.includes(one.stage));
  const held = cell.carriers.filter((one) => HOLDERS.includes(one.stage));
  const full = room !== undefined && carriers.length >= room;
  return (
    <li class={cell.fault ? "cell wrong" : "cell"} data-cell={cell.id}>
      <strong>{cell.id}</strong> <span class="quiet">{say("kind", cell.kind)}</span>
      <div class="n">
        {room === undefined ? t("line.carriers", { count: carriers.length }) : t("line.room", { count: carriers.length, room })}
        {full ? ` · ${t("line.full")}` : ""}
      </div>
      {cell.fault ? <p class="fault">{say("fault_code", cell.fault)} {hint(cell.fault)}</p> : null}
      <ul class="carriers">
        {carriers.map((one) => (
          <Carrier key={one.id} carrier={one} />
        ))}
      </ul>
      {held.map((one) => (
        <div key={one.id} class="held">
          {t("line.held", { stage: say("stage", one.stage), meters: number(one.meters.length), lot: one.lot })}
        </div>
      ))}
    </li>
  );
}

function hint(code: number): string {
  const text = say("fault_hint", code);
  return text === String(code) ? "" : `· ${text}`;
}

function Carrier({ carrier }: { carrier: CarrierView }) {
  const now = clock.value["plant"]?.now_ms ?? carrier.since_ms;
  const told = t("line.carrier", {
    carrier: carrier.id, stage: say("stage", carrier.stage), lot: carrier.lot, meters: carrier.meters.length,
    since: span(now - carrier.since_ms),
  });
  return (
    <li class={`carrier stage-${carrier.stage}${carrier.moving ? " moving" : ""}`} title={told}>
      <span aria-hidden="true">{`${say("stage_mark", carrier.stage)} ${carrier.meters.length} · ${carrier.lot}${carrier.moving ? " →" : ""}`}</span>
      <span class="hidden">{carrier.moving ? `${told}, ${t("line.moving")}` : told}</span>
    </li>
  );
}
