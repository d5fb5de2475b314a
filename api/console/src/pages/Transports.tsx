import { Problem, post } from "../client";
import { clock, transports, type Transport } from "../live";
import { mayOperate } from "../session";
import { number, reason, say, span, t } from "../texts";
import { useSignal } from "@preact/signals";

export function Transports() {
  const problem = useSignal("");
  const rows = Object.entries(transports.value).sort(([a], [b]) => Number(a) - Number(b));
  const act = async (id: string, verb: "cancel" | "resume"): Promise<void> => {
    if (!confirm(t(`transport.confirm_${verb}`, { order: id }))) return;
    try {
      await post(`/transports/${id}/${verb}`, verb === "cancel" ? { reason: "operator" } : {});
      problem.value = "";
    } catch (error) {
      problem.value = error instanceof Problem ? error.text : String(error);
    }
  };
  return (
    <div class="pad">
      <h1>{t("transport.title", { count: number(rows.length) })}</h1>
      <p role="alert" class="problem">{problem.value}</p>
      <table>
        <caption class="hidden">{t("nav.transports")}</caption>
        <thead>
          <tr>
            <th scope="col" class="n">{t("transport.number")}</th>
            <th scope="col">{t("transport.kind")}</th>
            <th scope="col">{t("transport.unit")}</th>
            <th scope="col">{t("transport.way")}</th>
            <th scope="col">{t("transport.state")}</th>
            <th scope="col">{t("transport.since")}</th>
            <th scope="col">{t("unit.why")}</th>
            {mayOperate() ? <th scope="col">{t("transport.act")}</th> : null}
          </tr>
        </thead>
        <tbody>
          {rows.map(([id, order]) => (
            <Row key={id} id={id} order={order} act={act} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ id, order, act }: { id: string; order: Transport; act: (id: string, verb: "cancel" | "resume") => Promise<void> }) {
  const now = clock.value["plant"]?.now_ms ?? order.since;
  return (
    <tr class={order.state === "held" ? "wrong" : ""}>
      <th scope="row" class="n">{id}</th>
      <td>{say("transport_kind", order.kind)}</td>
      <td>{order.unit}</td>
      <td>{`${order.source} → ${order.destination}`}</td>
      <td>{say("transport_state", order.state)}</td>
      <td class="n">{span(now - order.since)}</td>
      <td>{reason(order.why.code, order.why.params)}</td>
      {mayOperate() ? (
        <td>
          {order.state === "held" ? (
            <button type="button" onClick={() => void act(id, "resume")}>{t("transport.resume")}</button>
          ) : null}{" "}
          <button type="button" onClick={() => void act(id, "cancel")}>{t("transport.cancel")}</button>
        </td>
      ) : null}
    </tr>
  );
}
