// How series are told apart: colour (each at least 3:1 on white), dash, point and hatching.
export const SERIES = [
  { colour: "#0f4c5c", dash: [], point: "circle", lean: 0 },
  { colour: "#b0560f", dash: [6, 4], point: "rectRot", lean: 1 },
  { colour: "#54319f", dash: [2, 3], point: "triangle", lean: -1 },
  { colour: "#0b7a53", dash: [10, 4, 2, 4], point: "rect", lean: 2 },
];

// A tile to fill bars with: the first series solid, the others hatched each in its own way.
export function pattern(at) {
  const { colour, lean } = SERIES[at % SERIES.length];
  if (lean === 0) return colour;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = colour;
  pen.lineWidth = 3;
  pen.beginPath();
  if (lean === 2) {
    pen.moveTo(4, 0);
    pen.lineTo(4, 8);
  } else {
    for (const shift of [-8, 0, 8]) {
      pen.moveTo(shift, lean > 0 ? 8 : 0);
      pen.lineTo(shift + 8, lean > 0 ? 0 : 8);
    }
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}
