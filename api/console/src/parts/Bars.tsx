import { clock, links, orders, stale, totals, type OrderProgress } from "../live";
import { number, say, t, type Key } from "../texts";
import { Reasons } from "./Reasons";

const SHOWN = ["meters_in", "received", "to_verify", "on_line", "meters_in_stock", "meters_shipped", "meters_rejected", "quarantine", "missing"] as const;

/** How many meters are where. */
export function Totals() {
  const known = SHOWN.filter((name) => name in totals.value);
  return (
    <section aria-labelledby="totals">
      <h2 id="totals">{t("overview.totals")}</h2>
      <dl class="totals">
        {known.map((name) => (
          <div key={name}>
            <dt>{t(`total.${name}` as Key)}</dt>
            <dd data-total={name}>{number(totals.value[name] ?? 0)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** How far each open order is, and why one waits. */
export function Progress() {
  const open = Object.values(orders.value).sort((a, b) => a.number - b.number);
  return (
    <section aria-labelledby="progress">
      <h2 id="progress">{t("order.progress")}</h2>
      {open.length ? open.map((order) => <Bar key={order.number} order={order} />) : <p class="quiet">{t("order.none_open")}</p>}
    </section>
  );
}

function Bar({ order }: { order: OrderProgress }) {
  const label = `${order.number} ${say("order_kind", order.kind)} ${order.what}`;
  return (
    <div class="progress">
      <a href={`/orders/${order.number}`}>{label}</a>
      <span class="n">{t("order.of", { done: number(order.done), wanted: number(order.wanted) })}</span>
      <progress max={Math.max(1, order.wanted)} value={order.done} aria-label={label} />
      <Reasons reasons={order.why.slice(0, 2)} />
    </div>
  );
}

/** A banner that nobody can miss while the picture stands still. */
export function Stale() {
  return stale.value ? (
    <div class="stale" role="alert">
      {t("live.stale")}
    </div>
  ) : null;
}

/** Plant time, its pace, and which PLCs are soft or out of reach. */
export function Status() {
  const plant = clock.value["plant"];
  return (
    <div class="status">
      {Object.entries(links.value).map(([plc, link]) => (
        <span key={plc} class={link.online ? "chip" : "chip wrong"}>
          {plc} {link.online ? (link.soft ? t("device.soft") : t("device.online")) : say("link", link.reason || "offline")}
        </span>
      ))}
      {plant ? <span class="n">{t("live.time", { time: clockText(plant.now_ms), speed: plant.speed })}</span> : null}
    </div>
  );
}

function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (n: number): string => String(n).padStart(2, "0");
  const days = Math.floor(seconds / 86_400);
  return `${days ? `${number(days)} d ` : ""}${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
