// A square for each cell of the table. Its number stands in it, so the shade only helps.
const HEAD = 24;
const ROW = 34;
// Below this lightness white has the better contrast of the two, above it black (both 4.5:1).
const DARK = 35;

function lightness(value, most) {
  return 90 - 68 * (value / most);
}

export function heat({ columns, rows }) {
  const cells = rows.flatMap(({ name, values }) =>
    values.map((value, at) => ({ x: columns[at], y: name, v: value ?? 0 })),
  );
  const most = Math.max(1, ...cells.map(({ v }) => v));
  const shade = ({ v }) => (v === 0 ? "#ffffff" : `hsl(192 72% ${lightness(v, most)}%)`);
  return {
    type: "matrix",
    height: HEAD + ROW * rows.length + 20,
    data: {
      datasets: [
        {
          data: cells,
          backgroundColor: cells.map(shade),
          borderColor: "#b1b4b6",
          borderWidth: 1,
          width: ({ chart }) => (chart.chartArea?.width ?? 0) / columns.length - 2,
          height: ({ chart }) => (chart.chartArea?.height ?? 0) / rows.length - 2,
        },
      ],
    },
    options: {
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: { title: () => "", label: ({ raw }) => `${raw.y}, ${raw.x}: ${raw.v}` },
        },
      },
      scales: {
        x: { type: "category", labels: columns, offset: true, position: "top", grid: { display: false } },
        y: {
          type: "category", labels: rows.map(({ name }) => name), offset: true,
          reverse: false, grid: { display: false }, ticks: { autoSkip: false },
        },
      },
    },
    plugins: [numbers(most)],
  };
}

// Writes each number into its square where there is room, dark on light or light on dark.
function numbers(most) {
  return {
    id: "numbers",
    afterDatasetsDraw(chart) {
      const pen = chart.ctx;
      pen.save();
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.font = '13px "Atkinson Hyperlegible", arial, sans-serif';
      chart.getDatasetMeta(0).data.forEach((square, at) => {
        const { v } = chart.data.datasets[0].data[at];
        const { x, y, width, height } = square.getProps(["x", "y", "width", "height"], true);
        if (v === 0 || pen.measureText(v).width > width - 2) return;
        pen.fillStyle = lightness(v, most) < DARK ? "#ffffff" : "#0b0c0c";
        pen.fillText(v, x + width / 2, y + height / 2);
      });
      pen.restore();
    },
  };
}
