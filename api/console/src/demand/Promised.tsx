/** What may be promised of each model: qualified, less what is locked, less the safety stock. */
import { useSignal } from "@preact/signals";
import { put } from "../client";
import { useAct } from "../parts/load";
import { mayOperate } from "../session";
import { number, t, type Key } from "../texts";
import { roundUp, type Available } from "./views";
import { Wide } from "../parts/Wide";

const COLUMNS = ["qualified", "locked", "safety", "available", "short", "ordered", "to_verify"] as const;
const PARTS = ["locked", "safety", "available"] as const;
const [WIDTH, ROW, LEFT] = [900, 30, 130];

export function Promised({ models, again }: { models: readonly Available[]; again: () => void }) {
  return (
    <section class="spaced" aria-labelledby="promise">
      <h2 id="promise">{t("demand.promise")}</h2>
      <Wide label={t("demand.promise")}>
        <table>
          <caption class="hidden">{t("demand.promise")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("order.model")}</th>
              {COLUMNS.map((name) => <th key={name} scope="col" class="n">{t((name === "short" ? "demand.short_of" : `demand.${name}`) as Key)}</th>)}
              {mayOperate() ? <th scope="col">{t("demand.set_safety")}</th> : null}
            </tr>
          </thead>
          <tbody>
            {models.map((one) => (
              <tr key={one.model} data-available={one.model} class={one.short ? "wrong" : ""}>
                <th scope="row">{one.model}</th>
                {COLUMNS.map((name) => <td key={name} class="n">{number(one[name])}</td>)}
                {mayOperate() ? <td><Safety one={one} again={again} /></td> : null}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {models.length ? <Plot models={models} /> : <p class="quiet">{t("demand.no_stock")}</p>}
    </section>
  );
}

function Safety({ one, again }: { one: Available; again: () => void }) {
  const { problem, busy, act } = useAct();
  const meters = useSignal(String(one.safety));
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    await act(() => put(`/stock/safety/${encodeURIComponent(one.model)}`, { meters: Number(meters.value) }));
    again();
  };
  return (
    <form class="pair" onSubmit={(event) => void submit(event)}>
      <input class="figure-input" type="number" min={0} max={10_000_000} required value={meters.value} aria-label={t("demand.safety_of", { model: one.model })} onInput={(event) => (meters.value = event.currentTarget.value)} />
      <button type="submit" disabled={busy || Number(meters.value) === one.safety}>{t("demand.set")}</button>
      <span role="alert" class="problem">{problem}</span>
    </form>
  );
}

/** Qualified stock of each model as one bar of its parts; what is missing to the safety stock stands behind it. */
function Plot({ models }: { models: readonly Available[] }) {
  const most = roundUp(Math.max(1, ...models.map((one) => one.locked + one.safety + one.available)));
  const x = (value: number): number => LEFT + (value / most) * (WIDTH - LEFT - 60);
  const height = ROW * models.length + 24;
  const told = models.map((one) => t("demand.promise_as_text", { model: one.model, available: number(one.available), qualified: number(one.qualified) })).join("; ");
  return (
    <figure class="figure">
      <svg class="plot" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`${t("demand.promise")}. ${told}`}>
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <g key={part}>
            <line class="faint" x1={x(most * part)} x2={x(most * part)} y1="0" y2={height - 20} />
            <text x={x(most * part)} y={height - 6} text-anchor="middle">{number(Math.round(most * part * 100) / 100)}</text>
          </g>
        ))}
        {models.map((one, i) => <Bar key={one.model} one={one} top={i * ROW + 5} x={x} />)}
      </svg>
      <ul class="keys">
        {PARTS.map((part) => <li key={part}><span class={`key of-${part}`} /> {t(`demand.${part}` as Key)}</li>)}
      </ul>
    </figure>
  );
}

function Bar({ one, top, x }: { one: Available; top: number; x: (value: number) => number }) {
  let from = 0;
  return (
    <g>
      <text class="name" x={LEFT - 8} y={top + 14} text-anchor="end">{one.model.slice(0, 16)}</text>
      {PARTS.map((part) => {
        const [start, end] = [from, (from += one[part])];
        return end > start ? <rect key={part} class={`of-${part}`} x={x(start)} width={x(end) - x(start)} y={top} height={ROW - 10} /> : null;
      })}
      <text class="name" x={x(from) + 6} y={top + 14}>{number(one.available)}</text>
    </g>
  );
}
