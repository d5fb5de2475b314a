import { useSignal } from "@preact/signals";
import { Problem, get } from "../client";
import { Aged } from "../parts/Aged";
import { Tidy } from "../parts/Tidy";
import { useLoad } from "../parts/load";
import { number, say, t } from "../texts";

interface Totals {
  by_role: Record<string, number>;
}
interface Found {
  kind: string;
  code: string;
  state: string;
  lot: string;
  model: string;
  box: string;
  pallet: string;
  place: string;
  meters: number;
  seal: string;
}

export function Stock() {
  const { value: totals } = useLoad<Totals>("/stock/totals");
  return (
    <div class="pad columns">
      <div>
        <h1>{t("stock.title")}</h1>
        <Find />
        <Tidy />
        <Aged />
      </div>
      <table>
        <caption>{t("overview.totals")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("stock.role")}</th>
            <th scope="col" class="n">{t("stock.count")}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(totals?.by_role ?? {}).map(([role, count]) => (
            <tr key={role}>
              <th scope="row">{say("role", role)}</th>
              <td class="n">{number(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Find() {
  const found = useSignal<Found[] | null>(null);
  const problem = useSignal("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget as HTMLFormElement).get("code")).trim();
    try {
      found.value = await get<Found[]>(`/stock/find?code=${encodeURIComponent(code)}`);
      problem.value = found.value.length ? "" : t("problem.unknown_code", { code });
    } catch (error) {
      problem.value = error instanceof Problem ? error.text : String(error);
    }
  };
  return (
    <>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <label>
          {t("stock.code")}
          <input name="code" required maxLength={64} size={32} />
        </label>
        <button type="submit">{t("stock.find")}</button>
      </form>
      <p role="status" class="problem">{problem.value}</p>
      {(found.value ?? []).map((thing) => (
        <Card key={thing.code} thing={thing} />
      ))}
    </>
  );
}

function Card({ thing }: { thing: Found }) {
  const rows: [string, string][] = [
    [t("stock.state"), thing.kind === "pallet" ? say("whereabouts", thing.state) : say("role", thing.state)],
    [t("order.model"), thing.model],
    [t("stock.lot"), thing.lot],
    [t("stock.box"), thing.box],
    [t("stock.pallet"), thing.pallet],
    [t("stock.place"), thing.place],
    [t("stock.count"), number(thing.meters)],
    [t("stock.seal"), thing.seal],
  ];
  return (
    <section>
      <h2>{`${say("thing", thing.kind)} ${thing.code}`}</h2>
      <dl class="totals">
        {rows.filter(([, value]) => value).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {thing.kind === "pallet" ? <Why pallet={thing.code} /> : null}
    </section>
  );
}

interface Choice {
  slot: string;
  rule: string;
  params: Record<string, unknown>;
  factors: Record<string, number>;
}

/** Why a pallet got its slot, factor by factor. */
function Why({ pallet }: { pallet: string }) {
  const { value } = useLoad<Choice[]>(`/stock/why?pallet=${encodeURIComponent(pallet)}`);
  const newest = value?.[0];
  if (!newest) return null;
  return (
    <>
      <h3>{t("stock.why")}</h3>
      <p>{`${newest.slot}: ${say("stock.why", newest.rule, newest.params)}`}</p>
      <dl class="totals">
        {Object.entries(newest.factors).filter(([, seconds]) => seconds).map(([name, seconds]) => (
          <div key={name}>
            <dt>{say("stock.factor", name)}</dt>
            <dd>{t("unit.seconds", { seconds: number(seconds) })}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
