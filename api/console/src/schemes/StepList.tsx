/** Steps in their order: add, move, remove. */
import { say, t } from "../texts";
import { Order } from "./Order";
import { StepForm, fresh } from "./StepForm";
import type { StepSchema } from "./schema";
import { moved, type Finding, type Step } from "./views";

interface StepListProps {
  schema: StepSchema;
  steps: Step[];
  findings: Finding[];
  inBlock: boolean;
  change: (steps: Step[]) => void;
}

export function StepList({ schema, steps, findings, inBlock, change }: StepListProps) {
  const put = (index: number, step: Step): void => change(steps.map((one, i) => (i === index ? step : one)));
  return (
    <fieldset>
      <legend>{t("scheme.steps", { count: steps.length })}</legend>
      <ol class="steps">
        {steps.map((step, i) => (
          <li key={i} class={hits(findings, i).length ? "strange" : ""}>
            <StepForm schema={schema} step={step} place={String(i + 1)} inBlock={inBlock} change={(next) => put(i, next)} />
            <Order name={`${i + 1} ${say("step", step.do)}`} index={i} count={steps.length} move={(to) => change(moved(steps, i, to))} remove={() => change(steps.filter((_, at) => at !== i))} />
            {hits(findings, i).map((one, at) => (
              <p key={at} class="problem">{say("finding", one.code, one.params)}</p>
            ))}
          </li>
        ))}
      </ol>
      <button type="button" onClick={() => change([...steps, fresh(schema, "wait")])}>{t("scheme.add_step")}</button>
    </fieldset>
  );
}

/** What is wrong at the step of an index: a place like "steps.3.name", or with kind and code before it. */
function hits(findings: Finding[], index: number): Finding[] {
  return findings.filter((one) => new RegExp(`(^|\\.)steps\\.${index}(\\.|$)`).test(one.place));
}
