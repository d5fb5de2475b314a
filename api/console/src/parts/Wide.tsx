/** A place for what may be wider than the screen: it scrolls by itself, by keyboard as well. */
import type { ComponentChildren } from "preact";

export function Wide({ label, children, spaced = false }: { label: string; children: ComponentChildren; spaced?: boolean }) {
  return <div class={spaced ? "wide spaced" : "wide"} tabIndex={0} role="group" aria-label={label}>{children}</div>;
}
