// Prometheus text as samples, and what two readings of it tell.

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

// [{name, labels, value}] in the order of the text.
export function parseMetrics(text) {
  const samples = [];
  for (const line of text.split("\n")) {
    const match = line.startsWith("#") ? null : LINE.exec(line);
    if (!match) continue;
    const labels = Object.fromEntries(
      [...(match[2] ?? "").matchAll(LABEL)].map(([, name, value]) => [name, value]),
    );
    samples.push({name: match[1], labels, value: Number(match[3].replace("Inf", "Infinity"))});
  }
  return samples;
}

const all = () => true;

// The sum of a metric's samples by one of its labels.
export function sumBy(samples, name, label, wanted = all) {
  const sums = new Map();
  for (const sample of samples) {
    if (sample.name !== name || !wanted(sample.labels)) continue;
    const key = sample.labels[label] ?? "";
    sums.set(key, (sums.get(key) ?? 0) + sample.value);
  }
  return sums;
}

export function sum(samples, name, wanted = all) {
  return [...sumBy(samples, name, "", wanted).values()].reduce((a, b) => a + b, 0);
}

// What was added to each sum since `before`. A counter that fell began anew.
export function growth(before, now) {
  const grown = new Map();
  for (const [key, value] of now) {
    const old = before.get(key) ?? 0;
    grown.set(key, value >= old ? value - old : value);
  }
  return grown;
}

// Counts by upper bound, ascending, of a histogram's growth between two readings; each count is of
// its own bucket alone.
export function buckets(before, now, name, wanted = all) {
  const grown = growth(
    sumBy(before, `${name}_bucket`, "le", wanted),
    sumBy(now, `${name}_bucket`, "le", wanted),
  );
  const ascending = [...grown]
    .map(([le, count]) => ({bound: le === "+Inf" ? Infinity : Number(le), count}))
    .sort((a, b) => a.bound - b.bound);
  return ascending.map(({bound, count}, i) => ({bound, count: count - (i > 0 ? ascending[i - 1].count : 0)}));
}

// The value below which `share` of what is in the buckets lies, evenly spread in each; NaN of none.
export function quantile(counts, share) {
  const total = counts.reduce((sum, {count}) => sum + count, 0);
  let rest = share * total;
  let low = 0;
  for (const {bound, count} of counts) {
    if (count > 0 && rest <= count) return bound === Infinity ? low : low + ((bound - low) * rest) / count;
    rest -= count;
    low = bound;
  }
  return NaN;
}
