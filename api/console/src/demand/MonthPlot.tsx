/** What is planned in each month beside what there is for it; what is missing is hatched and has its figure. */
import { number, t } from "../texts";
import { roundUp, type Outlook } from "./views";

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [900, 220, 64, 24, 18];

export function MonthPlot({ model, outlook }: { model: string; outlook: readonly Outlook[] }) {
  const most = roundUp(Math.max(1, ...outlook.map((one) => Math.max(one.demand, one.supply))));
  const step = (WIDTH - LEFT - 10) / outlook.length;
  const bar = Math.min(46, step / 3);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / most) * (HEIGHT - BOTTOM - TOP);
  const hatch = `hatch-${model.replace(/\W/g, "_")}`;
  const told = outlook.map((one) => t("demand.as_text", { month: one.month, demand: number(one.demand), supply: number(one.supply), short: number(one.short) })).join("; ");
  return (
    <figure class="figure">
      <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${t("demand.of_model", { model })}. ${told}`}>
        <defs>
          <pattern id={hatch} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" x2="0" y1="0" y2="7" /></pattern>
        </defs>
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <g key={part}>
            <line class="faint" x1={LEFT} x2={WIDTH - 10} y1={y(most * part)} y2={y(most * part)} />
            <text x={LEFT - 6} y={y(most * part) + 4} text-anchor="end">{number(Math.round(most * part * 100) / 100)}</text>
          </g>
        ))}
        {outlook.map((one, i) => {
          const middle = LEFT + step * (i + 0.5);
          return (
            <g key={one.month}>
              <rect class="planned" x={middle - bar} width={bar} y={y(one.demand)} height={y(0) - y(one.demand)} />
              {one.short ? <rect class="missing" fill={`url(#${hatch})`} x={middle - bar} width={bar} y={y(one.demand)} height={y(one.demand - one.short) - y(one.demand)} /> : null}
              <rect class="bar" x={middle + 2} width={bar} y={y(one.supply)} height={y(0) - y(one.supply)} />
              {one.short ? <text class="name" x={middle - bar / 2} y={y(one.demand) - 4} text-anchor="middle">{`−${number(one.short)}`}</text> : null}
              <text x={middle} y={HEIGHT - 6} text-anchor="middle">{one.month}</text>
            </g>
          );
        })}
      </svg>
      <ul class="keys">
        <li><span class="key of-planned" /> {t("demand.key_planned")}</li>
        <li><span class="key of-supply" /> {t("demand.key_supply")}</li>
        <li><span class="key of-missing" /> {t("demand.key_missing")}</li>
      </ul>
    </figure>
  );
}
