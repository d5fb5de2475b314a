/** Deliveries to districts: plan a day, look at the stops, take them elsewhere, freeze, print. */
import { useComputed, useSignal } from "@preact/signals";
import { post } from "../client";
import { useAct, useKey, useLoad, useOnce } from "../parts/load";
import { mayEngineer, mayOperate } from "../session";
import { PlacesPanel } from "../shipping/PlacesPanel";
import { StopMap } from "../shipping/StopMap";
import { StopTable } from "../shipping/StopTable";
import { km, type Places, type Plan } from "../shipping/views";
import { language, number, say, t } from "../texts";

export function Shipping() {
  const plans = useLoad<Plan[]>("/shipping/plans?limit=1000");
  const places = useOnce<Places>("/shipping/places");
  const chosen = useSignal(0);
  const shown = chosen.value || plans.value?.at(-1)?.number || 0;
  return (
    <div class="pad">
      <h1>{t("shipping.title")}</h1>
      <p role="alert" class="problem">{plans.problem?.text ?? places.problem?.text}</p>
      {places.value && !places.value.depot ? <p class="quiet">{t("shipping.no_depot")}</p> : null}
      {mayOperate() ? <NewPlan made={(plan) => { chosen.value = plan; plans.again(); }} /> : null}
      {plans.value?.length ? (
        <label class="block">
          {t("shipping.plan")}{" "}
          <select value={String(shown)} onChange={(event) => (chosen.value = Number(event.currentTarget.value))}>
            {plans.value.map((one) => <option key={one.number} value={String(one.number)}>{`${one.number} · ${one.day} · ${say("shipping_state", one.state)}`}</option>)}
          </select>
        </label>
      ) : <p class="quiet">{t("shipping.none")}</p>}
      {places.value ? <PlacesPanel places={places.value} again={places.again} /> : null}
      {shown && places.value ? <OnePlan key={shown} plan={shown} places={places.value} again={plans.again} /> : null}
    </div>
  );
}

function NewPlan({ made }: { made: (plan: number) => void }) {
  const { problem, busy, act } = useAct();
  const { headers, renew } = useKey();
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    const day = String(new FormData(event.currentTarget as HTMLFormElement).get("day"));
    void act(async () => {
      made((await post<Plan>("/shipping/plans", { day }, headers)).number);
      renew();
    });
  };
  return (
    <form class="form" onInput={renew} onSubmit={(event) => send(event as unknown as SubmitEvent)}>
      <label>
        {t("shipping.day")}
        <input name="day" type="date" required />
      </label>
      <button type="submit" class="main" disabled={busy}>{t("shipping.make")}</button>
      <p role="alert" class="problem">{problem}</p>
    </form>
  );
}

function OnePlan({ plan, places, again }: { plan: number; places: Places; again: () => void }) {
  const path = useComputed(() => `/shipping/plans/${plan}`);
  const found = useLoad<Plan>(path);
  const { problem, busy, act } = useAct();
  const renew = (): void => { found.again(); again(); };
  const ask = (what: string, body: unknown = {}): void => void act(() => post(`${path.value}/${what}`, body)).then(renew);
  const value = found.value;
  if (!value) return <p role="alert" class="problem">{found.problem?.text}</p>;
  return (
    <section aria-label={t("shipping.plan")}>
      <p>{t("shipping.length", { km: number(km(value.metres)), least: number(km(value.bound_m)), stops: value.stops.length })}</p>
      <p class="form">
        {value.state === "draft" && mayOperate() ? (
          <>
            <button type="button" disabled={busy} onClick={() => ask("again")}>{t("shipping.again")}</button>
            <button type="button" class="main" disabled={busy} onClick={() => { if (confirm(t("shipping.ask_freeze"))) ask("freeze"); }}>{t("shipping.freeze")}</button>
          </>
        ) : null}
        {value.state !== "cancelled" && mayEngineer() ? <button type="button" disabled={busy} onClick={() => { if (confirm(t("shipping.ask_cancel"))) ask("cancel"); }}>{t("shipping.cancel")}</button> : null}
        <a href={`/api/v1${path.value}/stops.xlsx?lang=${language.value}`} download>{t("shipping.xlsx")}</a>
        <a href={`/api/v1${path.value}/stops.csv?lang=${language.value}`} download>{t("shipping.csv")}</a>
      </p>
      <p role="alert" class="problem">{problem}</p>
      {places.depot ? <StopMap plan={value} depot={places.depot} /> : null}
      <StopTable plan={value} vehicles={places.vehicles} again={renew} />
    </section>
  );
}
