/** What machines do with their time: a stacked bar for each, the busiest on top. */
import { useSignal } from "@preact/signals";
import { say, t } from "../texts";
import { STATES, type Scenario } from "./views";
import { figure } from "./words";
import { short } from "./Whiskers";

const [WIDTH, LEFT, ROW, SHOWN] = [900, 130, 22, 30];

export function SharesPlot({ scenarios }: { scenarios: Scenario[] }) {
  const chosen = useSignal(0);
  const scenario = scenarios[Math.min(chosen.value, scenarios.length - 1)];
  if (!scenario || !Object.keys(scenario.shares).length) return null;
  return (
    <section class="spaced wide" aria-label={t("studies.device_shares")}>
      <h2>{t("studies.device_shares")}</h2>
      <label class="block">
        {t("studies.scenario")}{" "}
        <select value={String(chosen.value)} onChange={(event) => (chosen.value = Number(event.currentTarget.value))}>
          {scenarios.map((one, i) => <option key={one.name} value={String(i)}>{one.name}</option>)}
        </select>
      </label>
      <ul class="keys" aria-hidden="true">
        {STATES.map((state) => <li key={state}><span class={`key time-${state}`} /> {say("study.state", state)}</li>)}
      </ul>
      <Bars scenario={scenario} />
    </section>
  );
}

function Bars({ scenario }: { scenario: Scenario }) {
  const mean = (device: string, state: string): number => scenario.shares[device]?.[state]?.mean ?? 0;
  const devices = Object.keys(scenario.shares).filter((device) => mean(device, "idle") < 0.998).sort((a, b) => mean(a, "idle") - mean(b, "idle") || a.localeCompare(b)).slice(0, SHOWN);
  const told = (device: string): string => `${device} ${STATES.slice(0, 4).map((state) => `${say("study.state", state)} ${figure(100 * mean(device, state))} %`).join(", ")}`;
  const room = WIDTH - LEFT - 10;
  return (
    <svg class="plot" viewBox={`0 0 ${WIDTH} ${devices.length * ROW + 26}`} role="img" aria-label={`${t("study.plot.shares", { scenario: scenario.name })}: ${devices.slice(0, 10).map(told).join("; ")}`}>
      {devices.map((device, i) => {
        let x = LEFT;
        return (
          <g key={device} transform={`translate(0 ${i * ROW + 4})`}>
            <text x={LEFT - 8} y="13" text-anchor="end">{short(device, 18)}</text>
            {STATES.map((state) => {
              const width = room * mean(device, state);
              const from = x;
              x += width;
              return <rect key={state} class={`time-${state}`} x={from} y="1" width={Math.max(0, width)} height={ROW - 6}><title>{`${device}: ${say("study.state", state)} ${figure(100 * mean(device, state))} %`}</title></rect>;
            })}
          </g>
        );
      })}
      {[0, 25, 50, 75, 100].map((part) => <text key={part} x={LEFT + (room * part) / 100} y={devices.length * ROW + 20} text-anchor={part === 100 ? "end" : "middle"}>{`${part} %`}</text>)}
    </svg>
  );
}
