import { useSignal } from "@preact/signals";
import { MapTable, DeviceTable } from "../map/MapTable";
import { PlantMap } from "../map/PlantMap";
import type { Plant } from "../map/plant";
import { Alarms } from "../parts/Alarms";
import { Progress, Totals } from "../parts/Bars";
import { useLoad } from "../parts/load";
import { t } from "../texts";

let kept: Plant | null = null; // a plant file does not change while its site runs

export function Overview() {
  const loaded = useLoad<Plant>(kept ? "" : "/plant");
  const asTable = useSignal(false);
  const all = useSignal(false);
  const plant = (kept ??= loaded.value);
  if (!plant) return <p class="quiet pad">{loaded.problem?.text ?? t("live.connecting")}</p>;
  return (
    <div class="overview">
      <h1>{plant.name}</h1>
      <div class="wide">
        <button type="button" aria-pressed={asTable.value} onClick={() => (asTable.value = !asTable.value)}>
          {t("map.as_table")}
        </button>
        {asTable.value ? <MapTable plant={plant} /> : <PlantMap plant={plant} />}
      </div>
      <div class="side">
        <Alarms />
        <Totals />
        <Progress />
      </div>
      <section class="wide" aria-labelledby="devices">
        <h2 id="devices">{t("device.title")}</h2>
        <button type="button" aria-pressed={all.value} onClick={() => (all.value = !all.value)}>
          {t("device.all")}
        </button>
        <DeviceTable plant={plant} all={all.value} />
      </section>
    </div>
  );
}
