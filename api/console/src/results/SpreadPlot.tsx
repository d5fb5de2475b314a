/** How the intrinsic errors of a lot lie at one point: counted in shares of the limit; outside of it in red. */
import { useSignal } from "@preact/signals";
import { number, t } from "../texts";
import type { Spread } from "./views";

const [WIDTH, HEIGHT, BOTTOM] = [900, 220, 40];

export function SpreadPlot({ spreads }: { spreads: Spread[] }) {
  const chosen = useSignal(0);
  const spread = spreads[Math.min(chosen.value, spreads.length - 1)]!;
  return (
    <section class="spaced wide" aria-label={t("paper.errors_title")}>
      <h2>{t("paper.errors_title")}</h2>
      <label class="block">
        {t("paper.point")}{" "}
        <select value={String(chosen.value)} onChange={(event) => (chosen.value = Number(event.currentTarget.value))}>
          {spreads.map((one, i) => (
            <option key={one.point} value={String(i)}>{one.point}</option>
          ))}
        </select>
      </label>
      <Histogram spread={spread} />
      <p class="quiet">{t("paper.errors_axis")}</p>
      <p>{t("result.spread", { meters: number(spread.meters), mean: spread.mean_percent, least: spread.least_percent, most: spread.most_percent, limit: spread.limit_percent })}</p>
    </section>
  );
}

function Histogram({ spread }: { spread: Spread }) {
  const { counts } = spread;
  const top = Math.max(1, ...counts);
  const width = WIDTH / counts.length;
  const height = (count: number): number => (count / top) * (HEIGHT - BOTTOM - 18);
  const outside = (counts[0] ?? 0) + (counts[counts.length - 1] ?? 0);
  return (
    <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("result.spread_plot", { point: spread.point, meters: number(spread.meters), outside: number(outside) })}>
      {counts.map((count, i) => (
        <g key={i}>
          <rect class={i === 0 || i === counts.length - 1 ? "bar bad" : "bar"} x={i * width + 2} y={HEIGHT - BOTTOM - height(count)} width={width - 4} height={height(count)} />
          {count ? <text x={(i + 0.5) * width} y={HEIGHT - BOTTOM - height(count) - 4} text-anchor="middle">{number(count)}</text> : null}
        </g>
      ))}
      <line class="axis" x1="0" x2={WIDTH} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
      {[width, WIDTH - width].map((x) => <line key={x} class="limit" x1={x} x2={x} y1="0" y2={HEIGHT - BOTTOM} />)}
      {[["-1", width], ["0", WIDTH / 2], ["+1", WIDTH - width]].map(([text, x]) => <text key={String(text)} x={x} y={HEIGHT - BOTTOM + 18} text-anchor="middle">{text}</text>)}
    </svg>
  );
}
