/** How the positions of a bench read beside one another over its last runs; a suspect one stands out. */
import { useOnce } from "../parts/load";
import { t } from "../texts";
import type { BiasView } from "./views";

const [WIDTH, HEIGHT, LEFT] = [900, 180, 50];

export function Bias({ bench }: { bench: string }) {
  const { value } = useOnce<BiasView[]>(`/results/benches/${encodeURIComponent(bench)}/bias`);
  if (!value?.length) return null;
  const count = Math.max(...value.map((one) => one.position));
  const top = Math.max(0.01, ...value.map((one) => Math.abs(one.deviation_percent))) * 1.15;
  const x = (position: number): number => LEFT + ((position - 0.5) / count) * (WIDTH - LEFT - 4);
  const y = (percent: number): number => 8 + ((top - percent) / (2 * top)) * (HEIGHT - 34);
  const suspect = value.filter((one) => one.suspect).map((one) => one.position);
  const step = count > 30 ? 10 : count > 10 ? 5 : 1;
  const ticks = value.map((one) => one.position).filter((position) => position === 1 || position % step === 0);
  return (
    <section class="spaced wide" aria-label={`${t("paper.bias_title")} ${bench}`}>
      <h2>{`${t("paper.bias_title")} ${bench}`}</h2>
      <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("result.bias_plot", { bench, suspect: suspect.join(", ") || t("paper.none") })}>
        <line class="axis" x1={LEFT} x2={WIDTH} y1={y(0)} y2={y(0)} />
        {[top, 0, -top].map((percent) => <text key={percent} x={LEFT - 4} y={y(percent) + 4} text-anchor="end">{percent.toFixed(3)}</text>)}
        {ticks.map((position) => <text key={position} x={x(position)} y={HEIGHT - 4} text-anchor="middle">{position}</text>)}
        {value.map((one) => <circle key={one.position} class={one.suspect ? "dot bad" : "ring"} cx={x(one.position)} cy={y(one.deviation_percent)} r="4" />)}
      </svg>
      <p class="quiet">{t("paper.bias_axis")}</p>
      {suspect.length ? <p class="note">{t("result.suspect", { bench, positions: suspect.join(", ") })} <a href={`/benches/${bench}`}>{t("bench.name", { bench })}</a></p> : null}
    </section>
  );
}
