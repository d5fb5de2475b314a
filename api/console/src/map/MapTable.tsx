import { alarms, devices, faults, links, slots, units } from "../live";
import { number, reason, say, t } from "../texts";
import { forEachSlot } from "./paint";
import { devicesOf, type Plant } from "./plant";

/** The same as the map, as tables: racks, cranes, units on the floor. */
export function MapTable({ plant }: { plant: Plant }) {
  return (
    <div class="columns">
      <table>
        <caption>{t("map.racks")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("map.aisle")}</th>
            <th scope="col" class="n">{t("map.occupied")}</th>
            <th scope="col" class="n">{t("map.slots")}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(plant.aisles).map(([id, aisle]) => {
            let [taken, all] = [0, 0];
            forEachSlot({ id, aisle }, (slot) => {
              all++;
              if (slot in slots.value) taken++;
            });
            return (
              <tr key={id}>
                <th scope="row">{id}</th>
                <td class="n">{number(taken)}</td>
                <td class="n">{number(all)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <table>
        <caption>{t("map.cranes")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("device.id")}</th>
            <th scope="col" class="n">{t("map.along")}</th>
            <th scope="col" class="n">{t("map.height")}</th>
            <th scope="col">{t("map.load")}</th>
          </tr>
        </thead>
        <tbody>
          {Object.keys(plant.cranes).map((id) => {
            const seen = devices.value[id];
            return (
              <tr key={id} data-crane={id}>
                <th scope="row">{id}</th>
                <td class="n">{metres(seen?.x_mm)}</td>
                <td class="n">{metres(seen?.y_mm)}</td>
                <td>{seen?.loaded ? t("map.loaded") : t("map.empty")}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <table>
        <caption>{t("map.units")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("unit.id")}</th>
            <th scope="col">{t("unit.at")}</th>
            <th scope="col">{t("unit.order")}</th>
            <th scope="col">{t("unit.why")}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(units.value)
            .sort(([a], [b]) => a.localeCompare(b))
            .map(([id, unit]) => (
              <tr key={id}>
                <th scope="row">{id}</th>
                <td>{unit.at}</td>
                <td>{unit.order || ""}</td>
                <td>
                  {unit.faults.map((fault) => say("fault", fault)).join(", ")}
                  {unit.why ? ` ${reason(unit.why.code, unit.why.params)}` : ""}
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

const metres = (mm: number | undefined) => `${((mm ?? 0) / 1000).toFixed(1)} m`;

/** Every device with its state; conveyors only when `all`, or when something is wrong with one. */
export function DeviceTable({ plant, all }: { plant: Plant; all: boolean }) {
  const wrong = new Set(Object.values(alarms.value).map((alarm) => alarm.device));
  const shown = devicesOf(plant).filter((d) => all || d.kind !== "conveyor" || faults.value[d.id] || wrong.has(d.id));
  return (
    <table>
      <caption class="hidden">{t("device.caption")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("device.id")}</th>
          <th scope="col">{t("device.kind")}</th>
          <th scope="col">{t("device.plc")}</th>
          <th scope="col">{t("device.state")}</th>
          <th scope="col">{t("device.mission")}</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((device) => {
          const [seen, link, fault] = [devices.value[device.id], links.value[device.plc], faults.value[device.id]];
          return (
            <tr key={device.id} class={fault ? "wrong" : ""}>
              <th scope="row">{device.id}</th>
              <td>{say("kind", device.kind)}</td>
              <td>
                {device.plc} {link?.soft ? <span class="chip">{t("device.soft")}</span> : null}
              </td>
              <td>
                {link?.online ? say("state", seen?.state ?? 0) : t("device.offline")}
                {fault ? ` · ${say("fault_code", fault)}` : ""}
              </td>
              <td>{seen?.mission || ""}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
