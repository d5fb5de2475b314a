import { useSignal } from "@preact/signals";
import { Problem, post } from "../client";
import { Reasons } from "../parts/Reasons";
import { useLoad } from "../parts/load";
import { mayOperate } from "../session";
import { number, say, t } from "../texts";
import { doneOf, whatOf, type Line, type OrderView } from "./Orders";

/** One order: its lines, and every reason why it is not finished. */
export function Order({ number: id }: { number: string }) {
  const { value: order, problem, again } = useLoad<OrderView>(`/orders/${encodeURIComponent(id)}`);
  const refused = useSignal("");
  if (!order) return <p class="pad" role="alert">{problem?.text ?? t("live.connecting")}</p>;
  const [done, wanted] = doneOf(order);
  const open = !["finished", "cancelled"].includes(order.state);
  const cancel = async (): Promise<void> => {
    if (!confirm(t("order.confirm_cancel", { order: id }))) return;
    try {
      await post(`/orders/${id}/cancel`, { reason: "operator" });
      again();
    } catch (error) {
      refused.value = error instanceof Problem ? error.text : String(error);
    }
  };
  return (
    <div class="pad">
      <a href="/orders">{t("order.back")}</a>
      <h1>{`${order.number} ${say("order_kind", order.kind)} ${whatOf(order)}`}</h1>
      <p>
        {say("order_state", order.state)} · {t("order.of", { done: number(done), wanted: number(wanted) })}
      </p>
      <progress max={Math.max(1, wanted)} value={done} aria-label={t("order.done")} />
      <section aria-labelledby="why">
        <h2 id="why">{t("order.why")}</h2>
        {order.why.length ? <Reasons reasons={order.why} /> : <p>{t("order.why_none")}</p>}
      </section>
      {order.lines.length ? <Lines lines={order.lines} /> : null}
      {open && mayOperate() ? (
        <p>
          <button type="button" onClick={() => void cancel()}>{t("order.cancel")}</button>
        </p>
      ) : null}
      <p role="alert" class="problem">{refused.value}</p>
    </div>
  );
}

function Lines({ lines }: { lines: Line[] }) {
  return (
    <table>
      <caption>{t("order.lines")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("order.district")}</th>
          <th scope="col">{t("order.model")}</th>
          <th scope="col">{t("kind.dock")}</th>
          <th scope="col" class="n">{t("order.quantity")}</th>
          <th scope="col" class="n">{t("order.promised")}</th>
          <th scope="col" class="n">{t("order.shipped")}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.number}>
            <th scope="row">{line.district}</th>
            <td>{line.model}</td>
            <td>{line.dock}</td>
            <td class="n">{number(line.quantity)}</td>
            <td class="n">{number(line.promised)}</td>
            <td class="n">{number(line.shipped)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
