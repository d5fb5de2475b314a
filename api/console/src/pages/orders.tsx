import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get } from "../api";
import { clock, reason, t, type Why } from "../i18n";
import { picture } from "../live";

interface Line { district: string; model: string; wanted: number; allocated: number; shipped: number }
interface Order { number: number; kind: string; key: string; state: string; lines: Line[]; why: Why[]; done: number; wanted: number }

const EVERY_MS = 2000;

export function Orders() {
  const orders = useSignal<Order[]>([]);
  useEffect(() => {
    const load = () => void get<Order[]>("/orders").then((found) => (orders.value = found)).catch(() => undefined);
    load();
    const timer = setInterval(load, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <section>
        <h2>{t("orders.title")}</h2>
        <table>
          <thead>
            <tr>
              <th>{t("column.number")}</th><th>{t("column.kind")}</th><th>{t("column.key")}</th><th>{t("column.state")}</th>
              <th>{t("column.progress")}</th><th>{t("column.why")}</th>
            </tr>
          </thead>
          <tbody>{orders.value.map((order) => <Row key={`${order.kind}-${order.number}`} order={order} />)}</tbody>
        </table>
      </section>
      <Transports />
    </>
  );
}

function Row({ order }: { order: Order }) {
  return (
    <tr data-order={order.number} data-kind={order.kind} data-state={order.state}>
      <td>{order.number}</td>
      <td>{t(`order.${order.kind}`)}</td>
      <td>{order.key}</td>
      <td>{t(`order_state.${order.state}`)}</td>
      <td>
        <progress max={order.wanted || 1} value={order.done} aria-label={t("column.progress")} /> {order.done} / {order.wanted}
      </td>
      <td>{order.why.map(reason).join("; ")}</td>
    </tr>
  );
}

function Transports() {
  const rows = Object.entries(picture.value.transports).sort(([a], [b]) => Number(a) - Number(b));
  return (
    <section>
      <h2>{t("orders.transports", { count: rows.length })}</h2>
      <table>
        <thead>
          <tr>
            <th>{t("column.number")}</th><th>{t("column.kind")}</th><th>{t("column.unit")}</th><th>{t("column.from")}</th>
            <th>{t("column.to")}</th><th>{t("column.state")}</th><th>{t("column.since")}</th><th>{t("column.why")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, 200).map(([number, order]) => (
            <tr key={number} class={order.state === "held" ? "fault" : ""}>
              <td>{number}</td><td>{t(`transport.${order.kind}`)}</td><td>{order.unit}</td><td>{order.source}</td>
              <td>{order.destination}</td><td>{t(`transport_state.${order.state}`)}</td><td>{clock(order.since)}</td>
              <td>{reason(order.why)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
