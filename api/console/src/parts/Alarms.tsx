import { alarms, clock, type Alarm } from "../live";
import { say, span, t } from "../texts";

/** Open alarms, the most urgent first; a screen reader is told of new ones. */
export function Alarms() {
  const open = Object.values(alarms.value).sort((a, b) => a.priority - b.priority || b.id - a.id);
  return (
    <section aria-labelledby="alarms">
      <h2 id="alarms">{t("alarm.title")}</h2>
      <ul class="alarms" aria-live="polite">
        {open.length ? open.map((alarm) => <Row key={alarm.id} alarm={alarm} />) : <li class="quiet">{t("alarm.none")}</li>}
      </ul>
    </section>
  );
}

function Row({ alarm }: { alarm: Alarm }) {
  const now = clock.value["plant"]?.now_ms ?? alarm.raised_ms;
  const hint = alarm.code ? say("fault_hint", alarm.code) : "";
  return (
    <li>
      <Priority priority={alarm.priority} />
      <div>
        <strong>{alarm.subject}</strong> {say("fault", alarm.fault)}
        {alarm.code ? ` · ${say("fault_code", alarm.code)}` : ""}
        <div class="quiet">
          {t("alarm.since", { span: span(now - alarm.raised_ms) })} · {say("reaction", alarm.reaction)}
          {hint && hint !== String(alarm.code) ? ` · ${hint}` : ""}
        </div>
      </div>
    </li>
  );
}

/** The mark of a priority: number, shape and colour. */
export function Priority({ priority }: { priority: number }) {
  const label = t("alarm.priority", { priority });
  return (
    <svg class={`priority p${priority}`} viewBox="0 0 24 24" width="24" height="24" role="img" aria-label={label}>
      {priority === 1 ? <rect x="2" y="2" width="20" height="20" /> : null}
      {priority === 2 ? <path d="M12 1 23 22H1z" /> : null}
      {priority > 2 ? <circle cx="12" cy="12" r="10" /> : null}
      <text x="12" y="18">{priority}</text>
    </svg>
  );
}
