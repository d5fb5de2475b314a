/** The stop table of a plan; a draft's stops can be taken elsewhere, a frozen one's notes printed and received. */
import { post } from "../client";
import { useAct } from "../parts/load";
import { mayOperate } from "../session";
import { language, number, reason, t } from "../texts";
import { km, type Places, type Plan, type Stop } from "./views";
import { Wide } from "../parts/Wide";

type Props = { plan: Plan; vehicles: Places["vehicles"]; again: () => void };

export function StopTable({ plan, vehicles, again }: Props) {
  const { problem, busy, act } = useAct();
  const ask = (path: string, body: unknown): void => void act(() => post(path, body)).then(again);
  return (
    <Wide label={t("paper.stop_table")}>
      <p role="alert" class="problem">{problem}</p>
      <table>
        <caption class="hidden">{t("paper.stop_table")}</caption>
        <thead>
          <tr>
            {(["paper.vehicle", "paper.stop", "paper.district", "paper.arrival", "paper.kilometres", "paper.boxes", "paper.meters", "paper.weight_kg", "paper.loading_turn"] as const).map((key) => (
              <th key={key} scope="col">{t(key)}</th>
            ))}
            <th scope="col">{t("shipping.act")}</th>
          </tr>
        </thead>
        <tbody>
          {plan.stops.map((stop) => (
            <tr key={stop.number} data-stop={stop.number}>
              <td>{stop.vehicle ? t("shipping.tour", { vehicle: stop.vehicle, trip: stop.trip }) : t("shipping.left")}{stop.fixed ? ` · ${t("shipping.fixed")}` : ""}</td>
              <td class="n">{stop.position || ""}</td>
              <th scope="row">{stop.district}</th>
              <td>{stop.reason ? reason(stop.reason, {}) : stop.begins}</td>
              <td class="n">{stop.vehicle ? number(km(stop.leg_m)) : ""}</td>
              <td class="n">{number(stop.boxes)}</td>
              <td class="n">{number(stop.meters)}</td>
              <td class="n">{number(stop.weight_kg)}</td>
              <td class="n">{stop.rank || ""}</td>
              <td>
                {plan.state === "draft" && mayOperate() ? <Move stop={stop} vehicles={vehicles} busy={busy} ask={(to) => ask(`/shipping/plans/${plan.number}/move`, { stop: stop.number, ...to })} /> : null}
                {stop.note ? <Notes stop={stop} busy={busy} receive={(name) => ask(`/shipping/stops/${stop.number}/received`, { signed_by: name })} /> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

type To = { vehicle: string; trip: number; position: number };

function Move({ stop, vehicles, busy, ask }: { stop: Stop; vehicles: Places["vehicles"]; busy: boolean; ask: (to: To) => void }) {
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    ask({ vehicle: String(form.get("vehicle")), trip: Number(form.get("trip")), position: Number(form.get("position")) });
  };
  return (
    <form class="row" onSubmit={(event) => send(event as unknown as SubmitEvent)}>
      <select name="vehicle" aria-label={t("shipping.vehicle_of", { district: stop.district })} defaultValue={stop.vehicle}>
        <option value="" selected={!stop.vehicle}>{t("shipping.left")}</option>
        {vehicles.filter((one) => one.active).map((one) => <option key={one.plate} value={one.plate} selected={one.plate === stop.vehicle}>{one.plate}</option>)}
      </select>
      <input name="trip" type="number" min="1" max="6" defaultValue={String(stop.trip || 1)} aria-label={t("shipping.trip_of", { district: stop.district })} />
      <input name="position" type="number" min="1" max="300" defaultValue={String(stop.position || 1)} aria-label={t("shipping.position_of", { district: stop.district })} />
      <button type="submit" disabled={busy}>{t("shipping.move")}</button>
    </form>
  );
}

function Notes({ stop, busy, receive }: { stop: Stop; busy: boolean; receive: (name: string) => void }) {
  const from = `/api/v1/shipping/stops/${stop.number}`;
  return (
    <>
      <span>{stop.note}</span>{" "}
      <a href={`${from}/delivery.pdf?lang=${language.value}`} download>{t("paper.delivery_note")}</a>{" "}
      <a href={`${from}/receipt.pdf?lang=${language.value}`} download>{t("paper.receipt_note")}</a>{" "}
      {stop.received_ms ? t("shipping.received_by", { name: stop.received_by }) : mayOperate() && stop.shipped > 0 && stop.shipped >= stop.meters ? <Receipt stop={stop} busy={busy} receive={receive} /> : null}
    </>
  );
}

function Receipt({ stop, busy, receive }: { stop: Stop; busy: boolean; receive: (name: string) => void }) {
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    receive(String(new FormData(event.currentTarget as HTMLFormElement).get("name")).trim());
  };
  return (
    <form class="row" onSubmit={(event) => send(event as unknown as SubmitEvent)}>
      <input name="name" required maxLength={64} placeholder={t("shipping.signed_by")} aria-label={t("shipping.signed_by_of", { district: stop.district })} />
      <button type="submit" disabled={busy}>{t("shipping.receive")}</button>
    </form>
  );
}
