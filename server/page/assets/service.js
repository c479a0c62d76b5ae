// What the page asks the server for.

async function answer(path) {
  return read(await fetch(path));
}

async function read(response) {
  const body = await response.json();
  if (!response.ok) throw Object.assign(new Error(body.error.message), {code: body.error.code});
  return body;
}

export const functions = () => answer("/api/functions");

// JSON has no infinities, so they come as text.
const INFINITIES = {Infinity, "-Infinity": -Infinity};
const numbers = (values) => values.map((value) => INFINITIES[value] ?? value);

// The curve of a function's settings (settings.js), as {x, y, derivative}; null where there is none.
export async function curve(settings, points) {
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
  const data = await answer(`/api/curve?${query}`);
  return {...data, y: numbers(data.y), derivative: numbers(data.derivative)};
}

const TRIES = 20;
const PAUSE_MS = 250;

// The service computes figures for one at a time, all pages together: UNAVAILABLE says that it is
// another's turn, RESOURCE_EXHAUSTED that calls have the server to themselves. What took it too long
// would do so again.
const PASSING = ["UNAVAILABLE", "RESOURCE_EXHAUSTED"];

async function answerInTurn(path) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await answer(path);
    } catch (error) {
      if (!PASSING.includes(error.code) || tries === TRIES) throw error;
    }
    await new Promise((resume) => setTimeout(resume, PAUSE_MS));
  }
}

let turn = Promise.resolve();

// What an elementwise function makes of inputs from N(0, 1): shares, mean, variance, gains.
// Numbers that are not finite are "Infinity", "-Infinity" and "NaN".
export function figures(settings) {
  const query = new URLSearchParams({function: settings.function.name});
  for (const [name, value] of Object.entries(settings.parameters)) {
    query.set(`parameters.${name}`, value);
  }
  const mine = turn.then(() => answerInTurn(`/api/figures?${query}`));
  turn = mine.catch(() => {});
  return mine;
}

export async function metricsText() {
  const response = await fetch("/metrics");
  if (!response.ok) throw new Error(`metrics: ${response.status}`);
  return response.text();
}

export async function isReady() {
  return (await fetch("/readyz")).ok;
}
