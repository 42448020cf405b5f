// Reads a table: its title, the names of its columns, and its rows of numbers.
export function read(table) {
  const heads = [...table.tHead.rows[0].cells].map(text);
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
  return {
    title: table.caption ? text(table.caption) : "",
    columns: heads.slice(1),
    rows: rows.map((row) => ({
      name: text(row.cells[0]),
      values: [...row.cells].slice(1).map(number),
    })),
  };
}

function text(cell) {
  return cell.textContent.trim().replace(/\s+/g, " ");
}

// A cell that holds no number is a gap, not a nought.
function number(cell) {
  const said = (cell.dataset.value ?? text(cell)).replace(/,/g, "").replace("−", "-");
  const found = said.match(/-?\d+(\.\d+)?/);
  return found ? Number(found[0]) : null;
}
