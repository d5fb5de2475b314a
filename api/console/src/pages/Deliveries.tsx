import { useSignal } from "@preact/signals";
import { Problem, post } from "../client";
import { useLoad } from "../parts/load";
import { mayEngineer, mayOperate } from "../session";
import { number, say, t } from "../texts";

interface Inbound {
  number: number;
  asn: string;
  state: string;
  meters: number;
  boxes: number;
  expected: number;
  received: number;
  short: number;
  extra: number;
  damaged: number;
}
interface FileProblem {
  line: number;
  column: string;
  value: string;
  code: string;
  params: Record<string, unknown>;
}
interface Intake {
  order: number;
  rows: number;
  meters: number;
  boxes: number;
  pallets: number;
  lots: number;
  quarantined: number;
  problems: FileProblem[];
}

const COUNTS = ["meters", "boxes", "expected", "received", "short", "extra", "damaged"] as const;
const HEADS = { ...Object.fromEntries(COUNTS.map((name) => [name, `delivery.${name}`])), expected: "delivery.pallets" } as Record<string, string>;

export function Deliveries() {
  const { value, problem, again } = useLoad<Inbound[]>("/deliveries");
  return (
    <div class="pad">
      <h1>{t("delivery.title")}</h1>
      {mayOperate() ? <Import again={again} /> : null}
      <p role="alert" class="problem">{problem?.text}</p>
      <table>
        <caption class="hidden">{t("delivery.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("delivery.asn")}</th>
            <th scope="col">{t("delivery.state")}</th>
            {COUNTS.map((name) => (
              <th key={name} scope="col" class="n">{t(HEADS[name] as "delivery.meters")}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(value ?? []).map((row) => (
            <tr key={row.number} data-delivery={row.asn} data-state={row.state}>
              <th scope="row">{row.asn}</th>
              <td>{say("delivery_state", row.state)}</td>
              {COUNTS.map((name) => (
                <td key={name} class="n">{number(row[name])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {value?.length === 0 ? <p class="quiet">{t("delivery.none")}</p> : null}
    </div>
  );
}

function Import({ again }: { again: () => void }) {
  const problems = useSignal<FileProblem[]>([]);
  const told = useSignal("");
  const act = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const checkOnly = (event.submitter as HTMLButtonElement).value === "check";
    const path = checkOnly ? "/deliveries/check" : `/deliveries?quarantine=${form.get("quarantine") === "on"}`;
    try {
      const found = await post<Intake>(path, form.get("file"), { "content-type": "application/octet-stream" });
      problems.value = found.problems;
      told.value = found.order ? t("delivery.taken", { ...found }) : t("delivery.good", { ...found });
      again();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.value = (error.params["problems"] as FileProblem[] | undefined) ?? [];
      told.value = error.text;
    }
  };
  return (
    <section aria-labelledby="import">
      <h2 id="import">{t("delivery.import")}</h2>
      <form class="form" onSubmit={(event) => void act(event as unknown as SubmitEvent)}>
        <label>
          {t("delivery.file")}
          <input name="file" type="file" required accept=".csv,.json" />
        </label>
        {mayEngineer() ? (
          <label>
            <span>
              <input name="quarantine" type="checkbox" /> {t("delivery.quarantine")}
            </span>
          </label>
        ) : null}
        <button type="submit" value="check">{t("delivery.check")}</button>
        <button type="submit" value="import" class="main">{t("delivery.take_in")}</button>
      </form>
      <p role="status">{told.value}</p>
      {problems.value.length ? <Problems problems={problems.value} /> : null}
    </section>
  );
}

function Problems({ problems }: { problems: FileProblem[] }) {
  return (
    <table>
      <caption>{t("delivery.problems", { count: problems.length })}</caption>
      <thead>
        <tr>
          <th scope="col" class="n">{t("delivery.line")}</th>
          <th scope="col">{t("delivery.column")}</th>
          <th scope="col">{t("delivery.value")}</th>
          <th scope="col">{t("delivery.problem")}</th>
        </tr>
      </thead>
      <tbody>
        {problems.slice(0, 200).map((problem, i) => (
          <tr key={i}>
            <td class="n">{problem.line || ""}</td>
            <td>{problem.column}</td>
            <td>{problem.value}</td>
            <td>{say("intake", problem.code, problem.params)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
