// Bars lie on their side: names of services are longer than a phone is wide.
import { SERIES, pattern } from "./series.js";

const LONGEST = 18; // letters of a line beside a bar

function lines(name) {
  const found = [""];
  for (const word of name.split(" ")) {
    const last = found.length - 1;
    if (found[last] && found[last].length + word.length >= LONGEST) found.push(word);
    else found[last] = `${found[last]} ${word}`.trim();
  }
  return found;
}

export function bars({ columns, rows }) {
  return {
    type: "bar",
    height: 60 + rows.length * (columns.length > 1 ? 22 * columns.length + 10 : 30),
    data: {
      labels: rows.map(({ name }) => lines(name)),
      datasets: columns.map((label, at) => ({
        label,
        data: rows.map(({ values }) => values[at]),
        backgroundColor: pattern(at),
        borderColor: SERIES[at % SERIES.length].colour,
        borderWidth: 2,
        maxBarThickness: 26,
      })),
    },
    options: {
      indexAxis: "y",
      plugins: { legend: { display: columns.length > 1 } },
      scales: {
        x: { beginAtZero: true, ticks: { precision: 0 } },
        y: { grid: { display: false }, ticks: { autoSkip: false } },
      },
    },
  };
}
