/** The newest errors by position against their limit: judged ones as dots, what the error boards read now as rings. */
import { say, t } from "../texts";
import { bothWays, type BenchShown } from "./shown";

interface Mark {
  position: number;
  value: number;
  limit: number;
  judged: boolean;
  bad: boolean;
}
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [900, 220, 46, 26, 10];

export function ErrorPlot({ seen, positions: count }: { seen: BenchShown; positions: number }) {
  const marks = marksOf(seen);
  const newest = newestOf(seen);
  if (!marks.length) return null;
  const limit = Math.max(...marks.map((one) => one.limit), 0);
  const top = Math.max(limit * 1.3, ...marks.map((one) => Math.abs(one.value) * 1.1), 0.1);
  const x = (position: number): number => LEFT + ((position - 0.5) / count) * (WIDTH - LEFT - 4);
  const y = (value: number): number => TOP + ((top - value) / (2 * top)) * (HEIGHT - TOP - BOTTOM);
  const both = newest ? bothWays(newest.item) : true;
  const outside = marks.filter((one) => one.bad).map((one) => one.position);
  const about = newest ? `${say("item", newest.item)} ${newest.point}` : "";
  const label = t("bench.plot", { about, count: marks.length, outside: outside.join(", ") || "0" });
  return (
    <section aria-label={t("bench.readings")} class="wide spaced">
      <h2>{t("bench.readings")} <span class="quiet">{about}</span></h2>
      <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {[top, 0, -top].map((value) => (
          <text key={value} x={LEFT - 4} y={y(value) + 4} text-anchor="end">{value.toFixed(2)}</text>
        ))}
        <line class="axis" x1={LEFT} x2={WIDTH} y1={y(0)} y2={y(0)} />
        {limit > 0 ? (both ? [limit, -limit] : [limit]).map((value) => <line key={value} class="limit" x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} />) : null}
        {limit > 0 ? <text x={WIDTH - 4} y={y(limit) - 4} text-anchor="end">{both ? `± ${limit}` : String(limit)}</text> : null}
        {ticks(count).map((position) => <text key={position} x={x(position)} y={HEIGHT - 6} text-anchor="middle">{position}</text>)}
        {marks.map((one) => (
          <circle key={`${one.position}${one.judged ? "j" : "r"}`} cx={x(one.position)} cy={y(one.value)} r="4" class={one.judged ? (one.bad ? "dot bad" : "dot") : "ring"} />
        ))}
      </svg>
    </section>
  );
}

/** The judged error of the case that was reported last, and what is read now; other cases are not comparable. */
function marksOf(seen: BenchShown): Mark[] {
  const newest = newestOf(seen);
  const marks: Mark[] = [];
  for (const [position, one] of Object.entries(seen.positions)) {
    const result = one.result;
    if (newest && result && result.value !== "" && result.case === newest.case && result.point === newest.point) {
      marks.push({ position: Number(position), value: Number(result.value), limit: Math.abs(Number(result.limit)) || 0, judged: true, bad: result.verdict === "fail" });
    }
    if (one.error_percent !== "") marks.push({ position: Number(position), value: Number(one.error_percent), limit: 0, judged: false, bad: false });
  }
  return marks.filter((mark) => Number.isFinite(mark.value));
}

function newestOf(seen: BenchShown): { item: string; case: string; point: string } | undefined {
  const results = Object.values(seen.positions).flatMap((one) => (one.result && one.result.value !== "" && Number.isFinite(Number(one.result.value)) ? [one.result] : []));
  return results.sort((a, b) => b.at_ms - a.at_ms)[0];
}

function ticks(count: number): number[] {
  const step = count > 30 ? 10 : count > 10 ? 5 : 1;
  return Array.from({ length: count }, (_, i) => i + 1).filter((position) => position === 1 || position % step === 0);
}
