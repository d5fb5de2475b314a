/** Which page shows: the path of the address bar. */
import { signal } from "@preact/signals";

export const path = signal(location.pathname);

addEventListener("popstate", () => (path.value = location.pathname));

export function go(to: string): void {
  if (to === path.value) return;
  history.pushState(null, "", to);
  path.value = to;
}

/** Follow links of our own without loading the page anew; hand this to onClick of a container. */
export function follow(event: MouseEvent): void {
  const link = (event.target as Element).closest("a");
  if (!link || link.origin !== location.origin || event.ctrlKey || event.metaKey || event.button !== 0 || link.hash || link.download || link.target) return;
  event.preventDefault();
  go(link.pathname);
}
