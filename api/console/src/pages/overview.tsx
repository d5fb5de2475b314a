import { effect, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { get } from "../api";
import { clock, number, reason, t } from "../i18n";
import { picture } from "../live";
import { PlantMap } from "../map";
import { machines, type Plant } from "../plant";

export function Overview() {
  const plant = useSignal<Plant | null>(null);
  useEffect(() => {
    void get<Plant>("/plant").then((found) => (plant.value = found)).catch(() => undefined);
  }, []);
  if (!plant.value) return <p>{t("console.loading")}</p>;
  return (
    <div class="overview">
      <Totals />
      <Map plant={plant.value} />
      <aside>
        <Alarms />
        <Devices plant={plant.value} />
      </aside>
      <Units />
    </div>
  );
}

const TOTALS = ["meters_in", "received", "on_line", "meters_in_stock", "meters_shipped", "meters_rejected"];

function Totals() {
  const totals = picture.value.totals;
  return (
    <dl class="totals" aria-label={t("overview.totals")}>
      {TOTALS.map((name) => (
        <div key={name}><dt>{t(`total.${name}`)}</dt><dd data-total={name}>{number(totals[name] ?? 0)}</dd></div>
      ))}
    </dl>
  );
}

function Map({ plant }: { plant: Plant }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const map = new PlantMap(canvas.current!, plant);
    const end = effect(() => map.draw(picture.value));
    return () => {
      end();
      map.close();
    };
  }, [plant]);
  return (
    <section class="map">
      <h2>{t("overview.map", { plant: plant.name })}</h2>
      <canvas ref={canvas} role="img" aria-label={t("overview.map_label")} />
      <ul class="positions" aria-label={t("overview.cranes")}>
        {Object.keys(plant.cranes).map((id) => {
          const seen = picture.value.devices[id];
          return (
            <li key={id} data-crane={id} data-x={seen?.x_mm ?? 0} data-y={seen?.y_mm ?? 0}>
              {t("overview.crane_at", {
                crane: id, x: ((seen?.x_mm ?? 0) / 1000).toFixed(1), y: ((seen?.y_mm ?? 0) / 1000).toFixed(1),
              })}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Alarms() {
  const alarms = Object.values(picture.value.alarms).sort((a, b) => a.priority - b.priority || b.id - a.id);
  return (
    <section aria-live="polite">
      <h2>{t("overview.alarms", { count: alarms.length })}</h2>
      {alarms.length === 0 && <p class="calm">{t("overview.no_alarms")}</p>}
      <ul class="alarms">
        {alarms.map((alarm) => (
          <li key={alarm.id} class={`p${alarm.priority}`}>
            <span class="mark" aria-hidden="true">{alarm.priority}</span>
            <span>
              <b>{t(`fault.${alarm.fault}`)}</b> {alarm.subject}
              <small>{t("overview.since", { time: clock(alarm.raised_ms) })} · {t(`reaction.${alarm.reaction}`)}</small>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Devices({ plant }: { plant: Plant }) {
  const { links, faults, devices } = picture.value;
  const state = (id: string, plc: string) => {
    if (!links[plc]?.online) return "offline";
    if (faults[id]) return "fault";
    return devices[id]?.mission ? "working" : "idle";
  };
  return (
    <section>
      <h2>{t("overview.devices")}</h2>
      <table>
        <thead><tr><th>{t("column.device")}</th><th>{t("column.plc")}</th><th>{t("column.state")}</th></tr></thead>
        <tbody>
          {machines(plant).map(({ id, plc }) => (
            <tr key={id} class={state(id, plc)}>
              <td>{id}</td>
              <td>{plc}{links[plc]?.soft ? ` (${t("console.soft_mark")})` : ""}</td>
              <td>{t(`state.${state(id, plc)}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Units() {
  const { units, transports } = picture.value;
  const rows = Object.entries(units).sort(([a], [b]) => a.localeCompare(b));
  return (
    <section class="units">
      <h2>{t("overview.units", { count: rows.length })}</h2>
      <table>
        <thead>
          <tr><th>{t("column.unit")}</th><th>{t("column.at")}</th><th>{t("column.to")}</th><th>{t("column.why")}</th></tr>
        </thead>
        <tbody>
          {rows.slice(0, 60).map(([id, unit]) => {
            const order = transports[unit.order];
            return (
              <tr key={id} class={unit.faults.length ? "fault" : ""}>
                <td>{id}</td><td>{unit.at}</td><td>{order?.destination ?? ""}</td>
                <td>{reason(unit.why ?? order?.why)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
