/** Dots with whiskers, one row each, on a common axis; a line at zero where differences are shown. */
import { COLOURS, marks } from "./axis";
import { estimate, figure, high, low, unitName, type Scale } from "./words";
import type { Interval } from "./views";

export interface Row {
  name: string;
  interval: Interval;
  quiet?: boolean;
}

const [WIDTH, LEFT, RIGHT, ROW, BOTTOM] = [900, 250, 150, 30, 30];

export function Whiskers({ title, rows, scale, zero = false }: { title: string; rows: Row[]; scale: Scale; zero?: boolean }) {
  if (!rows.length) return null;
  const ends = rows.flatMap(({ interval }) => [low(interval) * scale.factor, high(interval) * scale.factor]).concat(zero ? [0] : []);
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const room = (most - least || Math.abs(most) || 1) * 0.06;
  const [from, to] = [least - room, most + room];
  const x = (value: number): number => LEFT + ((value - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const height = rows.length * ROW + 8;
  const unit = unitName(scale.unit);
  const told = (one: Row): string => `${one.name} ${estimate(one.interval, scale)}${unit ? ` ${unit}` : ""}`;
  return (
    <figure class="figure">
      <figcaption>{unit ? `${title} (${unit})` : title}</figcaption>
      <svg class="plot" viewBox={`0 0 ${WIDTH} ${height + BOTTOM}`} role="img" aria-label={`${title}: ${rows.map(told).join("; ")}`}>
        {marks(from, to).map((mark) => (
          <g key={mark}>
            <line class="faint" x1={x(mark)} x2={x(mark)} y1="0" y2={height} />
            <text x={x(mark)} y={height + 18} text-anchor="middle">{figure(mark)}</text>
          </g>
        ))}
        {zero ? <line class="zero" x1={x(0)} x2={x(0)} y1="0" y2={height} /> : null}
        {rows.map((one, i) => (
          <g key={one.name} transform={`translate(0 ${i * ROW + ROW / 2 + 4})`} stroke={one.quiet ? "#6b6b6b" : COLOURS[i % COLOURS.length]} fill={one.quiet ? "#6b6b6b" : COLOURS[i % COLOURS.length]}>
            <text class="name" stroke="none" x={LEFT - 12} y="4" text-anchor="end">{short(one.name)}</text>
            <line stroke-width="2" x1={x(low(one.interval) * scale.factor)} x2={x(high(one.interval) * scale.factor)} y1="0" y2="0" />
            {[low(one.interval), high(one.interval)].map((end, n) => <line key={n} stroke-width="2" x1={x(end * scale.factor)} x2={x(end * scale.factor)} y1="-5" y2="5" />)}
            <circle r="5" cx={x(one.interval.mean * scale.factor)} cy="0" stroke="none" />
            <text stroke="none" x={WIDTH - RIGHT + 14} y="4">{estimate(one.interval, scale)}</text>
          </g>
        ))}
      </svg>
    </figure>
  );
}

export const short = (name: string, most = 34): string => (name.length > most ? `${name.slice(0, most - 1)}…` : name);
