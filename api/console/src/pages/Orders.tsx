import { useSignal } from "@preact/signals";
import { Problem, post } from "../client";
import { Reasons } from "../parts/Reasons";
import { useLoad } from "../parts/load";
import { go } from "../router";
import { mayOperate } from "../session";
import { number, say, t } from "../texts";
import type { Why } from "../live";

export interface Line {
  number: number;
  district: string;
  model: string;
  dock: string;
  quantity: number;
  promised: number;
  shipped: number;
}
export interface OrderView {
  number: number;
  kind: string;
  state: string;
  lot: string;
  line: string;
  lines: Line[];
  pallets: number;
  pallets_done: number;
  why: Why[];
}

/** What an order is about, in a few words. */
export function whatOf(order: OrderView): string {
  return order.lot || [...new Set(order.lines.map((line) => line.district))].join(", ");
}

/** How far it is: meters for districts, pallets for a line. */
export function doneOf(order: OrderView): [done: number, wanted: number] {
  const sum = (name: "shipped" | "quantity"): number => order.lines.reduce((total, line) => total + line[name], 0);
  return order.kind === "distribution" ? [sum("shipped"), sum("quantity")] : [order.pallets_done, order.pallets];
}

export function Orders() {
  const { value, problem } = useLoad<OrderView[]>("/orders?limit=500");
  return (
    <div class="pad">
      <h1>{t("order.title")}</h1>
      {mayOperate() ? <NewDistribution /> : null}
      <p role="alert" class="problem">{problem?.text}</p>
      <table>
        <caption class="hidden">{t("order.title")}</caption>
        <thead>
          <tr>
            <th scope="col" class="n">{t("order.number")}</th>
            <th scope="col">{t("order.kind")}</th>
            <th scope="col">{t("order.what")}</th>
            <th scope="col">{t("order.state")}</th>
            <th scope="col" class="n">{t("order.done")}</th>
            <th scope="col">{t("order.why")}</th>
          </tr>
        </thead>
        <tbody>{[...(value ?? [])].reverse().map((order) => <Row key={order.number} order={order} />)}</tbody>
      </table>
    </div>
  );
}

function Row({ order }: { order: OrderView }) {
  const [done, wanted] = doneOf(order);
  return (
    <tr data-order={order.number} data-kind={order.kind} data-state={order.state}>
      <th scope="row" class="n">
        <a href={`/orders/${order.number}`}>{order.number}</a>
      </th>
      <td>{say("order_kind", order.kind)}</td>
      <td>{whatOf(order)}</td>
      <td>{say("order_state", order.state)}</td>
      <td class="n">{t("order.of", { done: number(done), wanted: number(wanted) })}</td>
      <td>
        <Reasons reasons={order.why.slice(0, 2)} />
      </td>
    </tr>
  );
}

/** One line at a time: district, model, quantity. */
function NewDistribution() {
  const problem = useSignal("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const line = { district: String(form.get("district")), model: String(form.get("model")), quantity: Number(form.get("quantity")) };
    try {
      const key = { "idempotency-key": crypto.randomUUID() };
      go(`/orders/${(await post<{ number: number }>("/orders/distribution", { lines: [line] }, key)).number}`);
    } catch (error) {
      problem.value = error instanceof Problem ? error.text : String(error);
    }
  };
  return (
    <form class="form" onSubmit={(event) => void submit(event)} aria-label={t("order.new")}>
      <label>
        {t("order.district")}
        <input name="district" required maxLength={32} />
      </label>
      <label>
        {t("order.model")}
        <input name="model" required maxLength={64} />
      </label>
      <label>
        {t("order.quantity")}
        <input name="quantity" type="number" min={1} required />
      </label>
      <button type="submit">{t("order.create")}</button>
      <span role="alert" class="problem">{problem.value}</span>
    </form>
  );
}
