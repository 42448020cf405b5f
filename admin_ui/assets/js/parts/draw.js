// One canvas in its place, described in words for those who do not see it.
import {
  BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, LineController,
  LineElement, PointElement, Tooltip,
} from "chart.js";
import { MatrixController, MatrixElement } from "chartjs-chart-matrix";
import { bars } from "./bars.js";
import { heat } from "./heat.js";
import { lines } from "./lines.js";

Chart.register(
  BarController, BarElement, CategoryScale, Legend, LinearScale, LineController, LineElement,
  MatrixController, MatrixElement, PointElement, Tooltip,
);
Chart.defaults.font.family = '"Atkinson Hyperlegible", arial, sans-serif';
Chart.defaults.font.size = 14;
Chart.defaults.color = "#0b0c0c";
Chart.defaults.maintainAspectRatio = false;

const KINDS = { bar: bars, line: lines, heat };

export function draw(place, figures) {
  const make = KINDS[place.dataset.chart];
  if (!make || !figures.rows.length) return;
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", inWords(figures));
  place.append(canvas);
  place.classList.add("bellgate-chart--drawn");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const { height, ...wanted } = make(figures);
  if (height) place.style.height = `${height}px`;
  wanted.options.animation = calm ? false : { duration: 250 };
  // Drawn once the font is there: a canvas does not change its letters by itself.
  document.fonts.load('14px "Atkinson Hyperlegible"').finally(() => new Chart(canvas, wanted));
}

function inWords({ title, columns, rows }) {
  let most = null;
  for (const { name, values } of rows) {
    values.forEach((value, at) => {
      if (value !== null && (!most || value > most.value)) most = { name, value, column: columns[at] };
    });
  }
  const peak = most ? ` Most: ${most.value} (${most.name}, ${most.column}).` : "";
  return `Chart: ${title}.${peak} The table beside it has every figure.`;
}
