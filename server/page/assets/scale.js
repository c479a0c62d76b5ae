// From numbers to places in a picture and back.

export const linear = (from, to, start, end) => (value) =>
  start + ((value - from) / (to - from)) * (end - start);

// Round numbers in [low, high], about `count` of them, 1, 2 or 5 times a power of ten apart.
export function ticks(low, high, count) {
  const rough = (high - low) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i <= high / step + 1e-9 && found.length < 4 * count; i += 1) {
    found.push(digits < 100 ? Number((i * step).toFixed(digits)) : i * step);
  }
  return found;
}

const MARGIN = 0.07;

// Of the sizes of numbers the one below which `share` of them are.
function quantile(sizes, share) {
  const sorted = [...sizes].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

// The part of y that is shown: all of it, unless little of it is far beyond the rest and beyond x,
// as where exp grows; zero is always in it.
export function rangeOfY(curves, x) {
  const finite = curves.flat().filter(Number.isFinite);
  const widest = Math.max(Math.abs(x.at(0)), Math.abs(x.at(-1)));
  const limit = Math.max(widest, 1.6 * quantile(finite.map(Math.abs), 0.65));
  let low = 0;
  let high = 0;
  for (const y of finite) {
    low = Math.max(-limit, Math.min(low, y));
    high = Math.min(limit, Math.max(high, y));
  }
  if (low === high) return {low: -1, high: 1};
  const margin = (high - low) * MARGIN;
  return {low: low - margin, high: high + margin};
}

// Whether the curve jumps between i and i + 1: a step that a neighbour does not share. A line there
// would show values that the function does not have.
export function jumps(y, i, height) {
  const step = (from) =>
    Number.isFinite(y[from]) && Number.isFinite(y[from + 1]) ? Math.abs(y[from + 1] - y[from]) : Infinity;
  return step(i) > 0.04 * height && step(i) > 6 * Math.min(step(i - 1), step(i + 1));
}
