// Draws charts from the tables beside them: nothing is known to a chart that a reader of the
// table could not know. Pages that have one load this script, no other page does.
//     <div data-chart="bar|line|heat" data-table="#id"></div>
// bar, line: the first column names the points, each further column is a series.
// heat: the first column names the rows, the head names the columns.
// A cell's number is its data-value, or else its text.
import { draw } from "./parts/draw.js";
import { read } from "./parts/figures.js";

for (const place of document.querySelectorAll("[data-chart][data-table]")) {
  const table = document.querySelector(place.dataset.table);
  if (table) draw(place, read(table));
}
