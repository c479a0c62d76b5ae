// How a function is looked at: its parameters, its range and, where it is not elementwise, the
// number beside x.

const AXIS = "axis"; // a curve has one of its own

// What can be set: the function's parameters, then its companion.
export function adjustable(definition) {
  const parameters = definition.parameters.filter((parameter) => parameter.name !== AXIS);
  return definition.companion ? [...parameters, definition.companion] : parameters;
}

export function defaults(definition) {
  const parameters = {};
  for (const parameter of definition.parameters) {
    if (parameter.name !== AXIS) parameters[parameter.name] = parameter.default_value;
  }
  const companion = definition.companion ? definition.companion.default_value : null;
  return {function: definition, parameters, companion, ...definition.curve};
}

// The same with one value changed.
export function changed(settings, name, value) {
  if (name === settings.function.companion?.name) return {...settings, companion: value};
  return {...settings, parameters: {...settings.parameters, [name]: value}};
}

export function valueOf(settings, name) {
  return name === settings.function.companion?.name ? settings.companion : settings.parameters[name];
}

// Only what differs from the defaults, as a caller would give it.
export function givenParameters(settings) {
  return settings.function.parameters
    .filter(
      ({name, default_value}) => name in settings.parameters && settings.parameters[name] !== default_value,
    )
    .map(({name}) => [name, settings.parameters[name]]);
}

// Where a slider's ends are: the range that is worth a look, within what the service takes.
export function sliderRange(parameter) {
  const reach = Math.max(2, 4 * Math.abs(parameter.default_value));
  const low = Math.max(parameter.minimum, parameter.default_value - reach);
  const high = Math.min(parameter.maximum, parameter.default_value + reach);
  return {low: low > 0 && low < 0.05 ? low : Math.round(low * 100) / 100, high: Math.round(high * 100) / 100};
}

// y of a picture, in words and in the letters of its formula.
export function labels(definition) {
  switch (definition.kind) {
    case "row_wise":
      return {x: "x", y: "y of the row [x, other]", derivative: "dy/dx"};
    case "gated":
      return {x: "b", y: "y = a g(b)", derivative: "dy/db"};
    default:
      return {x: "x", y: "f(x)", derivative: "f′(x)"};
  }
}
