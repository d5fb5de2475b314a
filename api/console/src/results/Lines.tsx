/** Meters with the test that holds, one a line. */
import { say, t } from "../texts";
import type { MeterLine } from "./views";

export function Lines({ title, lines }: { title: string; lines: MeterLine[] }) {
  return (
    <div class="wide spaced">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t("thing.asset")}</th>
            <th scope="col">{t("paper.verdict")}</th>
            <th scope="col">{t("paper.failed")}</th>
            <th scope="col">{t("paper.bench")}</th>
            <th scope="col">{t("result.paper")}</th>
            <th scope="col">{t("stock.seal")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((one) => (
            <tr key={one.bar_code} data-meter={one.bar_code}>
              <th scope="row"><a href={`/results/meter/${one.bar_code}`}>{one.bar_code}</a></th>
              <td>{say("verdict", one.verdict)}</td>
              <td>{one.failed.map((item) => say("item", item)).join(", ")}</td>
              <td>{t("result.bench_at", { bench: one.bench, position: one.position })}</td>
              <td>{one.paper}</td>
              <td>{one.seals}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
