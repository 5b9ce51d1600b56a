// A box to draw a signature in, with a finger, a mouse or a pen.
//
// What is drawn is kept as lines of points, each a pair of whole numbers from 0 to 10000 of the box's
// sides, so that it looks the same on every screen and on paper.
const SIDE = 10_000;
const NEAR = 15; // of SIDE: a point nearer to the last one says nothing
const MOST = 5000; // points
const LEAST = 3;
const LEAST_EXTENT = 200; // of SIDE: less is a dot, not a signature
const THICKNESS = 2.5; // CSS pixels

/** Where along a side of this length, in SIDE. */
function placeOf(at, length) {
  return Math.round((Math.min(Math.max(at, 0), length) / length) * SIDE);
}

export class Pad extends EventTarget {
  #canvas;
  #context;
  #lines = [];
  #pointer = null; // whose line is being drawn

  constructor(canvas) {
    super();
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#go(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => this.#end(event));
    new ResizeObserver(() => this.#fit()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  /** Whether something was drawn that somebody could take for a signature. */
  get isSigned() {
    const points = this.#lines.flat();
    if (points.length < LEAST) return false;
    const extent = (axis) => Math.max(...points.map((point) => point[axis])) - Math.min(...points.map((point) => point[axis]));
    return Math.max(extent(0), extent(1)) >= LEAST_EXTENT;
  }

  get isEmpty() {
    return this.#lines.length === 0;
  }

  /** The lines, each of [x, y] from 0 to 10000. */
  get lines() {
    return this.#lines;
  }

  clear() {
    this.#lines = [];
    this.#pointer = null;
    this.#draw();
    this.dispatchEvent(new Event("change"));
  }

  #begin(event) {
    if (this.#pointer !== null || event.button > 0) return;
    event.preventDefault();
    this.#pointer = event.pointerId;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#lines.push([]);
    this.#add(event);
  }

  #go(event) {
    if (event.pointerId !== this.#pointer) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const each of passed.length > 0 ? passed : [event]) this.#add(each);
  }

  #end(event) {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = null;
    this.dispatchEvent(new Event("change"));
  }

  #add(event) {
    const box = this.#canvas.getBoundingClientRect();
    const point = [placeOf(event.clientX - box.left, box.width), placeOf(event.clientY - box.top, box.height)];
    const line = this.#lines.at(-1);
    const last = line.at(-1);
    if (last && Math.hypot(point[0] - last[0], point[1] - last[1]) < NEAR) return;
    if (this.#lines.reduce((sum, each) => sum + each.length, 0) >= MOST) return;
    line.push(point);
    this.#draw();
  }

  #fit() {
    const { clientWidth, clientHeight } = this.#canvas;
    this.#canvas.width = clientWidth * devicePixelRatio;
    this.#canvas.height = clientHeight * devicePixelRatio;
    this.#draw();
  }

  #draw() {
    const { width, height } = this.#canvas;
    const context = this.#context;
    context.clearRect(0, 0, width, height);
    this.#canvas.toggleAttribute("data-drawn", !this.isEmpty);
    Object.assign(context, { lineWidth: THICKNESS * devicePixelRatio, lineCap: "round", lineJoin: "round" });
    context.strokeStyle = getComputedStyle(this.#canvas).color;
    context.beginPath();
    for (const line of this.#lines) {
      line.forEach(([x, y], index) => {
        const at = [(x / SIDE) * width, (y / SIDE) * height];
        if (index === 0) context.moveTo(...at);
        context.lineTo(...at); // a single point is a dot
      });
    }
    context.stroke();
  }
}
