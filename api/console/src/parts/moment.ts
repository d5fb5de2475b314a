/** Moments of plant time as people say them: so long ago, or in so long. */
import { clock } from "../live";
import { span, t } from "../texts";

export function ago(at_ms: number): string {
  const now = clock.value["plant"]?.now_ms;
  if (now === undefined) return "";
  return at_ms > now ? t("page.in", { span: span(at_ms - now) }) : t("page.ago", { span: span(now - at_ms) });
}
