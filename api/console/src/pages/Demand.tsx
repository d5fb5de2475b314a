/** What districts want by the month against stock and lines, with the warning before a shortage; what may be promised. */
import { useComputed, useSignal } from "@preact/signals";
import { Enter } from "../demand/Enter";
import { Months } from "../demand/Months";
import { Promised } from "../demand/Promised";
import type { Available, Outlook, Planned } from "../demand/views";
import { useSeldom } from "../parts/load";
import { mayOperate } from "../session";
import { number, t } from "../texts";

const within = (text: string, least: number, most: number, otherwise: number): number => (Number(text) >= least && Number(text) <= most ? Number(text) : otherwise);

export function Demand() {
  const hours = useSignal(16);
  const days = useSignal(21);
  const path = useComputed(() => `/demand?hours_a_day=${hours.value}&days=${days.value}`);
  const outlook = useSeldom<Outlook[]>(path);
  const planned = useSeldom<Planned[]>("/overviews/demand");
  const available = useSeldom<Available[]>("/stock/available");
  const again = (): void => { outlook.again(); planned.again(); available.again(); };
  const short = (outlook.value ?? []).filter((one) => one.short);
  return (
    <div class="pad">
      <h1>{t("demand.title")}</h1>
      <p role="alert" class="problem">{(outlook.problem ?? planned.problem ?? available.problem)?.text}</p>
      {short.length ? <p class="banner" role="status">{t("demand.warning", { month: short[0]!.month, model: short[0]!.model, meters: number(short[0]!.short), count: short.length })}</p> : null}
      {mayOperate() ? <Enter models={(available.value ?? []).map((one) => one.model)} again={again} /> : null}
      <p class="form spaced">
        <label>{t("demand.hours_a_day")}<input class="figure-input" type="number" min={1} max={24} value={hours.value} onChange={(event) => (hours.value = within(event.currentTarget.value, 1, 24, 16))} /></label>
        <label>{t("demand.days_a_month")}<input class="figure-input" type="number" min={1} max={31} value={days.value} onChange={(event) => (days.value = Math.round(within(event.currentTarget.value, 1, 31, 21)))} /></label>
      </p>
      {outlook.value?.length === 0 ? <p class="quiet">{t("demand.nothing_planned")}</p> : null}
      <Months outlook={outlook.value ?? []} planned={planned.value ?? []} />
      <Promised models={available.value ?? []} again={again} />
    </div>
  );
}
