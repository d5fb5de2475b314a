/** Months by districts for each model, what there will be for it, and what will be missing and why. */
import { number, say, t, type Key } from "../texts";
import { MonthPlot } from "./MonthPlot";
import type { Outlook, Planned } from "./views";
import { Wide } from "../parts/Wide";

export function Months({ outlook, planned }: { outlook: readonly Outlook[]; planned: readonly Planned[] }) {
  const models = [...new Set(outlook.map((one) => one.model))].sort();
  return (
    <>
      {models.map((model) => (
        <Model key={model} model={model} outlook={outlook.filter((one) => one.model === model)} planned={planned.filter((one) => one.model === model)} />
      ))}
    </>
  );
}

function Model({ model, outlook, planned }: { model: string; outlook: readonly Outlook[]; planned: readonly Planned[] }) {
  const districts = [...new Set(planned.map((one) => one.district))].sort();
  const meters = new Map(planned.map((one) => [`${one.month} ${one.district}`, one.meters]));
  return (
    <section class="spaced" aria-label={t("demand.of_model", { model })} data-model={model}>
      <h2>{t("demand.of_model", { model })}</h2>
      <Wide label={t("demand.of_model", { model })}>
        <table>
          <caption class="hidden">{t("demand.of_model", { model })}</caption>
          <thead>
            <tr>
              <th scope="col">{t("order.district")}</th>
              {outlook.map((one) => <th key={one.month} scope="col" class="n">{one.month}</th>)}
            </tr>
          </thead>
          <tbody>
            {districts.map((district) => (
              <tr key={district}>
                <th scope="row">{district}</th>
                {outlook.map((one) => <td key={one.month} class="n">{shown(meters.get(`${one.month} ${district}`))}</td>)}
              </tr>
            ))}
            {(["demand", "supply", "verify", "capacity"] as const).map((row) => (
              <tr key={row} class={row === "demand" ? "sum" : ""}>
                <th scope="row">{t(`demand.row_${row}` as Key)}</th>
                {outlook.map((one) => <td key={one.month} class="n">{number(one[row])}</td>)}
              </tr>
            ))}
            <tr>
              <th scope="row">{t("demand.row_short")}</th>
              {outlook.map((one) => (
                <td key={one.month} class={one.short ? "n short" : "n"} data-short={one.month}>
                  {one.short ? t("demand.short", { meters: number(one.short), cause: say("demand_cause", one.cause) }) : t("demand.enough")}
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </Wide>
      <MonthPlot model={model} outlook={outlook} />
    </section>
  );
}

function shown(meters: number | undefined): string {
  return meters ? number(meters) : "";
}
