import { useSignal } from "@preact/signals";
import type { ReviewView } from "../schemes/views";
import { clock } from "../live";
import { useLoad } from "../parts/load";
import { say, span, t } from "../texts";

interface Duty {
  person: string;
  duty: string;
}

/** What waits for a decision; a reviewer's inbox holds every review, anybody else's those of their own work. */
export function Reviews() {
  const all = useSignal(false);
  const { value, problem } = useLoad<ReviewView[]>(all.value ? "/reviews?pending=false&limit=1000" : "/reviews");
  const { value: duties } = useLoad<Duty[]>("/duties");
  const rows = [...(value ?? [])].reverse();
  const now = clock.value["plant"]?.now_ms;
  return (
    <div class="pad">
      <h1>{t("review.title")}</h1>
      <p class="quiet">
        {t("review.deciders")}{" "}
        {duties?.length ? duties.map((one) => `${one.person} (${say("duty", one.duty)})`).join(", ") : t("review.no_deciders")}
      </p>
      <button type="button" aria-pressed={all.value} onClick={() => (all.value = !all.value)}>{t("review.all")}</button>
      <p role="alert" class="problem">{problem?.text}</p>
      {value && !rows.length ? <p class="quiet">{t("review.none")}</p> : null}
      {rows.length ? (
        <table>
          <caption class="hidden">{t("review.title")}</caption>
          <thead>
            <tr>
              <th scope="col" class="n">{t("review.number")}</th>
              <th scope="col">{t("scheme.about")}</th>
              <th scope="col">{t("review.authors")}</th>
              <th scope="col">{t("review.since")}</th>
              <th scope="col">{t("order.state")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.number} data-review={one.number} class={one.mine_to_decide ? "mine" : ""}>
                <th scope="row" class="n"><a href={`/reviews/${one.number}`}>{one.number}</a></th>
                <td>{`${say("review_kind", one.kind)} ${one.subject}`} <span class="quiet">{one.title}</span></td>
                <td>{one.authors.join(", ")}</td>
                <td>{now === undefined ? "" : span(now - one.submitted_ms)}</td>
                <td>{one.mine_to_decide ? <strong>{t("review.yours")}</strong> : say("review_state", one.state)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </div>
  );
}
