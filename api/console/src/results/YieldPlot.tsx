/** Yield of a lot by bench, first tests only. */
import { number, t } from "../texts";

const [WIDTH, ROW] = [900, 26];

export function YieldPlot({ benches }: { benches: { bench: string; tested: number; passed: number }[] }) {
  if (!benches.length) return null;
  const share = (one: { tested: number; passed: number }): number => (one.tested ? one.passed / one.tested : 0);
  const told = benches.map((one) => `${one.bench} ${number(Number((100 * share(one)).toFixed(2)))} %`).join(", ");
  return (
    <section class="spaced wide" aria-label={t("paper.yield_title")}>
      <h2>{t("paper.yield_title")}</h2>
      <svg class="plot" viewBox={`0 0 ${WIDTH} ${benches.length * ROW + 6}`} role="img" aria-label={`${t("paper.yield_title")}: ${told}`}>
        {benches.map((one, i) => (
          <g key={one.bench} transform={`translate(0 ${i * ROW + 4})`}>
            <text x="60" y="16" text-anchor="end">{one.bench}</text>
            <rect class="room" x="70" y="2" width="600" height={ROW - 8} />
            <rect class="bar" x="70" y="2" width={600 * share(one)} height={ROW - 8} />
            <text x="680" y="16">{`${number(Number((100 * share(one)).toFixed(2)))} % (${number(one.passed)} / ${number(one.tested)})`}</text>
          </g>
        ))}
      </svg>
    </section>
  );
}
