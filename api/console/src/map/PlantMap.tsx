import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../texts";
import { layOut, type Layout, type Spot } from "./layout";
import { paintGround, paintMoving, type Scene } from "./paint";
import type { Plant } from "./plant";
import { sceneOf } from "./scene";

const EASE = 0.3; // of the way that is left, each frame

/** The plant as a picture; the same as tables is in MapTable. */
export function PlantMap({ plant }: { plant: Plant }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => (canvas.current ? new Painter(canvas.current, plant).start() : undefined), [plant]);
  return <canvas ref={canvas} class="map" role="img" aria-label={t("map.label", { plant: plant.name })} />;
}

/** Repaints when the picture changes or something still glides to where it is. */
class Painter {
  private layout: Layout;
  private scene: Scene;
  private readonly shown = new Map<string, Spot>();
  private frame = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly plant: Plant,
  ) {
    this.layout = layOut(plant, 600);
    this.scene = sceneOf(plant, this.layout);
  }

  /** Begin; the result ends it. */
  start(): () => void {
    const room = this.canvas.parentElement!;
    const observer = new ResizeObserver(() => this.fit(room));
    observer.observe(room);
    const dispose = effect(() => {
      this.scene = sceneOf(this.plant, this.layout);
      this.ask();
    });
    return () => {
      observer.disconnect();
      dispose();
      cancelAnimationFrame(this.frame);
    };
  }

  private fit(room: Element): void {
    const width = Math.max(480, Math.floor(room.clientWidth));
    this.layout = layOut(this.plant, width);
    this.scene = sceneOf(this.plant, this.layout);
    this.shown.clear();
    const ratio = Math.max(1, devicePixelRatio);
    this.canvas.width = width * ratio;
    this.canvas.height = this.layout.height * ratio;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${this.layout.height}px`;
    this.ask();
  }

  private ask(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    const ratio = Math.max(1, devicePixelRatio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { scene, moving } = this.glide();
    paintGround(pen, this.layout, scene);
    paintMoving(pen, this.layout, scene);
    if (moving) this.ask();
  }

  /** Move what is shown towards where it is; `moving` while anything has not arrived yet. */
  private glide(): { scene: Scene; moving: boolean } {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let moving = false;
    const step = (key: string, goal: Spot, near: number): Spot => {
      const from = this.shown.get(key);
      const far = from !== undefined && !still && Math.hypot(goal[0] - from[0], goal[1] - from[1]) > near;
      const next: Spot = far ? [from[0] + (goal[0] - from[0]) * EASE, from[1] + (goal[1] - from[1]) * EASE] : goal;
      this.shown.set(key, next);
      moving ||= far;
      return next;
    };
    const units = this.scene.units.map((unit) => ({ ...unit, spot: step(`unit ${unit.id}`, unit.spot, 1) }));
    const cranes = this.scene.cranes.map((crane) => {
      const [x_mm, y_mm] = step(`crane ${crane.aisle}`, [crane.x_mm, crane.y_mm], 50);
      return { ...crane, x_mm, y_mm };
    });
    return { scene: { ...this.scene, units, cranes }, moving };
  }
}
