/** A figure over plant time for every scenario, each with the band of its interval; the warm-up is grey. */
import { useSignal } from "@preact/signals";
import { t } from "../texts";
import { COLOURS, DASHES, marks } from "./axis";
import { figure, responseName, scaleOf, unitName } from "./words";
import { short } from "./Whiskers";
import type { Scenario, Series } from "./views";

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [900, 280, 60, 34];

export function SeriesPlot({ scenarios }: { scenarios: Scenario[] }) {
  const names = byHeight(scenarios);
  const chosen = useSignal("");
  const name = names.includes(chosen.value) ? chosen.value : names[0];
  if (!name) return null;
  return (
    <section class="spaced wide" aria-label={t("studies.series")}>
      <h2>{t("studies.series")}</h2>
      <label class="block">
        {t("studies.which_series")}{" "}
        <select value={name} onChange={(event) => (chosen.value = event.currentTarget.value)}>
          {names.map((one) => <option key={one} value={one}>{responseName(one)}</option>)}
        </select>
      </label>
      <Lines name={name} scenarios={scenarios.filter((one) => name in one.series)} />
    </section>
  );
}

const top = (series: Series): number => Math.max(0, ...series.mean.map((value) => value ?? 0));

/** Queues first, the longest before the others. */
function byHeight(scenarios: Scenario[]): string[] {
  const tallest = new Map<string, number>();
  for (const one of scenarios) for (const [name, series] of Object.entries(one.series)) tallest.set(name, Math.max(tallest.get(name) ?? 0, top(series)));
  const waits = (name: string): number => (/^(queue|waiting)/.test(name) ? 0 : 1);
  return [...tallest.keys()].filter((name) => tallest.get(name)! > 0).sort((a, b) => waits(a) - waits(b) || tallest.get(b)! - tallest.get(a)!).slice(0, 60);
}

function Lines({ name, scenarios }: { name: string; scenarios: Scenario[] }) {
  const all = scenarios.map((one) => one.series[name]!);
  const most = Math.max(1e-9, ...all.flatMap((one) => one.mean.map((value, i) => (value ?? 0) + (one.half_width[i] ?? 0))));
  const scale = scaleOf(all[0]!.unit, most);
  const last = Math.max(1, ...all.flatMap((one) => one.at_s)) / 3600;
  const x = (at_s: number): number => LEFT + (at_s / 3600 / last) * (WIDTH - LEFT - 10);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / most) * (HEIGHT - BOTTOM - 10);
  const unit = unitName(scale.unit);
  const title = unit ? `${responseName(name)} (${unit})` : responseName(name);
  const told = scenarios.map((one, i) => t("studies.as_text", { name: one.name, value: figure(top(all[i]!) * scale.factor) })).join("; ");
  return (
    <figure class="figure">
      <figcaption>{title}</figcaption>
      <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${title}. ${told}`}>
        <rect class="warm" x={LEFT} y="0" width={Math.max(0, x(Math.max(...scenarios.map((one) => one.warm_s))) - LEFT)} height={HEIGHT - BOTTOM} />
        {marks(0, last, 10).map((mark) => <text key={mark} x={x(mark * 3600)} y={HEIGHT - 18} text-anchor="middle">{figure(mark)}</text>)}
        <text x={WIDTH / 2} y={HEIGHT - 4} text-anchor="middle">{t("study.plant_hours")}</text>
        {marks(0, most * scale.factor, 5).map((mark) => (
          <g key={mark}>
            <line class="faint" x1={LEFT} x2={WIDTH - 10} y1={y(mark / scale.factor)} y2={y(mark / scale.factor)} />
            <text x={LEFT - 6} y={y(mark / scale.factor) + 4} text-anchor="end">{figure(mark)}</text>
          </g>
        ))}
        {all.map((one, i) => <path key={`band ${i}`} d={band(one, x, y)} fill={COLOURS[i % 8]} fill-opacity="0.16" />)}
        {all.map((one, i) => <path key={`line ${i}`} d={path(one, x, y)} fill="none" stroke={COLOURS[i % 8]} stroke-width="2" stroke-dasharray={DASHES[i % 8]} />)}
      </svg>
      <ul class="keys">
        {scenarios.map((one, i) => (
          <li key={one.name}>
            <svg viewBox="0 0 30 8" width="30" height="8" aria-hidden="true"><line x1="0" x2="30" y1="4" y2="4" stroke={COLOURS[i % 8]} stroke-width="3" stroke-dasharray={DASHES[i % 8]} /></svg> {short(one.name, 40)}
          </li>
        ))}
      </ul>
    </figure>
  );
}

type To = (value: number) => number;

function path(one: Series, x: To, y: To): string {
  let pen = "M";
  return one.mean.map((value, i) => {
    if (value === null) return ((pen = "M"), "");
    const step = `${pen}${x(one.at_s[i]!).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = "L";
    return step;
  }).join("");
}

function band(one: Series, x: To, y: To): string {
  const known = one.mean.map((mean, i) => ({ mean, half: one.half_width[i] ?? null, at: one.at_s[i]! })).filter((p): p is { mean: number; half: number; at: number } => p.mean !== null && p.half !== null);
  if (known.length < 2) return "";
  const upper = known.map((p) => `${x(p.at).toFixed(1)} ${y(p.mean + p.half).toFixed(1)}`);
  const lower = known.map((p) => `${x(p.at).toFixed(1)} ${y(Math.max(0, p.mean - p.half)).toFixed(1)}`).reverse();
  return `M${[...upper, ...lower].join("L")}Z`;
}
