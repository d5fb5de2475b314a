/** Where the stops of a plan lie around the depot, and how vehicles go; the table beside it says the same in words. */
import { t } from "../texts";
import { tours, type Places, type Plan } from "./views";

const [WIDTH, HEIGHT, EDGE] = [520, 360, 36];
const COLOURS = ["#3b6ea5", "#a5533b", "#3b8a5a", "#7a4fa3", "#8a7a1f", "#2f8796"];
type Point = [number, number];

export function StopMap({ plan, depot }: { plan: Plan; depot: NonNullable<Places["depot"]> }) {
  const placed = plan.stops.filter((stop) => stop.latitude !== null && stop.longitude !== null);
  const at = projection([depot, ...placed.map((stop) => ({ latitude: stop.latitude!, longitude: stop.longitude! }))]);
  const home = at(depot.latitude, depot.longitude);
  return (
    <svg class="plot stops" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("shipping.map", { stops: placed.length })}>
      {tours(placed).map((tour, i) => (
        <polyline key={i} fill="none" stroke={COLOURS[i % COLOURS.length]!} stroke-width="2" points={[home, ...tour.map((stop) => at(stop.latitude!, stop.longitude!)), home].map(String).join(" ")}>
          <title>{t("shipping.tour", { vehicle: tour[0]!.vehicle, trip: tour[0]!.trip })}</title>
        </polyline>
      ))}
      {placed.map((stop) => {
        const [x, y] = at(stop.latitude!, stop.longitude!);
        return (
          <g key={stop.number}>
            <circle class={stop.vehicle ? "dot" : "dot bad"} cx={x} cy={y} r="6" />
            <text x={x + 9} y={y + 4}>{stop.position ? `${stop.position} ` : ""}{stop.district}</text>
          </g>
        );
      })}
      <rect class="bar" x={home[0] - 7} y={home[1] - 7} width="14" height="14" />
      <text class="name" x={home[0] + 10} y={home[1] - 8}>{t("shipping.depot")}</text>
    </svg>
  );
}

/** From degrees to the picture: as far east as west, a degree of longitude as wide as it is on the ground. */
function projection(points: { latitude: number; longitude: number }[]): (latitude: number, longitude: number) => Point {
  const squeeze = Math.cos((points[0]!.latitude * Math.PI) / 180);
  const xs = points.map((point) => point.longitude * squeeze);
  const ys = points.map((point) => point.latitude);
  const [west, north] = [Math.min(...xs), Math.max(...ys)];
  const spread = Math.max((Math.max(...xs) - west) / (WIDTH - 3 * EDGE), (north - Math.min(...ys)) / (HEIGHT - 2 * EDGE), 1e-6);
  return (latitude, longitude) => [EDGE + (longitude * squeeze - west) / spread, EDGE + (north - latitude) / spread];
}
