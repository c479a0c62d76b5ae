// What the page asks the server for.

async function answer(path) {
  const response = await fetch(path);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error.message);
  return body;
}

export const functions = () => answer("/api/functions");

// The curve of a function's settings (settings.js), as {x, y, derivative}; null where there is none.
export function curve(settings, points) {
  const query = new URLSearchParams({
    function: settings.function.name,
    from: settings.from,
    to: settings.to,
    points,
  });
  for (const [name, value] of Object.entries(settings.parameters)) {
    query.set(`parameters.${name}`, value);
  }
  if (settings.companion !== null) query.set(settings.function.companion.name, settings.companion);
  return answer(`/api/curve?${query}`);
}

// What an elementwise function makes of inputs from N(0, 1): shares, mean, variance, gains.
export function figures(settings) {
  const query = new URLSearchParams({function: settings.function.name});
  for (const [name, value] of Object.entries(settings.parameters)) {
    query.set(`parameters.${name}`, value);
  }
  return answer(`/api/figures?${query}`);
}

export async function metricsText() {
  const response = await fetch("/metrics");
  if (!response.ok) throw new Error(`metrics: ${response.status}`);
  return response.text();
}

export async function isReady() {
  return (await fetch("/readyz")).ok;
}
