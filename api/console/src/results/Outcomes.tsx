/** What a run found of a meter: every item and point, raw and corrected. */
import { limitText } from "../bench/shown";
import { useLoad } from "../parts/load";
import { say, t } from "../texts";
import type { OutcomeView } from "./views";

export function Outcomes({ run, code }: { run: string; code: string }) {
  const { value, problem } = useLoad<OutcomeView[]>(`/results/runs/${encodeURIComponent(run)}/outcomes?bar_code=${encodeURIComponent(code)}`);
  return (
    <div class="wide spaced">
      <p role="alert" class="problem">{problem?.text}</p>
      {value?.length === 0 ? <p class="quiet">{t("result.no_outcomes")}</p> : null}
      {value?.length ? (
        <table>
          <caption>{t("result.outcomes", { run })}</caption>
          <thead>
            <tr>
              <th scope="col">{t("paper.item")}</th>
              <th scope="col">{t("paper.point")}</th>
              <th scope="col">{t("result.raw")}</th>
              <th scope="col">{t("result.corrected")}</th>
              <th scope="col" class="n">{t("result.rounded")}</th>
              <th scope="col" class="n">{t("paper.limit")}</th>
              <th scope="col">{t("paper.verdict")}</th>
              <th scope="col">{t("paper.clause")}</th>
              <th scope="col">{t("paper.environment")}</th>
            </tr>
          </thead>
          <tbody>
            {value.map((one) => (
              <Row key={one.serial} one={one} />
            ))}
          </tbody>
        </table>
      ) : null}
    </div>
  );
}

function Row({ one }: { one: OutcomeView }) {
  const corrected = one.readings.join("  ");
  return (
    <tr class={one.verdict === "fail" ? "wrong" : ""}>
      <th scope="row">{say("item", one.item)}</th>
      <td>{one.point}</td>
      <td>{one.raw.join("  ")}</td>
      <td>{corrected === one.raw.join("  ") ? t("result.as_raw") : corrected}</td>
      <td class="n">{one.rounded || one.value}{one.unit && (one.rounded || one.value) ? ` ${one.unit}` : ""}</td>
      <td class="n">{limitText(one.item, one.limit_value)}</td>
      <td>{say("verdict", one.verdict)}{one.cause ? `: ${say("bench", one.cause)}` : ""}</td>
      <td>{one.clause}</td>
      <td>{one.temperature_c ? `${one.temperature_c} °C, ${one.humidity_percent} %` : ""}</td>
    </tr>
  );
}
