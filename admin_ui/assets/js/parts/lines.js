// Lines differ in dash and in the shape of their points, not in colour alone.
import { SERIES } from "./series.js";

export function lines({ columns, rows }) {
  return {
    type: "line",
    height: 280,
    data: {
      labels: rows.map(({ name }) => name),
      datasets: columns.map((label, at) => {
        const { colour, dash, point } = SERIES[at % SERIES.length];
        return {
          label,
          data: rows.map(({ values }) => values[at]),
          borderColor: colour,
          backgroundColor: colour,
          borderDash: dash,
          pointStyle: point,
          pointRadius: 5,
          borderWidth: 3,
        };
      }),
    },
    options: {
      plugins: { legend: { display: columns.length > 1, labels: { usePointStyle: true, boxHeight: 8 } } },
      scales: {
        x: { grid: { display: false } },
        y: { beginAtZero: true, ticks: { precision: 0 } },
      },
    },
  };
}
