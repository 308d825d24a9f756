// What is done to the pixels of a picture before it leaves the device. What is blurred can't be had back.

const CELL = 20; // pixels of the picture, at the least: about two letters of a screenshot
const CELLS_ACROSS = 3; // of the shorter side, at the most
const TOWARDS_THE_WHOLE = 0.6;
const STEP = 24; // levels of a colour that become one
const NOISE = 10;

export const RADIUS = 12; // of a number, in units of the picture

const RED = "#c8102e";
const WHITE = "#ffffff";

// An area becomes a few large cells. Each is the average of what was there, drawn towards the average of the whole area,
// in few colours and with noise: guessing letters and comparing, which undoes a plain mosaic, has too little left to go by.
// Works on what is on the canvas, so it comes before anything that is drawn on top.
export function blur(context, area) {
  const { canvas } = context;
  const left = Math.max(0, Math.floor(area.x));
  const top = Math.max(0, Math.floor(area.y));
  const width = Math.min(canvas.width, Math.ceil(area.x + area.w)) - left;
  const height = Math.min(canvas.height, Math.ceil(area.y + area.h)) - top;
  if (width <= 0 || height <= 0) return;
  const image = context.getImageData(left, top, width, height);
  const cell = Math.max(CELL, Math.ceil(Math.min(width, height) / CELLS_ACROSS));
  const whole = average(image, 0, 0, width, height);
  for (let y = 0; y < height; y += cell) {
    for (let x = 0; x < width; x += cell) {
      const right = Math.min(x + cell, width);
      const bottom = Math.min(y + cell, height);
      fill(image, x, y, right, bottom, coarse(average(image, x, y, right, bottom), whole));
    }
  }
  context.putImageData(image, left, top);
}

function average(image, left, top, right, bottom) {
  const sum = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let at = (y * image.width + left) * 4; at < (y * image.width + right) * 4; at += 4) {
      for (let colour = 0; colour < 3; colour++) sum[colour] += image.data[at + colour];
    }
  }
  return sum.map((value) => value / ((right - left) * (bottom - top)));
}

function coarse(cell, whole) {
  const noise = (crypto.getRandomValues(new Uint8Array(1))[0] % (2 * NOISE + 1)) - NOISE;
  return cell.map((value, colour) => {
    const mixed = value * (1 - TOWARDS_THE_WHOLE) + whole[colour] * TOWARDS_THE_WHOLE;
    return Math.round(mixed / STEP) * STEP + noise;
  });
}

// Opaque: a picture that was see-through here is not so afterwards.
function fill(image, left, top, right, bottom, colour) {
  const [pixel] = new Uint32Array(new Uint8ClampedArray([...colour, 255]).buffer);
  const pixels = new Uint32Array(image.data.buffer);
  for (let y = top; y < bottom; y++) pixels.fill(pixel, y * image.width + left, y * image.width + right);
}

// Marks are drawn as large as the picture asks for: it is read on a phone, too.
export function unit(canvas) {
  return Math.max(1, Math.max(canvas.width, canvas.height) / 480);
}

export function drawNumber(context, mark, number) {
  const size = RADIUS * unit(context.canvas);
  context.beginPath();
  context.arc(mark.x, mark.y, size, 0, 2 * Math.PI);
  context.fillStyle = RED;
  context.fill();
  context.lineWidth = size / 6;
  context.strokeStyle = WHITE;
  context.stroke();
  context.fillStyle = WHITE;
  context.font = `700 ${size * 1.15}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(number), mark.x, mark.y + size * 0.06);
}

// From its tail (x, y) to its tip (x + w, y + h).
export function drawArrow(context, mark) {
  const size = unit(context.canvas);
  const angle = Math.atan2(mark.h, mark.w);
  const length = Math.hypot(mark.w, mark.h);
  const head = Math.min(13 * size, length);
  context.save();
  context.translate(mark.x, mark.y);
  context.rotate(angle);
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const [colour, width] of [[WHITE, 6.5 * size], [RED, 3.5 * size]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(0, 0);
    context.lineTo(length, 0);
    context.moveTo(length - head, -head * 0.6);
    context.lineTo(length, 0);
    context.lineTo(length - head, head * 0.6);
    context.stroke();
  }
  context.restore();
}
