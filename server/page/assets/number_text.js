// Numbers as people read them.

const UNITS = ["", "k", "M", "G", "T", "P"];

// Three digits and a unit: 12345 is "12.3 k".
export function short(value) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  let unit = 0;
  let size = Math.abs(value);
  while (size >= 999.5 && unit + 1 < UNITS.length) {
    size /= 1000;
    unit += 1;
  }
  const digits = size >= 99.5 || (unit === 0 && Number.isInteger(size)) ? 0 : size >= 9.95 ? 1 : 2;
  const text = size.toFixed(digits);
  return (value < 0 ? "−" : "") + text + (unit > 0 ? " " + UNITS[unit] : "");
}

// Binary units: 1536 is "1.50 KiB".
export function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (value >= 1023.5 && unit + 1 < units.length) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}

// Seconds with a unit: 0.000012 is "12 µs".
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  const [factor, unit] = seconds < 1e-3 ? [1e6, "µs"] : seconds < 1 ? [1e3, "ms"] : [1, "s"];
  return `${Number((seconds * factor).toPrecision(2))} ${unit}`;
}

// As it stands beside an axis or a result: six digits, a true minus; "none" where there is no number.
export function plain(value) {
  if (value === Infinity) return "∞";
  if (value === -Infinity) return "−∞";
  if (value === null || Number.isNaN(value)) return "none";
  return String(Number(value.toPrecision(6))).replace("-", "−");
}
