/** The JSON Schema of steps, as far as forms need it. */

export interface Field {
  name: string;
  type: "number" | "integer" | "string" | "choice";
  choices: string[];
  required: boolean;
  fallback: unknown;
  least: number | undefined;
  most: number | undefined;
  pattern: string | undefined;
  longest: number | undefined;
  about: string;
}
interface Property {
  type?: string;
  enum?: string[];
  const?: string;
  anyOf?: Property[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  pattern?: string;
  maxLength?: number;
  description?: string;
}
interface Definition {
  description?: string;
  properties: Record<string, Property>;
  required?: string[];
}
export interface StepSchema {
  $defs: Record<string, Definition>;
  items: { discriminator: { mapping: Record<string, string> } };
}

/** The kinds of steps, in the order of the schema's mapping. */
export function kindsOf(schema: StepSchema): string[] {
  return Object.keys(schema.items.discriminator.mapping);
}

/** The fields of a kind of step; none for an unknown one. */
export function fieldsOf(schema: StepSchema, kind: string): Field[] {
  const found = definition(schema, kind);
  if (!found) return [];
  const required = new Set(found.required ?? []);
  return Object.entries(found.properties)
    .filter(([name]) => name !== "do")
    .map(([name, property]) => field(name, property, required.has(name)));
}

/** What a kind of step is, in the words of the schema. */
export function aboutOf(schema: StepSchema, kind: string): string {
  return definition(schema, kind)?.description ?? "";
}

function definition(schema: StepSchema, kind: string): Definition | undefined {
  const name = schema.items.discriminator.mapping[kind]?.split("/").pop();
  return name === undefined ? undefined : schema.$defs[name];
}

function field(name: string, property: Property, required: boolean): Field {
  const said = property.anyOf?.find((one) => one.type !== "null") ?? property;
  return {
    name, required, fallback: property.default ?? undefined, choices: said.enum ?? [], pattern: said.pattern,
    type: said.enum ? "choice" : said.type === "number" || said.type === "integer" ? said.type : "string",
    least: said.minimum ?? said.exclusiveMinimum, most: said.maximum, longest: said.maxLength, about: property.description ?? "",
  };
}
